import type { z } from 'zod';

/** What to tell somebody whose value does not fit a schema, where the schema itself cannot say it well. */
export interface Advice {
  /** What may stand there, for example `a percentage, for example 10%`. */
  readonly allowed: string;
  /** What to write instead of this very value; undefined when there is nothing better to say than `allowed`. */
  readonly fix?: (received: unknown) => string | undefined;
}

const advices = new WeakMap<z.core.$ZodType, Advice>();

/** Attaches advice to a schema and returns it. Copies of the schema (`.describe`, `.refine`, …) keep the advice. */
export function advise<S extends z.core.$ZodType>(schema: S, advice: Advice): S {
  advices.set(schema, advice);
  return schema;
}

/** The advice attached to this schema or to what it is a copy of. */
export function adviceOf(schema: z.core.$ZodType): Advice | undefined {
  const { parent } = schema._zod;
  return advices.get(schema) ?? (parent === undefined ? undefined : adviceOf(parent));
}
