import type { Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expr } from '../../lib/aws/machine/asl';
import { lockStates, unlockStates } from '../../lib/aws/machine/lock-states';
import { aslFromTemplate, machinesOf } from '../support/asl-from-template';
import { AslJudge, type AslRequest, type AslRun, callNames, resume } from '../support/asl-judge';
import { describeJudge } from '../support/describe-judge';
import { synthTemplate } from '../support/synth';

const TTL = 900;
const WAIT = 30;
const NOW = Date.parse('2026-01-01T00:00:00Z') / 1000;
const ID = 'datasets/transactions';

const lock = { table: 'locks', id: expr('"datasets/" & $states.input.name') };

/** A machine that does nothing for a minute while it holds a lock. */
const definition = (() => {
  const template = synthTemplate((stack: Stack) => {
    new sfn.CfnStateMachine(stack, 'Machine', {
      roleArn: 'arn:aws:iam::111111111111:role/r',
      definitionString: stack.toJsonString({
        QueryLanguage: 'JSONata',
        StartAt: 'LockAcquire',
        TimeoutSeconds: 2 * TTL,
        States: {
          ...lockStates({ ...lock, prefix: 'Lock', ttlSeconds: TTL, waitSeconds: WAIT, next: 'Work' }),
          Work: { Type: 'Wait', Seconds: 60, Next: 'UnlockRelease' },
          ...unlockStates({ ...lock, prefix: 'Unlock', next: 'Done' }),
          Done: { Type: 'Succeed' },
        },
      }),
    });
  }).toJSON();
  return aslFromTemplate(template, machinesOf(template)[0] ?? '');
})();

const item = (owner: string, expiresAt: number) => ({
  lock: { S: ID },
  owner: { S: owner },
  expiresAt: { N: String(expiresAt) },
});

const request = (items: readonly object[] = []): AslRequest => ({
  definition,
  input: { name: 'transactions' },
  world: { kind: 'basic', state: { dynamodb: { tables: { locks: { key: { lock: 'S' }, items } } } } },
});

const locksIn = (run: AslRun) =>
  (run.world.state.dynamodb as { tables: { locks: { items: readonly Record<string, { S?: string; N?: string }>[] } } })
    .tables.locks.items;

describeJudge('asl', 'a lock', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());

  test('that is free is taken for as long as said, and given back; the input passes through', async () => {
    const run = await judge.run(request());
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { name: 'transactions' } });
    expect(callNames(run)).toEqual(['dynamodb:PutItem', 'dynamodb:DeleteItem']);
    expect(run.calls[0]?.params.Item).toMatchObject({ lock: { S: ID }, expiresAt: { N: String(NOW + TTL) } });
    expect(locksIn(run)).toEqual([]);
  });

  test('that another one holds is waited for', async () => {
    const run = await judge.run(request([item('another', NOW + 100)]));
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { name: 'transactions' } });
    expect(run.waits).toEqual([WAIT, WAIT, WAIT, WAIT, 60]);
    expect(run.retries).toEqual([]);
    expect(locksIn(run)).toEqual([]);
  });

  test('whose holder crashed is free when it expires, and not before', async () => {
    const crashed = await judge.run({
      ...request(),
      faults: [{ crashBeforeState: 'UnlockRelease' }],
      execution: { name: 'crashed' },
    });
    expect(locksIn(crashed)).toHaveLength(1);
    const next = await judge.run({ ...resume(request(), crashed), execution: { name: 'next' } });
    expect(next.status).toBe('SUCCEEDED');
    const taken = next.calls.find(({ error }) => error === undefined);
    expect(Date.parse(taken?.at ?? '') / 1000).toBeGreaterThan(NOW + TTL);
    expect(Date.parse(taken?.at ?? '') / 1000).toBeLessThanOrEqual(NOW + TTL + WAIT);
  });

  test('that the execution holds already is taken at once, so it can be redriven', async () => {
    const crashed = await judge.run({ ...request(), faults: [{ crashAfterCall: 1 }] });
    expect(locksIn(crashed)).toHaveLength(1);
    const again = await judge.run(resume(request(), crashed));
    expect(again).toMatchObject({ status: 'SUCCEEDED', waits: [60] });
  });

  test('that another one took after it expired stays its', async () => {
    const run = await judge.run({ ...request(), faults: [{ crashAfterCall: 1 }] });
    const stolen = { ...run, world: { ...run.world, state: request([item('thief', NOW + 9999)]).world.state ?? {} } };
    const released = await judge.run({
      ...resume(request(), stolen),
      definition: { ...definition, StartAt: 'UnlockRelease' },
    });
    expect(released.status).toBe('SUCCEEDED');
    expect(locksIn(released)).toEqual([item('thief', NOW + 9999)]);
  });

  test('is taken once although an answer was lost, and survives passing trouble', async () => {
    for (const afterEffect of [false, true])
      for await (const { run } of judge.failEachCall(request(), { code: 'InternalServerError', afterEffect })) {
        expect(run).toMatchObject({ status: 'SUCCEEDED', output: { name: 'transactions' } });
        expect(locksIn(run)).toEqual([]);
      }
  });

  test('that cannot be had fails the execution before its work; one that cannot be given back does not', async () => {
    const broken = (operation: string) => ({
      ...request(),
      faults: [{ service: 'dynamodb', operation, code: 'AccessDeniedException' }],
    });
    const refused = await judge.run(broken('PutItem'));
    expect(refused.status).toBe('FAILED');
    expect(refused.states).not.toContain('Work');
    expect(await judge.run(broken('DeleteItem'))).toMatchObject({
      status: 'SUCCEEDED',
      output: { name: 'transactions' },
    });
  });
});
