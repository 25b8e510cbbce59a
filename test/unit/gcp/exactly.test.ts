import { Fn, Token } from 'cdktf';
import { describe, expect, it } from 'vitest';
import { exactly } from '../../../lib/gcp/workflow/exactly';

describe('a text as a regular expression', () => {
  it('is about no other text, and keeps what is known only later', () => {
    const bucket = Token.asString(Fn.join('-', ['a', 'b']));
    expect(exactly(`gs://${bucket}/snapshots.v1/`)).toBe(`gs://${bucket}/snapshots[.]v1/`);
    expect(new RegExp(`^${exactly('a.b')}$`).test('aXb')).toBe(false);
  });
});
