import { nearest } from '../spec/did-you-mean';

/** Beginning of the context flags of this package. What else is in a context belongs to others. */
const OURS = 'mlops:';

/** Context flag of the app that makes key rings and keys of the same names theirs instead of making them. Google Cloud. */
export const ADOPT_KEYS = 'mlops:adoptKeys';

/** A context says something that the app does not know. */
export class ContextRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ContextRefused';
  }
}

/**
 * Reads a flag of a context.
 * @throws ContextRefused for a value that is neither true nor false: silence would leave the user believing that it counts.
 */
export function contextFlag(name: string, value: unknown): boolean {
  if (value === undefined || value === false || value === 'false') return false;
  if (value === true || value === 'true') return true;
  throw new ContextRefused(`The context ${name} is ${JSON.stringify(value)}. It can be true or false.`);
}

/**
 * Refuses flags of this package that the app does not have, and values that they cannot have.
 *
 * @param flags - that it has
 * @throws ContextRefused with all of them.
 */
export function checkContext(context: Readonly<Record<string, unknown>>, flags: readonly string[]): void {
  const problems = Object.entries(context)
    .filter(([name]) => name.startsWith(OURS))
    .flatMap(([name, value]) => {
      if (!flags.includes(name)) return [unknownFlag(name, flags)];
      try {
        contextFlag(name, value);
        return [];
      } catch (error) {
        return [(error as ContextRefused).message];
      }
    });
  if (problems.length > 0) throw new ContextRefused(problems.join('\n'));
}

function unknownFlag(name: string, flags: readonly string[]): string {
  const meant = nearest(name, flags);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return `The context ${name} is none that this app has. It has ${flags.join(', ')}.${hint}`;
}
