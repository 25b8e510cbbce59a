/**
 * Runs something that emits a warning of Node which nobody is helped by. All others are emitted as ever, those of that
 * type again afterwards.
 *
 * @param unwanted - type of the warning, such as `DeprecationWarning`
 */
export async function withoutWarning<Result>(unwanted: string, run: () => Promise<Result>): Promise<Result> {
  const emit = process.emitWarning;
  const others = (warning: string | Error, ...rest: readonly unknown[]): void => {
    if (typeOf(warning, rest[0]) !== unwanted) Reflect.apply(emit, process, [warning, ...rest]);
  };
  process.emitWarning = others;
  try {
    return await run();
  } finally {
    process.emitWarning = emit;
  }
}

/** Source: Node.js documentation, process.emitWarning. */
function typeOf(warning: string | Error, second: unknown): unknown {
  if (typeof warning !== 'string') return warning.name;
  return typeof second === 'object' && second !== null && 'type' in second ? second.type : second;
}
