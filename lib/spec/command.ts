import { stringify } from 'yaml';
import { z } from 'zod';
import { advise } from './advice';
import { ONCE } from './once';

const words = z.array(z.string().min(1).max(256)).min(1).max(10);

/** What a shell would read otherwise than as letters of a word. */
const SHELL = /["'\\$`|&;<>()*?~#{}[\]!]|^\w+=/;

/** A line of a shell as the list that it stands for; undefined where only a shell could tell. */
function split(line: string): string | undefined {
  const list = SHELL.test(line) ? [] : line.trim().split(/\s+/);
  if (!words.safeParse(list, ONCE).success) return undefined;
  return stringify(list, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trim();
}

/** What a container runs: a program and its first arguments, which no shell takes apart. */
export const command = advise(words, {
  allowed: 'a list of 1 to 10 words, each text of 1 to 256 characters, for example [python, -m, fraud, score]',
  fix: (received) => {
    if (typeof received !== 'string') return undefined;
    return `write it as a list of words, one per argument: ${split(received) ?? '[python, -m, fraud, score], for example'}`;
  },
});
