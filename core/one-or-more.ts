import { z } from 'zod';

/** One of something, or a list of at least one. */
export const oneOrMore = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, z.array(schema).min(1)]);

/** What `oneOrMore` was given, as a list. */
export const listOf = <Value>(given: Value | readonly Value[]): readonly Value[] =>
  Array.isArray(given) ? given : [given as Value];
