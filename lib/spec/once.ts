/**
 * How schemas of a spec read: without the functions that zod compiles for them. Each schema is used a few times at most, and
 * compiling costs more than that saves. Source: zod, ParseContext, jitless.
 */
export const ONCE = { jitless: true } as const;
