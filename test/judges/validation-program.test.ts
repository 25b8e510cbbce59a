import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { patternProblem } from '../../lib/spec/pattern';
import { CONFINED, SMALL_MODULES } from '../support/confined-python';
import { describeJudge, judgePython } from '../support/describe-judge';
import { DRIFT_JOB } from '../support/drift-judge';
import { JOBS_ENV, type JobFile } from '../support/job-judge';
import { MANIFEST, VALIDATION_JOB, ValidationJudge } from '../support/validation-judge';

const exec = promisify(execFile);
const ENV = { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1' };

const RULES = [
  { name: 'columns.id', kind: 'type', column: 'id', type: 'string' },
  { name: 'rules.columns.id.values', kind: 'values', column: 'id', allowed: ['a', 'b'] },
];
const document = (rules: readonly unknown[] = RULES, more: object = {}) => ({
  schemaVersion: 1,
  dataset: 'payments',
  ageAt: 'run',
  rules,
  ...more,
});
const DATA: Readonly<Record<string, JobFile>> = { 'data/a.parquet': { parquet: { id: ['a', 'c'] } } };

describeJudge(JOBS_ENV, 'the validation as a program', () => {
  let judge: ValidationJudge;
  let folder: string;
  beforeAll(async () => {
    judge = await ValidationJudge.start();
    folder = mkdtempSync(join(tmpdir(), 'validation-'));
  });
  afterAll(async () => {
    await judge[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('runs by its folder, without network, with nothing but numpy and pyarrow; its exit code is the verdict', async () => {
    const at = (name: string) => join(folder, name);
    for (const name of ['data', 'rules']) mkdirSync(at(name));
    const write =
      "import pyarrow as pa, pyarrow.parquet as pq, sys; pq.write_table(pa.table({'id': ['a', 'c']}), sys.argv[1])";
    await exec(judgePython(JOBS_ENV), ['-c', write, at('data/a')], { env: ENV });
    writeFileSync(at('data/manifest.json'), JSON.stringify((MANIFEST as { json: unknown }).json));
    writeFileSync(at('rules/rules.json'), JSON.stringify(document()));
    const run = (rules: string, data = at('data')) =>
      exec(
        judgePython(JOBS_ENV),
        [
          ...['-c', CONFINED, 'numpy,pyarrow', VALIDATION_JOB, '--data', data, '--rules', rules],
          ...['--report', at('report'), '--message', at('output/message')],
        ],
        { env: ENV, cwd: folder },
      ).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        (error) => error as { code: number; stdout: string; stderr: string },
      );

    const refused = await run(at('rules'));
    expect(refused).toMatchObject({
      code: 3,
      stderr: '',
      stdout: [
        'payments: 2 rows in 1 file, snapshot 42. 1 of 2 rules broken:',
        '  rules.columns.id.values: id is one of "a", "b", and 1 row is not, such as "c".',
        '',
      ].join('\n'),
    });
    expect(readdirSync(at('report'))).toEqual(['validation.json']);
    expect(`${readFileSync(at('output/message'), 'utf8')}\n`).toBe(refused.stdout);
    rmSync(at('output'), { recursive: true });
    const long = RULES.map((rule) => ({ ...rule, ...('allowed' in rule ? { allowed: ['ü'.repeat(900)] } : {}) }));
    expect(await run(JSON.stringify(document(long)))).toMatchObject({ code: 3 });
    // Whole characters: the last one would be cut in half.
    expect(readFileSync(at('output/message'))).toHaveLength(999);
    rmSync(at('output'), { recursive: true });
    expect(JSON.parse(readFileSync(at('report/validation.json'), 'utf8'))).toMatchObject({
      schemaVersion: 1,
      status: 'INVALID',
      violated: ['rules.columns.id.values'],
    });
    expect(await run(at('rules/rules.json'))).toMatchObject({ code: 3 });
    expect(await run(JSON.stringify(document(RULES.slice(0, 1))))).toMatchObject({
      code: 0,
      stdout: 'payments: 2 rows in 1 file, snapshot 42. All 1 rule hold.\n',
    });
    const fault = await run(at('rules'), at('nowhere'));
    expect(fault).toMatchObject({ code: 1, stdout: '' });
    expect(fault.stderr).toMatch(/^The validation failed, which says nothing about the data\. There is no folder /);
  });

  test('is written for Python 3.9, each module small and with a docstring', async () => {
    await exec(judgePython(JOBS_ENV), ['-c', SMALL_MODULES, VALIDATION_JOB]);
  });

  test('modules that it has in common with the drift job are the same: each job is a folder of its own', () => {
    const common = readdirSync(VALIDATION_JOB).filter((name) => ['checks.py', 'instants.py'].includes(name));
    expect(common).toHaveLength(2);
    for (const name of common)
      expect(readFileSync(join(VALIDATION_JOB, name), 'utf8')).toBe(readFileSync(join(DRIFT_JOB, name), 'utf8'));
  });

  test.each([
    [
      'as often as it repeats',
      [
        ...[
          'a{1000}',
          'a{1001}',
          'a{1001,}',
          'a{0,1001}',
          '((a{10}){10}){10}',
          '((a{10}){10}){11}',
          '(a{600})(b{600})',
        ],
        ...['(?:a{500}){500}', '((a{100}){100}){100}', '(a{500}|b{3}){2}', '(a{500}|b{3}){3}', '((a{500})*){3}'],
        ...['(a{2,}){501}', '(a{2,}){500}', '[{]{500}', String.raw`(\{){500}`, '(a{0}b{1}){1000}', '(?:a{9}){0,111}?'],
      ],
    ],
    [
      'in what it calls characters',
      [String.raw`\p{L}+`, String.raw`\P{Lu}`, String.raw`\p{Letter}`, String.raw`\p{Emoji}`, String.raw`\p{Cn}`],
    ],
  ])('a spec takes the patterns that RE2 does, %s', async (_, patterns) => {
    const rules = patterns.map((pattern, i) => ({ name: `r${i}`, kind: 'pattern', column: 'id', pattern }));
    const columns = { name: 'columns.id', kind: 'type', column: 'id', type: 'string' };
    const { stderr } = await judge.run({ ...DATA, 'rules/rules.json': { json: document([columns, ...rules, {}]) } });
    const taken = patterns.filter((_, i) => !stderr.includes(`rules[${i + 1}].pattern`));
    expect(taken.length).toBeLessThan(patterns.length);
    expect(patterns.filter((pattern) => patternProblem(pattern) === undefined)).toEqual(taken);
  });

  test('rules are refused with all their problems at once', async () => {
    const broken = document(
      [
        { name: 'a', kind: 'type', column: 'id', type: 'varchar' },
        { name: 'a', kind: 'type', column: 'n', type: 'int' },
        { name: 'b', kind: 'min', column: 'n', bound: '1' },
        { name: 'c', kind: 'pattern', column: 'n', pattern: '(' },
        { name: 'd', kind: 'values', column: 'n', allowed: [1, true] },
        { name: 'e', kind: 'unique', columns: ['n', 'nn'] },
        { name: 'f', kind: 'age', column: 'n', atMostSeconds: 0 },
        { name: 'g', kind: 'nulls', column: 'n', atMostPercent: 101 },
        { name: 'h', kind: 'freshness', column: 'n' },
        { name: 'i', kind: 'rows' },
      ],
      { ageAt: 'never', more: 1 },
    );
    const { code, stderr, text } = await judge.run({ ...DATA, 'rules/rules.json': { json: broken } });
    expect({ code, text }).toEqual({ code: 1, text: null });
    expect(stderr.split('\n').map((line) => line.trim())).toEqual([
      'The validation failed, which says nothing about the data. The rules have 14 problems:',
      'more: received "more"; allowed: schemaVersion, dataset, ageAt, rules; fix: remove it',
      'ageAt: received "never"; allowed: run, commit; fix: write run',
      expect.stringMatching(/^rules\[8\]\.kind: received "freshness"; allowed: type, rows, nulls, min, max, /),
      'rules[9].atLeast: received nothing; allowed: a value; fix: add atLeast',
      'rules[1].name: received "a"; allowed: a name that no other rule has; fix: give it another name',
      'rules[0].type: received "varchar"; allowed: a type of the spec, such as int or decimal(12,2); fix: write such a type',
      'rules[2].bound: received "1"; allowed: a bound of int; fix: write one, or remove the rule',
      'rules[3].column: received "int"; allowed: a column of type string; fix: name another',
      'rules[3].pattern: received "("; allowed: a regular expression of RE2; fix: mend it',
      'rules[4].allowed[1]: received true; allowed: a value of int; fix: write one, or remove it',
      'rules[5]: received "nn"; allowed: id, n; fix: write n',
      'rules[6].atMostSeconds: received 0; allowed: a whole number of at least 1; fix: write 1, or more',
      'rules[6].column: received "int"; allowed: a column of type date or timestamp; fix: name another',
      'rules[7].atMostPercent: received 101; allowed: a number from 0 to 100; fix: write 0 to 100',
      '',
    ]);
  });

  test.each<[string, Readonly<Record<string, JobFile>>, RegExp]>([
    ['no rules', DATA, /The rules \(DIR\/rules\) cannot be read as JSON: .*No such file/],
    ['rules that are no JSON', { ...DATA, 'rules/rules.json': '{' }, /cannot be read as JSON/],
    [
      'rules of another release',
      { ...DATA, 'rules/rules.json': { json: document(RULES, { schemaVersion: 2 }) } },
      /schemaVersion: received 2; allowed: 1; fix: use the job and the rules of one release/,
    ],
    ['no data', { 'rules/rules.json': { json: document() } }, /There is no folder DIR\/data/],
    [
      'data of another dataset',
      { ...DATA, 'data/manifest.json': MANIFEST, 'rules/rules.json': { json: document(RULES, { dataset: 'other' }) } },
      /is a snapshot of payments, and the rules are of other/,
    ],
    [
      'a file that is no Parquet',
      { 'data/a.csv': 'id\na\n', 'rules/rules.json': { json: document() } },
      /Reading .*a\.csv as Parquet failed: /,
    ],
    [
      'an age at a commit that nobody noted',
      {
        ...DATA,
        'rules/rules.json': {
          json: document(
            [
              { name: 'columns.ts', kind: 'type', column: 'ts', type: 'timestamp' },
              { name: 'age', kind: 'age', column: 'ts', atMostSeconds: 60 },
            ],
            { ageAt: 'commit' },
          ),
        },
      },
      /has no manifest\.json that says when it was committed/,
    ],
  ])('a mistake in the setup says nothing about data: %s', async (_, files, message) => {
    const { code, stderr, text } = await judge.run(files);
    expect({ code, text }).toEqual({ code: 1, text: null });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('Traceback');
  });

  test('a manifest beside the folder of its snapshot counts, as one in it does', async () => {
    const run = await judge.run({ ...DATA, 'manifest.json': MANIFEST, 'rules/rules.json': { json: document() } });
    expect(run.result).toMatchObject({ snapshot: '42', committedAt: '2026-01-30T12:00:00.123Z' });
  });
});
