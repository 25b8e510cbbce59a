import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DriftMachineProps } from '../../../lib/aws/drift-monitor/machine/drift-props';
import { windowStates } from '../../../lib/aws/drift-monitor/machine/window-states';
import type { AccessEdge, Workload } from '../../../lib/plan/access';
import { PlatformNames } from '../../../lib/plan/names';
import {
  capturePrefix,
  championPath,
  endpointLock,
  planServingAccess,
  servingPath,
} from '../../../lib/plan/serving-access';
import { serving } from '../../../lib/spec/serving';

const NAMES = new PlatformNames('fraud', 'prod');
const SERVED = { serving: serving.parse({}) };
const CAPTURED = { serving: serving.parse({ capture: {} }) };

const plan = (models: Parameters<typeof planServingAccess>[0]) => planServingAccess(models, NAMES);

const verbs = (edges: readonly AccessEdge[], workload: Workload) =>
  edges.filter((edge) => edge.workload === workload).map(({ kind, verb, name }) => `${verb} ${kind} ${name}`);

const all = plan({ detector: SERVED, 'merchant-risk': CAPTURED, idle: {} });

describe('who may do what for serving', () => {
  it('is nobody anything where there is no model, and where none serves what retires those that did', () => {
    expect(plan({})).toEqual([]);
    expect([...new Set(plan({ idle: {} }).map(({ workload }) => workload))]).toEqual([
      'retire',
      'retire-trigger',
      'sweep',
      'sweep-trigger',
      'scorecard',
      'scorecard-trigger',
    ]);
  });

  it('the machine of a model touches its own endpoint, record and lock, and no other', () => {
    expect(verbs(all, 'rollout/detector')).toEqual([
      'read model detector',
      'deploy endpoint fraud-prod-detector',
      'set scaling fraud-prod-detector',
      'set alarm fraud-prod-detector',
      'read parameter models/detector/champion',
      'read parameter models/detector/serving',
      'write parameter models/detector/champion',
      'hold lock endpoints/fraud-prod-detector',
      'publish channel alerts',
      'encrypt key operations',
      'write log rollout-detector',
    ]);
  });

  it('the endpoint itself reads what it serves, and writes requests only when they are recorded', () => {
    expect(verbs(all, 'serving/detector')).toEqual([
      'pull repository training',
      'read prefix training/artifacts',
      'read prefix pipelines/detector',
      'decrypt key artifacts',
      'attach network serving',
      'write log serving-detector',
      'publish metric serving',
      'read alarm fraud-prod-detector',
    ]);
    expect(verbs(all, 'serving/merchant-risk')).toEqual(
      expect.arrayContaining(['write prefix serving/captures/merchant-risk', 'encrypt key artifacts']),
    );
  });

  it('only the machine of a model deploys, only retire deletes, and sweep and scorecard change nothing', () => {
    const who = (kind: string, verb: string) =>
      all.filter((edge) => edge.kind === kind && edge.verb === verb).map(({ workload }) => workload);
    expect(who('endpoint', 'deploy')).toEqual(['rollout/detector', 'rollout/merchant-risk']);
    expect(who('endpoint', 'retire')).toEqual(['retire']);
    expect(who('endpoint', 'invoke')).toEqual([]);
    expect(who('parameter', 'write')).toEqual(['rollout/detector', 'rollout/merchant-risk', 'retire']);
    expect(who('lock', 'hold')).toEqual(['rollout/detector', 'rollout/merchant-risk', 'retire']);
    for (const workload of ['sweep', 'scorecard'] as const)
      for (const done of verbs(all, workload)) expect(done).toMatch(/^(list|read|publish|encrypt|write log) /);
  });

  it('a trigger starts its machine and nothing else', () => {
    const starts = all.filter(({ kind }) => kind === 'machine');
    expect(starts.map(({ workload, name }) => [workload, name])).toEqual([
      ['rollout-trigger/detector', 'rollout/detector'],
      ['rollout-trigger/merchant-risk', 'rollout/merchant-risk'],
      ['retire-trigger', 'retire'],
      ['sweep-trigger', 'sweep'],
      ['scorecard-trigger', 'scorecard'],
    ]);
    // What a schedule could not start, it has to hand over itself.
    const scheduled = ['sweep-trigger', 'scorecard-trigger'];
    for (const { workload } of starts)
      expect(verbs(all, workload)).toEqual([
        expect.stringMatching(/^start machine /),
        'encrypt key operations',
        ...(scheduled.includes(workload) ? ['send queue operations'] : []),
      ]);
  });

  it('is the machines that look after all endpoints, once, as long as one model serves', () => {
    const one = plan({ detector: SERVED });
    for (const workload of ['retire', 'sweep', 'scorecard'] as const) {
      expect(verbs(one, workload)).not.toEqual([]);
      expect(verbs(all, workload)).toEqual(verbs(one, workload));
    }
  });
});

