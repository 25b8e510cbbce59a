import { parser } from '@prometheus-io/lezer-promql';

/** What Prometheus' own grammar does not take in a query, as the text from there on. Empty for a query that parses. */
export function promqlErrors(query: string): readonly string[] {
  const errors: string[] = [];
  parser.parse(query).iterate({
    enter: ({ type, from }) => {
      if (type.isError) errors.push(query.slice(from, from + 40));
    },
  });
  return errors;
}
