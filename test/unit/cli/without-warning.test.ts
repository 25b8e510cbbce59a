import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { withoutWarning } from '../../../lib/cli/without-warning';

let emitted: MockInstance<typeof process.emitWarning>;
beforeEach(() => {
  emitted = vi.spyOn(process, 'emitWarning').mockReturnValue();
});
afterEach(() => emitted.mockRestore());

class Unwanted extends Error {
  override readonly name = 'Unwanted';
}

test('emits all warnings but those of one type, and those again afterwards', async () => {
  const result = await withoutWarning('Unwanted', async () => {
    process.emitWarning('a', 'Unwanted');
    process.emitWarning('b', { type: 'Unwanted', code: 'X' });
    process.emitWarning(new Unwanted('c'));
    process.emitWarning('d');
    process.emitWarning('e', 'Other', 'CODE');
    process.emitWarning('f', { type: 'Other', detail: 'of it' });
    return 7;
  });
  process.emitWarning('g', 'Unwanted');
  expect(result).toBe(7);
  expect(emitted.mock.calls).toEqual([
    ['d'],
    ['e', 'Other', 'CODE'],
    ['f', { type: 'Other', detail: 'of it' }],
    ['g', 'Unwanted'],
  ]);
});

test('also where what it runs fails', async () => {
  const failing = withoutWarning('Unwanted', () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  process.emitWarning('a', 'Unwanted');
  expect(emitted.mock.calls).toEqual([['a', 'Unwanted']]);
});
