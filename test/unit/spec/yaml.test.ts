import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { MAX_ALIASED_VALUES, MAX_SPEC_BYTES, MAX_SPEC_DEPTH } from '../../../lib/spec/limits';
import { SpecError, UnreadableSpecError } from '../../../lib/spec/problem';
import { readSource as readWhatFits } from '../../../lib/spec/source';
import { problemsOf } from '../../support/problems';

/** Reads a source, and takes keys that were dropped for faults too. */
function readSource(input: string | URL) {
  const source = readWhatFits(input);
  if (source.dropped.length > 0) throw new SpecError(source.dropped);
  return source;
}

/** `line:column path: message` of every problem of a text. */
const said = (text: string): readonly string[] =>
  problemsOf(() => readSource(text)).map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);

describe('reads', () => {
  const value = { name: 'fraud', aws: { region: 'eu-central-1' }, list: [1, 'two', null, true] };

  test('YAML and JSON, tabs and byte order marks included, to the same plain data', () => {
    expect(readSource('name: fraud\naws: { region: eu-central-1 }\nlist: [1, two, null, true]').value).toEqual(value);
    expect(readSource(JSON.stringify(value, null, '\t')).value).toEqual(value);
    expect(readSource(JSON.stringify(value)).value).toEqual(value);
    expect(readSource(`\uFEFF${JSON.stringify(value, null, 2)}`).value).toEqual(value);
    expect(
      readSource('# comment\r\nname: fraud\r\naws: {region: eu-central-1}\r\nlist: [1, two, ~, true]\r\n').value,
    ).toEqual(value);
  });

  test('aliases, each as a copy of its own', () => {
    const { value: read } = readSource('a: &shared { x: [1] }\nb: *shared\nc: [*shared]\n');
    expect(read).toEqual({ a: { x: [1] }, b: { x: [1] }, c: [{ x: [1] }] });
    expect(read.a).not.toBe(read.b);
  });

  test('an alias as the anchor stood above it', () => {
    expect(readSource('a: &x 1\nb: &y [*x]\nc: &x 2\nd: *y\ne: *x\n').value).toMatchObject({ d: [1], e: 2 });
  });

  test('YAML 1.2, where no is a text and 0o17 an octal number', () => {
    expect(readSource('a: no\nb: 0o17\nc: 017\nd: 12e3\n').value).toEqual({ a: 'no', b: 15, c: 17, d: 12000 });
  });
});

describe('points at', () => {
  const text = `name: fraud
models:
  fraud-detector:
    registry: { approval: manual }
reads:
  - one
  -   two
empty:
shared: &shared
  inner: 1
again: *shared
`;
  const source = readSource(text);
  const at = (path: (string | number)[], at?: 'value' | 'key' | 'missing') => {
    const { line, column } = source.problem({ path, message: '', allowed: '', fix: '', ...(at && { at }) });
    return `${line}:${column}`;
  };

  test('the value', () => {
    expect(at(['name'])).toBe('1:7');
    expect(at(['models', 'fraud-detector', 'registry', 'approval'])).toBe('4:27');
    expect(at(['reads', 1])).toBe('7:7');
  });

  test('the key', () => {
    expect(at(['name'], 'key')).toBe('1:1');
    expect(at(['models', 'fraud-detector', 'registry', 'approval'], 'key')).toBe('4:17');
  });

  test('the key of the nearest thing around what is not there', () => {
    expect(at(['models', 'fraud-detector', 'serving', 'mode'], 'missing')).toBe('3:3');
    expect(at(['models', 'other'], 'missing')).toBe('2:1');
    expect(at(['reads', 7], 'missing')).toBe('5:1');
    expect(at(['nothing'], 'missing')).toBe('1:1');
    expect(at([])).toBe('1:1');
  });

  test('the key where the value is empty', () => {
    expect(at(['empty'])).toBe('8:1');
  });

  test('the alias for what it stands for, and the anchor for what is in it', () => {
    expect(at(['again'])).toBe('11:8');
    expect(at(['again', 'inner'])).toBe('10:10');
  });

  test('the line, with a mark under the place', () => {
    const { frame } = source.problem({
      path: ['models', 'fraud-detector', 'registry', 'approval'],
      message: '',
      allowed: '',
      fix: '',
    });
    expect(frame).toBe(
      ['    4 |     registry: { approval: manual }', '      |                           ^'].join('\n'),
    );
  });

  test('a place in a long line', () => {
    const long = readSource(`{ "filler": "${'x'.repeat(500)}", "name": 1 }`);
    const { frame, column } = long.problem({ path: ['name'], message: '', allowed: '', fix: '' });
    const [line = '', mark = ''] = frame?.split('\n') ?? [];
    expect(column).toBe(525);
    expect(line.length).toBeLessThan(120);
    expect(line.slice(mark.indexOf('^'))).toBe('1 }');
  });
});

