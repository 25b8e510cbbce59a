import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadEverySpec, loadSpec, type SpecRules } from '../../../lib/spec/load';
import { type Problem, SpecError } from '../../../lib/spec/problem';
import { duration } from '../../../lib/spec/quantity';
import { problemsOf } from '../../support/problems';

const schema = z.strictObject({
  name: z.string().regex(/^[a-z]+$/, { error: 'must be small letters, for example fraud' }),
  aws: z.strictObject({ account: z.string().optional(), region: z.enum(['eu-central-1', 'eu-west-1']) }),
  training: z
    .strictObject({
      cluster: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('managed'), nodes: z.int().default(1), spot: z.boolean().default(false) }),
        z.strictObject({ kind: z.literal('batch'), nodes: z.int().default(1), maxNodes: z.int().default(4) }),
      ]),
      maxRuntime: duration({ max: '28 days' }).prefault('1 day'),
      reads: z.array(z.string()).default([]),
    })
    .optional(),
  datasets: z.record(z.string().regex(/^[a-z_]+$/), z.strictObject({ zone: z.string() })).default({}),
});

const rules: SpecRules<typeof schema> = {
  schema,
  checks: [
    ({ training, datasets }, report) =>
      training?.reads.forEach((name, i) => {
        if (Object.hasOwn(datasets, name)) return;
        const known = Object.keys(datasets).join(', ');
        report({ path: ['training', 'reads', i], message: 'there is no such dataset', allowed: known, fix: 'add it' });
      }),
    ({ training }, report) => {
      const seconds = training?.maxRuntime.seconds ?? 0;
      const path = ['training', 'maxRuntime'];
      if (training?.cluster.kind === 'batch' && seconds > 7 * 86_400)
        report({ path, message: 'is too long for batch', allowed: '7 days or less', fix: 'write 7 days' });
    },
  ],
};

const brief = ({ line, column, path, message, environment }: Problem) =>
  `${line}:${column} ${path}: ${message}${environment === undefined ? '' : ` (in ${environment})`}`;
const wrong = (text: string, environment?: string) => problemsOf(() => loadSpec(text, rules, environment)).map(brief);
const wrongAnywhere = (text: string) => problemsOf(() => loadEverySpec(text, rules)).map(brief);

const BASE = 'name: fraud\naws: { region: eu-central-1 }\n';

describe('a spec that is fine', () => {
  test('is completed and frozen through and through', () => {
    const spec = loadSpec(`${BASE}training: { cluster: { kind: managed } }\n`, rules);
    expect(spec).toEqual({
      name: 'fraud',
      aws: { region: 'eu-central-1' },
      training: {
        cluster: { kind: 'managed', nodes: 1, spot: false },
        maxRuntime: { seconds: 86_400, text: '1 day' },
        reads: [],
      },
      datasets: {},
    });
    const inner: unknown[] = [spec, spec.training, spec.training?.cluster, spec.training?.reads, spec.datasets];
    for (const part of inner) expect(Object.isFrozen(part)).toBe(true);
  });

  test('is the same from a file, a text, JSON and an object', () => {
    const object = { name: 'fraud', aws: { region: 'eu-central-1' } };
    const expected = loadSpec(object, rules);
    for (const input of [BASE, JSON.stringify(object), ` ${JSON.stringify(object)}`])
      expect(loadSpec(input, rules)).toEqual(expected);
    expect(loadSpec('package.json', { schema: z.looseObject({ name: z.string() }), checks: [] }).name).toBe(
      'mlops-constructs',
    );
  });

  test('knows its environment', () => {
    const text = `${BASE}environments: { dev: {}, prod: { aws: { region: eu-west-1 } } }\n`;
    expect(loadSpec(text, rules, 'prod')).toMatchObject({ aws: { region: 'eu-west-1' }, environment: 'prod' });
    expect(loadSpec(text, rules)).not.toHaveProperty('environment');
    const every = loadEverySpec(text, rules);
    expect([...every.keys()]).toEqual(['dev', 'prod']);
    expect(every.get('dev')).toMatchObject({ aws: { region: 'eu-central-1' }, environment: 'dev' });
    expect([...loadEverySpec(BASE, rules).keys()]).toEqual([undefined]);
  });

  test('may leave to its environments what it lacks itself', () => {
    const text = 'name: fraud\nenvironments: { dev: { aws: { region: eu-west-1 } } }\n';
    expect(loadEverySpec(text, rules).size).toBe(1);
    expect(loadSpec(text, rules, 'dev').aws.region).toBe('eu-west-1');
  });
});

