/** What a table by beginnings of types says of a resource type of Terraform: the longest counts. Nothing where none is known. */
export function ofType<T>(table: Readonly<Record<string, T>>, type: string): T | undefined {
  const [longest] = Object.keys(table)
    .filter((beginning) => type.startsWith(beginning))
    .sort((a, b) => b.length - a.length);
  return longest === undefined ? undefined : table[longest];
}
