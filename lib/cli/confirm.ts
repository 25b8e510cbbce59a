import { CommandFailed } from './command-failed';
import type { Io } from './io';

/**
 * Goes on if the option says so, or a person types a word.
 *
 * @throws CommandFailed where nobody can be asked, or something else is typed; nothing has happened then.
 */
export async function confirmed(word: string, yes: boolean | undefined, io: Io): Promise<void> {
  if (yes === true) return;
  if (io.ask === undefined)
    throw new CommandFailed('Nobody is there to confirm this: add --yes if it is what you want.');
  const typed = await io.ask(`Type ${word} to go on: `);
  if (typed.trim() !== word) throw new CommandFailed(`That is not ${word}, so nothing was done.`);
}
