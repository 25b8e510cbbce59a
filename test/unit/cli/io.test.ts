import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { writingTo } from '../../../lib/cli/io';

const failed = (code: string) => Object.assign(new Error(`write ${code}`), { code });

test('a reader that has seen enough is no fault', async () => {
  const closed = new Writable({ write: (_text, _encoding, done) => done(failed('EPIPE')) });
  const write = writingTo(closed);
  write('much');
  await new Promise(setImmediate);
  expect(() => write('more')).not.toThrow();
});

test('what else keeps a text from being written is one', () => {
  const full = new Writable();
  writingTo(full);
  expect(() => full.emit('error', failed('ENOSPC'))).toThrow('write ENOSPC');
});
