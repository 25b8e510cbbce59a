/**
 * Cloud Workflows as data. A step is a map of one key, its name. Source: Workflows documentation, "Syntax overview".
 */
export type Step = Readonly<Record<string, StepBody>>;

export type Value = unknown;

export type StepBody =
  | { readonly assign: readonly Readonly<Record<string, Value>>[]; readonly next?: string }
  | {
      /** A subworkflow of this document, or a function of the standard library. */
      readonly call: string;
      readonly args?: Readonly<Record<string, Value>>;
      /** Variable that gets what the call returns. */
      readonly result?: string;
      readonly next?: string;
    }
  | { readonly switch: readonly Case[]; readonly next?: string }
  | {
      readonly for: {
        readonly value: string;
        readonly index?: string;
        readonly in?: Value;
        readonly range?: readonly Value[];
        readonly steps: readonly Step[];
      };
      readonly next?: string;
    }
  | {
      readonly try: { readonly steps: readonly Step[] } | Call;
      readonly retry?: Retry;
      readonly except?: { readonly as: string; readonly steps: readonly Step[] };
      readonly next?: string;
    }
  | { readonly steps: readonly Step[]; readonly next?: string }
  | { readonly raise: Value }
  | { readonly return: Value }
  | { readonly next: string };

/** A single call, as `try` takes it. */
export interface Call {
  readonly call: string;
  readonly args?: Readonly<Record<string, Value>>;
  readonly result?: string;
}

/** One arm of a switch: the first whose condition is true is taken. */
export interface Case {
  readonly condition: Value;
  readonly next?: string;
  readonly steps?: readonly Step[];
  readonly return?: Value;
  readonly raise?: Value;
}

export interface Retry {
  /** An expression that names a function or subworkflow of one parameter, the error. */
  readonly predicate: string;
  readonly max_retries: number;
  /** Seconds. */
  readonly backoff: { readonly initial_delay: number; readonly max_delay: number; readonly multiplier: number };
}

export interface Routine {
  readonly params?: readonly (string | Readonly<Record<string, Value>>)[];
  readonly steps: readonly Step[];
}

/** A whole document: `main` takes one argument, the input of the execution. */
export type WorkflowSource = Readonly<Record<'main', Routine>> & Readonly<Record<string, Routine>>;

/** An expression: `expr('a + 1')` is `${a + 1}`. Every value is either one expression or plain data. */
export const expr = (code: string): string => `\${${code}}`;

/** A text as a literal inside an expression. */
export const quoted = (text: string): string => JSON.stringify(text);

/**
 * A number as a literal inside an expression, which knows digits, a minus and a dot, and no exponent. With a dot it is a
 * double, of any size. Source: Workflows documentation, "Expressions" and "Data types".
 */
export function decimal(value: number): string {
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const decimals = (digits.split('.')[1]?.length ?? 0) - Number(exponent);
  if (decimals > 0) return value.toFixed(Math.min(decimals, MOST_DECIMALS));
  return `${BigInt(value)}.0`;
}

/** As many as `toFixed` writes. */
const MOST_DECIMALS = 100;