const modelNames = fc.stringMatching(/^[a-z][a-z0-9]{0,12}(-[a-z0-9]{1,12}){0,2}$/);

describe('for any models', () => {
  it('every edge is there once and says why', () => {
    fc.assert(
      fc.property(fc.uniqueArray(modelNames, { maxLength: 6 }), (models) => {
        const edges = plan(Object.fromEntries(models.map((model) => [model, CAPTURED])));
        const keys = edges.map(({ workload, kind, verb, name }) => JSON.stringify([workload, kind, verb, name]));
        expect(new Set(keys).size).toBe(keys.length);
        for (const { why } of edges) expect(why.length).toBeGreaterThan(5);
      }),
    );
  });

  it('no model reaches the endpoint, scaling, alarms, record, lock or recorded requests of another', () => {
    fc.assert(
      fc.property(fc.uniqueArray(modelNames, { minLength: 2, maxLength: 4 }), (models) => {
        const edges = plan(Object.fromEntries(models.map((model) => [model, CAPTURED])));
        const own = ['endpoint', 'scaling', 'alarm', 'parameter', 'lock', 'model'];
        const reached = models.map((model) =>
          edges
            .filter(({ workload }) => workload === `rollout/${model}` || workload === `serving/${model}`)
            .filter(({ kind, verb }) => own.includes(kind) || (kind === 'prefix' && verb === 'write'))
            .map(({ kind, name }) => `${kind} ${name}`),
        );
        const distinct = reached.map((things) => new Set(things));
        const total = distinct.reduce((sum, things) => sum + things.size, 0);
        expect(new Set(reached.flat()).size).toBe(total);
      }),
    );
  });
});

describe('places', () => {
  it('belong to one model', () => {
    expect(NAMES.parameter(...championPath('detector'))).toBe('/mlops/fraud-prod/models/detector/champion');
    expect(NAMES.parameter(...servingPath('detector'))).toBe('/mlops/fraud-prod/models/detector/serving');
    expect(capturePrefix('detector')).toBe('serving/captures/detector');
    expect(endpointLock('fraud-prod-detector')).toBe('endpoints/fraud-prod-detector');
  });

  it('leave room in the name of an endpoint for version and hash of what it serves', () => {
    const longest = NAMES.of('endpoint', 'x'.repeat(40));
    expect(`${longest}--99999-0123abcd`.length).toBeLessThanOrEqual(63);
  });

  it('leave room in the name of what watches a model for the execution that a job is of', () => {
    const plan = { name: NAMES.of('endpoint', 'x'.repeat(40), 'drift'), runs: [] };
    const { Begin, Window } = windowStates({ plan, prefixes: {} } as unknown as DriftMachineProps) as never as Readonly<
      Record<string, { readonly Assign: Readonly<Record<string, string>> }>
    >;
    const digits = /, 0, (\d+)\)/.exec(Begin?.Assign.token ?? '')?.[1];
    const name = /'(.*)' & \$token/.exec(Window?.Assign.jobName ?? '')?.[1] ?? '';
    expect(name).toHaveLength(48);
    expect(name.length + Number(digits)).toBeLessThanOrEqual(63);
  });
});