describe('refuses', () => {
  test.each([
    ['all that is no YAML', 'a: [1, 2\nb: }\n', ['2:1', '2:4']],
    ['a quote that is not closed', 'a: "x\nb: 1\n', ['3:1']],
    ['tabs as indentation', 'a:\n\tb: 1\n', ['2:1']],
    ['a colon in a value', 'a: b: c\n', ['1:4']],
    ['a reserved character', 'a: @b\n', ['1:4']],
  ])('%s', (_, text, places) => {
    const problems = problemsOf(() => readSource(text));
    expect(problems.map(({ line, column }) => `${line}:${column}`)).toEqual(places);
    for (const problem of problems) expect(problem.message).toMatch(/^is not YAML 1\.2 or JSON: /);
  });

  test('tabs, and says what to do', () => {
    expect(problemsOf(() => readSource('a:\n\tb: 1\n'))[0]?.fix).toBe('indent with spaces, not with tabs');
  });

  test('keys twice, and says where the first is', () => {
    expect(said('a: 1\nb: { c: 1, c: 2 }\na: 2\n')).toEqual([
      '2:12 b.c: is there twice; the first is on line 2',
      '3:1 a: is there twice; the first is on line 1',
    ]);
  });

  test('a key twice, with what is wrong under it and without losing its anchors', () => {
    expect(said('a: 1\na: { b: &x 1, b: 2 }\nc: *x\n')).toEqual([
      '2:1 a: is there twice; the first is on line 1',
      '2:15 a.b: is there twice; the first is on line 2',
    ]);
    expect(readWhatFits('a: 1\na: 2\n').value).toEqual({ a: 1 });
  });

  test.each(['__proto__', 'constructor', 'prototype'])('the key %s anywhere', (key) => {
    const [problem, ...more] = problemsOf(() => readSource(`a: { b: [{ ${key}: { polluted: 1 } }] }\n`));
    expect(problem).toMatchObject({ line: 1, column: 12, path: `a.b[0].${key}`, received: `"${key}"` });
    expect(more).toEqual([]);
    expect(problemsOf(() => readSource(`{ "${key}": 1 }`))[0]?.path).toBe(key);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('keys that are no text', () => {
    expect(said('1: a\ntrue: b\n? [c]\n: d\nok: 1\n: e\n')).toEqual([
      '1:1 : has a key that is not text',
      '2:1 : has a key that is not text',
      '3:3 : has a key that is not text',
      '6:1 : has a key that is not text',
    ]);
    expect(problemsOf(() => readSource('007: a\n'))[0]).toMatchObject({
      received: '007',
      fix: 'put it in quotes: "007"',
    });
  });

  test('merge keys', () => {
    expect(said('a: &a { x: 1 }\nb: { <<: *a, y: 2 }\n')).toEqual([
      '2:6 b: has a merge key, which YAML 1.2 no longer knows',
    ]);
    expect(readSource('"<<": 1\n').value).toEqual({ '<<': 1 });
  });

  test('tags', () => {
    expect(said('a: !secret x\nb: !!binary aGk=\nc: !!set { x }\nd: !!str 1\n')).toEqual([
      '1:12 a: has a tag',
      '2:13 b: has a tag',
      '3:10 c: has a tag',
    ]);
  });

  test('aliases of nothing, and of what they are part of', () => {
    expect(said('a: &a [*a, *b]\nb: *later\nlater: &later 1\n')).toEqual([
      '1:8 a[0]: is an alias of something that it is part of',
      '1:12 a[1]: is an alias of nothing above it',
      '2:4 b: is an alias of nothing above it',
    ]);
  });

  test('an alias bomb, at once and once', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`,
    );
    const problems = problemsOf(() => readSource(`a0: &a0 x\n${levels.join('\n')}\n`));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ line: 5, received: '*a3' });
    expect(problems[0]?.allowed).toContain(String(MAX_ALIASED_VALUES));
  });

  test.each([
    ['['.repeat(500_000)],
    ['{a: '.repeat(100_000)],
    [`a:\n  ${'- '.repeat(100_000)}x\n`],
    [`${'? '.repeat(100_000)}x\n`],
    [Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('endless depth (%#)', (text) => {
    const problems = problemsOf(() => readSource(`\n${text}`));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ message: 'is nested too deeply', allowed: `at most ${MAX_SPEC_DEPTH} levels` });
  });

  test('no depth that is in reason', () => {
    const nested = (depth: number, inner: string) => `\na: ${'['.repeat(depth - 1)}${inner}${']'.repeat(depth - 1)}\n`;
    for (const inner of ['', 'x', '"x"']) {
      expect(() => readSource(nested(MAX_SPEC_DEPTH, inner))).not.toThrow();
      expect(problemsOf(() => readSource(nested(MAX_SPEC_DEPTH + 1, inner)))).toHaveLength(1);
    }
  });

  test('several documents', () => {
    expect(said('a: 1\n---\nb: 1\n')).toEqual(['2:1 : has a second document']);
    expect(readSource('---\na: 1\n...\n').value).toEqual({ a: 1 });
  });

  test.each(['\n', '# nothing\n', '---\n', ' \n\n'])('a text with nothing in it: %j', (text) => {
    expect(said(text)).toEqual(['undefined:undefined : is empty']);
  });

  test.each([
    ['- a\n- b\n', 'a list of 2'],
    ['just text\n', '"just text"'],
    ['\n42\n', '42'],
    ['~\n', 'null (empty)'],
  ])('what is no map: %j', (text, received) => {
    expect(problemsOf(() => readSource(text))[0]).toMatchObject({ path: '', message: 'is not a map', received });
  });

  test('NUL characters', () => {
    expect(said('a: 1\nb: x\0y\n')).toEqual(['2:5 : has a NUL character']);
  });

  test('YAML 1.1', () => {
    expect(said('%YAML 1.1\n---\na: no\n')).toEqual(['1:1 : asks for YAML 1.1, where no means false and 010 means 8']);
    expect(readSource('%YAML 1.2\n---\na: no\n').value).toEqual({ a: 'no' });
  });

  test('thirty thousand keys quickly, one of them twice', () => {
    const keys = Array.from({ length: 30_000 }, (_, i) => `k${i}:`);
    expect(said(`${keys.join('\n')}\nk7:\n`)).toEqual(['30001:1 k7: is there twice; the first is on line 8']);
  });

  test('control characters that would reach the terminal', () => {
    const [problem] = problemsOf(() => readSource('"\u001b[31mred\u202e": { a: 1, a: 2 }\n'));
    for (const text of Object.values(problem ?? {})) expect(String(text)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(problem?.path).toBe('["\\u001b[31mred\\u{202e}"].a');
  });
});

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spec-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, content: string | Uint8Array) => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };

  test('are named in every problem', () => {
    const file = write('twice.yaml', 'a: 1\na: 2\n');
    expect(problemsOf(() => readSource(file))[0]).toMatchObject({ file, line: 2, column: 1 });
    expect(problemsOf(() => readSource(pathToFileURL(file)))[0]).toMatchObject({ file, line: 2, column: 1 });
  });

  test.each([
    ['nowhere.yaml', 'there is no such file'],
    ['.', 'is a directory'],
  ])('that cannot be read say why: %s', (name, message) => {
    const file = join(folder, name);
    expect(() => readSource(file)).toThrow(UnreadableSpecError);
    expect(problemsOf(() => readSource(file))).toMatchObject([{ file, message, received: JSON.stringify(file) }]);
  });

  test.skipIf(process.getuid?.() === 0)('that may not be read say so', () => {
    const file = write('secret.yaml', 'a: 1\n');
    chmodSync(file, 0);
    expect(problemsOf(() => readSource(file))).toMatchObject([{ message: 'may not be read' }]);
  });

  test('are at most 1 MiB', () => {
    const header = 'a: 1\n#';
    const full = write('full.yaml', header.padEnd(MAX_SPEC_BYTES, 'x'));
    expect(readSource(full).value).toEqual({ a: 1 });
    const over = write('over.yaml', header.padEnd(MAX_SPEC_BYTES + 1, 'x'));
    expect(problemsOf(() => readSource(over))).toMatchObject([{ file: over, message: 'is too large' }]);
    expect(problemsOf(() => readSource(`\n${'é'.repeat(MAX_SPEC_BYTES / 2)}`))).toMatchObject([
      { message: 'is too large' },
    ]);
  });

  test.skipIf(process.platform === 'win32')('are not read on for ever', () => {
    expect(problemsOf(() => readSource('/dev/zero'))).toMatchObject([{ message: 'is too large' }]);
  });

  test.skipIf(process.platform === 'win32')('may be pipes, which give their text bit by bit', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    spawn('sh', ['-c', `(echo 'a: 1'; sleep 0.1; echo 'b: 2') > ${pipe}`]);
    expect(readSource(pipe).value).toEqual({ a: 1, b: 2 });
  });

  test('are UTF-8', () => {
    const latin = write('latin.yaml', new Uint8Array(Buffer.from('a: 1\nb: caf\xe9\n', 'latin1')));
    expect(problemsOf(() => readSource(latin))).toMatchObject([{ line: 2, column: 7, message: 'is not UTF-8 text' }]);
    const wide = write('wide.yaml', new Uint8Array(Buffer.from('\ufeffa: 1\n', 'utf16le')));
    expect(problemsOf(() => readSource(wide))).toMatchObject([{ message: 'is not UTF-8 text' }]);
  });

  test('are on this machine', () => {
    expect(problemsOf(() => readSource(new URL('https://example.com/platform.yaml')))).toMatchObject([
      { message: 'is not the address of a file' },
    ]);
  });
});
