import { InvalidArgumentError, Option } from 'commander';

/** `--context key=value`, given once for each key: the context of the app that writes the templates. */
export const contextOption = (): Option =>
  new Option('--context <key=value>', 'context of the app, such as mlops:adoptKeys=true; may be repeated').argParser(
    withPair,
  );

/** @throws InvalidArgumentError, which Commander says with the option, for a word without a key or without `=`. */
function withPair(word: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const equals = word.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('It is key=value, for example mlops:adoptKeys=true.');
  return { ...earlier, [word.slice(0, equals)]: word.slice(equals + 1) };
}