describe('a spec that is wrong', () => {
  test('says everything at once: the schema and what holds between parts', () => {
    const text = `name: Fraud
aws: { region: eu-cental-1, account: 012345678901 }
training:
  cluster: { kind: managd, nods: 2 }
  maxRuntime: 30
  reads: [a_b, missing]
datasets:
  a_b: { zone: 7 }
  B-C: { zone: x }
zzzzzzzz: 1
`;
    expect(wrong(text)).toEqual([
      '1:7 name: must be small letters, for example fraud',
      '2:16 aws.region: is not one of the values that are allowed',
      '2:38 aws.account: is not text',
      '4:20 training.cluster.kind: is not one of the values that are allowed',
      '4:28 training.cluster.nods: is not a key that exists here',
      '5:15 training.maxRuntime: is not a duration',
      '6:16 training.reads[1]: there is no such dataset',
      '8:16 datasets.a_b.zone: is not text',
      '9:3 datasets.B-C: is not a name that can stand here: it does not have the right form',
      '10:1 zzzzzzzz: is not a key that exists here',
    ]);
  });

  test('says what keys it cannot have together with everything else', () => {
    const text = `name: fraud
name: other
aws: { region: eu-cental-1, __proto__: { x: 1 } }
training: { cluster: { kind: managed }, reads: [missing] }
7: seven
environments: { dev: { constructor: 1 } }
`;
    const expected = [
      '2:1 name: is there twice; the first is on line 1',
      '3:16 aws.region: is not one of the values that are allowed',
      '3:29 aws.__proto__: is a name that JavaScript keeps for itself',
      '4:49 training.reads[0]: there is no such dataset',
      '5:1 : has a key that is not text',
      '6:24 environments.dev.constructor: is a name that JavaScript keeps for itself',
    ];
    expect(wrong(text)).toEqual([...expected]);
    expect(wrongAnywhere(text)).toEqual(expected);
    expect(wrong('name: fraud\naws: { region: eu-west-1 }\nname: fraud\n')).toHaveLength(1);
    const object = JSON.parse('{ "name": "F", "aws": { "region": "eu-west-1", "prototype": 1 } }') as object;
    expect(problemsOf(() => loadSpec(object, rules)).map(({ path }) => path)).toEqual(['aws.prototype', 'name']);
  });

  test('shows a number as it was written, and how to make it a text', () => {
    const [problem] = problemsOf(() =>
      loadSpec('name: fraud\naws: { region: eu-west-1, account: 012345678901 }\n', rules),
    );
    expect(problem).toMatchObject({ received: '012345678901', fix: "put it in quotes: '012345678901'" });
  });

  test('has every field of every problem filled in', () => {
    const problems = problemsOf(() => loadSpec('name: 1\naws: {}\ntraining: x\nfoo: 1\nenvironments: 5\n', rules));
    expect(problems).toHaveLength(5);
    for (const { message, received, allowed, fix, line, column, frame } of problems)
      for (const field of [message, received, allowed, fix, String(line), String(column), frame])
        expect(field).toMatch(/\S/);
  });

  test('is not judged between its parts where a part is not there', () => {
    expect(wrong(`${BASE}training: { cluster: { kind: managed }, reads: [a] }\ndatasets: [a]\n`)).toEqual([
      '4:11 datasets: is not a map',
    ]);
    // The map is there under a mistyped key, so what refers to it is judged.
    expect(
      wrong(`${BASE}training: { cluster: { kind: managed }, reads: [a, b] }\ndataset: { a: { zone: x } }\n`),
    ).toEqual(['3:52 training.reads[1]: there is no such dataset', '4:1 dataset: is not a key that exists here']);
  });

  test('is said to be broken by a check that fails over a good spec, not by one that stumbles over a bad one', () => {
    const fragile = {
      schema,
      checks: [({ aws }: z.output<typeof schema>) => void aws.region.split('').at(99)?.length],
    };
    const broken = {
      schema,
      checks: [
        () => {
          throw new RangeError('ours');
        },
      ],
    };
    expect(() => loadSpec(BASE, broken)).toThrow(RangeError);
    expect(problemsOf(() => loadSpec('name: fraud\n\n', broken)).map(({ path }) => path)).toEqual(['aws']);
    expect(loadSpec(BASE, fragile).name).toBe('fraud');
  });

  test('throws SpecError only', () => {
    for (const input of ['', 'nowhere.yaml', '\n', '{', '{}', [], new Date(), () => 1] as unknown[])
      expect(() => loadSpec(input as string, rules)).toThrow(SpecError);
  });
});

describe('environments', () => {
  test('have their problems in their own lines', () => {
    const text = `${BASE}training: { cluster: { kind: managed, nodes: 1 } }
environments:
  prod:
    training:
      cluster: { nodes: many, spt: true }
`;
    const expected = [
      '7:25 environments.prod.training.cluster.nodes: is not a number',
      '7:31 environments.prod.training.cluster.spt: is not a key that exists here',
    ];
    expect(wrong(text, 'prod')).toEqual(expected);
    expect(wrongAnywhere(text)).toEqual(expected);
  });

  test('are told what a key was meant to be, though the base has just that', () => {
    const text = `${BASE}training: { cluster: { kind: managed, nodes: 1 }, maxRuntime: 20 days, reads: [a] }
datasets: { a: { zone: raw } }
environments:
  dev: { training: { cluster: { nods: 2 }, reds: [b] }, datasets: { a: { zone: cold, zoen: hot } } }
  prod: { training: { cluster: { kind: batch }, maxRuntim: 2 days }, dataset: { b: { zone: raw } } }
`;
    const problems = problemsOf(() => loadEverySpec(text, rules));
    expect(problems.map(({ path, fix }) => `${path}: ${fix}`)).toEqual([
      'environments.dev.training.cluster.nods: did you mean nodes?',
      'environments.dev.training.reds: did you mean reads?',
      'environments.dev.datasets.a.zoen: remove it',
      'environments.prod.training.maxRuntim: did you mean maxRuntime?',
      'environments.prod.dataset: did you mean datasets?',
    ]);
  });

  test('break rules between parts in the line that breaks them', () => {
    const text = `${BASE}training: { cluster: { kind: managed }, maxRuntime: 20 days }
environments:
  dev: { training: { cluster: { kind: batch }, maxRuntime: 8 days } }
  prod: { training: { cluster: { kind: batch } } }
`;
    expect(wrongAnywhere(text)).toEqual([
      '3:53 training.maxRuntime: is too long for batch (in prod)',
      '5:60 environments.dev.training.maxRuntime: is too long for batch',
    ]);
  });

  test('that change the kind of a map are told what is left of the other kind', () => {
    const text = `${BASE}training: { cluster: { kind: managed, spot: true } }
environments:
  dev: {}
  prod: { training: { cluster: { kind: batch } } }
`;
    expect(wrongAnywhere(text)).toEqual(['3:39 training.cluster.spot: is not a key that exists here (in prod)']);
    const [problem] = problemsOf(() => loadEverySpec(text, rules));
    expect(problem?.fix).toBe(
      'remove it, or choose kind: managed, which has it; or, for prod alone, null at environments.prod.training.cluster.spot',
    );
    const mended = text.replace('{ kind: batch }', '{ kind: batch, spot: null }');
    expect(loadEverySpec(mended, rules).get('prod')?.training?.cluster).toEqual({
      kind: 'batch',
      nodes: 1,
      maxNodes: 4,
    });
  });

  test('share what is wrong with the base, told once', () => {
    const text = `name: Fraud\naws: { region: eu-west-1 }\nenvironments: { dev: {}, prod: { aws: { region: eu-central-1 } } }\n`;
    expect(wrongAnywhere(text)).toEqual(['1:7 name: must be small letters, for example fraud']);
  });

  test('that all lack something share it, and one that lacks it is named', () => {
    const all = 'name: fraud\nenvironments: { dev: {}, prod: {} }\n';
    expect(wrongAnywhere(all)).toEqual(['1:1 aws: is required and not there']);
    const one = 'name: fraud\nenvironments: { dev: {}, prod: { aws: { region: eu-west-1 } } }\n';
    expect(wrongAnywhere(one)).toEqual(['1:1 aws: is required and not there (in dev)']);
  });

  test('that are removed from leave a hole where the null is', () => {
    const text = `${BASE}environments: { dev: { name: null } }\n`;
    expect(wrong(text, 'dev')).toEqual(['3:24 environments.dev.name: is required and not there']);
  });

  test('may be needed: without one, those there are are named', () => {
    const text = 'name: fraud\nenvironments:\n  dev: { aws: { region: eu-west-1 } }\n  prod:\n';
    const problems = problemsOf(() => loadSpec(text, rules));
    expect(problems.map(({ path }) => path)).toEqual(['aws', 'environments']);
    expect(problems[1]).toMatchObject({ allowed: 'dev, prod', fix: expect.stringContaining('--environment dev;') });
  });

  test('may mend all that is wrong without one: then nobody is told to mend it', () => {
    const text = `name: fraud
aws: { account: 1 }
training: { cluster: { kind: batch }, maxRuntime: 8 days, reads: [a] }
environments:
  dev: { aws: { region: eu-west-1, account: '1' }, training: { maxRuntime: 1 day, reads: [] } }
  prod: { aws: { region: eu-west-1, account: '2' }, training: { maxRuntime: 2 days } }
`;
    expect(problemsOf(() => loadSpec(text, rules)).map(brief)).toEqual([
      '3:67 training.reads[0]: there is no such dataset',
      '4:1 environments: has environments, none was chosen, and the rest is not complete without one',
    ]);
  });

  test('have names that are names, and are maps', () => {
    expect(wrong(`${BASE}environments: { Prod_EU: {} }\n`)).toEqual([
      expect.stringMatching(/^3:17 environments\.Prod_EU: is not a name that can stand here/),
    ]);
    expect(wrong(`${BASE}environments: [dev]\n`)).toEqual(['3:15 environments: is not a map']);
    expect(wrongAnywhere(`${BASE}environments: { dev: 5 }\n`)).toEqual(['3:22 environments.dev: is not a map']);
    expect(wrong(`${BASE}environments: { dev: { environments: { a: {} } } }\n`, 'dev')).toEqual([
      '3:24 environments.dev.environments: is not a key that exists here',
    ]);
  });

  test('that do not exist cannot be chosen', () => {
    expect(problemsOf(() => loadSpec(`${BASE}environments: { prod: {} }\n`, rules, 'prdo'))).toMatchObject([
      { line: 3, path: 'environments', received: '"prdo"', allowed: 'prod', fix: 'did you mean prod?' },
    ]);
  });
});

test('the same wrong spec gives the same message, to the byte', () => {
  const text = readFileSync('examples/fraud-detection/platform.yaml', 'utf8').replaceAll('region', 'regin');
  const message = () =>
    problemsOf(() => loadEverySpec(text, rules))
      .map((problem) => JSON.stringify(problem))
      .join('\n');
  expect(message()).toBe(message());
});
