import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endpointName } from '../../lib/aws/operations/machine/endpoint-name';
import { RETIRE_LOCK_TTL_SECONDS, RETIRE_TIMEOUT_SECONDS } from '../../lib/aws/operations/machine/retire-props';
import { PlatformNames } from '../../lib/plan/names';
import { championPath, servingPath } from '../../lib/plan/serving-access';
import { AslJudge, type AslRequest, type AslRun, callNames, resume } from '../support/asl-judge';
import { lintAsl } from '../support/asl-lint';
import { outcomeOf } from '../support/asl-outcome';
import { machine } from '../support/asl-states';
import { describeJudge } from '../support/describe-judge';
import {
  configOf,
  endpointOf,
  left,
  lockOf,
  NAMES,
  NOW,
  operationsMachine,
  type Served,
  stackAlarm,
  start,
  worldOf,
} from './operations-world';

/** A code that any call may end with. */
const DENIED = { code: 'AccessDeniedException', message: 'not yours' };
const MODEL = { model: 'detector' };
const BY_HAND = { model: 'detector' };
const BY_PARAMETER = { parameter: NAMES.parameter(...servingPath('detector')) };
const BY_STACK = {
  stackId:
    'arn:aws:cloudformation:eu-central-1:111111111111:stack/fraud-prod-model-detector/2d1a7f10-0000-11ee-8000-0a1b2c3d4e5f',
};
/** Models whose names begin with that of the one, and one of a platform whose name begins with the platform's. */
const NEIGHBOURS: readonly Served[] = [
  { model: 'detector-2', shell: true },
  { model: 'detector-5-0123abcd', shell: true },
  { model: 'x', names: new PlatformNames('fraud-prod-detector'), shell: true },
];

describe('the machine that retires models', () => {
  test('is a machine that the linter accepts', () => {
    expect(lintAsl(operationsMachine('Retire'))).toEqual([]);
  });
});

describeJudge('asl', 'the machine that retires models, executed', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());
  const run = (served: readonly Served[], input: unknown = BY_HAND, rest = {}) =>
    judge.run(start(operationsMachine('Retire'), worldOf(served), input, rest));

  test.each([
    ['by hand', BY_HAND],
    ["by the event of its shell's parameter", BY_PARAMETER],
    ['by the event of its stack', BY_STACK],
  ])('deletes everything of a model %s, and nothing of its neighbours', async (_, input) => {
    const neighbours = left({ world: worldOf(NEIGHBOURS) }).things;
    const retired = await run([MODEL, ...NEIGHBOURS], input);
    expect(retired).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'retired' } });
    const after = left(retired);
    expect(after.things).toEqual(neighbours);
    expect(after).toMatchObject({ announced: ['endpoint-retired'], locks: [] });
    const [said] = after.said;
    expect(said).toContain('detector');
    expect(said).toContain(
      `Deleted: its scaling, the endpoint fraud-prod-detector, the alarm fraud-prod-detector--no-traffic, ` +
        `the configuration ${configOf(MODEL, 5)}, the configuration ${configOf(MODEL, 4)}, the model ${configOf(MODEL, 5)}, ` +
        `the model ${configOf(MODEL, 4)}, the record of version 5.`,
    );
  });

  test('ends the scaling before it deletes the endpoint, and both before what they use', async () => {
    const calls = callNames(await run([MODEL])).filter((name) => /Delete|Deregister/.test(name));
    expect([...new Set(calls)]).toEqual([
      'applicationautoscaling:DeregisterScalableTarget',
      'sagemaker:DeleteEndpoint',
      'cloudwatch:DeleteAlarms',
      'sagemaker:DeleteEndpointConfig',
      'sagemaker:DeleteModel',
      'ssm:DeleteParameter',
      'dynamodb:DeleteItem',
    ]);
  });

  test('knows the names of endpoints as the plan does, also where they are cut', async () => {
    const slugs = ['fraud', 'fraud-prod', 'a'.repeat(24), `${'a'.repeat(24)}-${'b'.repeat(12)}`];
    const models = ['m', 'fraud-detector', 'x'.repeat(40), `${'y'.repeat(9)}-${'z'.repeat(30)}`, `${'q'.repeat(36)}-w`];
    for (const slug of slugs) {
      const definition = machine({
        Ask: { Type: 'Pass', Output: `{% [$states.input.($model := $; ${endpointName(slug)})] %}`, End: true },
      });
      const { output } = await judge.run({ definition, input: models, world: { kind: 'basic' } });
      const names = new PlatformNames(slug);
      expect(output).toEqual(models.map((model) => names.of('endpoint', model)));
    }
  });

  describe('leaves alone', () => {
    test.each([
      ['parameter', BY_PARAMETER],
      ['stack', BY_STACK],
    ])('a model that has a shell, when the event of a %s comes late', async (_, input) => {
      const world = worldOf([{ ...MODEL, shell: true }]);
      const owned = await judge.run(start(operationsMachine('Retire'), world, input));
      expect(owned).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'owned' } });
      expect(left(owned).things).toEqual(left({ world }).things);
      expect(left(owned)).toMatchObject({ announced: [], locks: [] });
    });

    test('an endpoint of the same name of another platform', async () => {
      const namesake: Served = { model: 'model-x', names: NAMES };
      const other = { model: 'x', names: new PlatformNames('fraud-prod-model'), shell: true };
      expect(endpointOf(namesake)).toBe(endpointOf(other));
      const before = left({ world: worldOf([other]) }).things;
      // The stack of its model has a name that begins like those of this platform's models.
      const stackId = BY_STACK.stackId.replace('model-detector', 'model-model-x');
      for (const input of [{ stackId }, { model: 'model-x' }]) {
        const run = await judge.run(start(operationsMachine('Retire'), worldOf([other]), input));
        expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'nothing' } });
        expect(left(run)).toMatchObject({ things: before, announced: [], locks: [] });
      }
    });

    test('alarms that the stack of the model owns', async () => {
      const world = worldOf([MODEL]);
      const name = `${endpointOf(MODEL)}-latency-p95`;
      const { alarms } = world.state.cloudwatch as { alarms: Record<string, object> };
      alarms[name] = stackAlarm(endpointOf(MODEL));
      expect(left(await judge.run(start(operationsMachine('Retire'), world, BY_HAND))).things).toEqual([name]);
    });
  });

  describe('finds what is left', () => {
    test('by hand it also retires a model that has a shell, and its record says so', async () => {
      const parameters = [championPath('detector'), servingPath('detector')].map((path) => NAMES.parameter(...path));
      for (const champion of [{}, null, '{"version', '{}']) {
        const retired = left(await run([{ ...MODEL, champion, shell: true }]));
        expect(retired).toMatchObject({ things: parameters, announced: ['endpoint-retired'], locks: [] });
      }
    });

    test.each<[string, Partial<Served>]>([
      ['an endpoint without a record, as after a first deployment that was cut', { champion: null }],
      ['configurations and models without an endpoint', { only: ['configs', 'models'] }],
      ['scaling without an endpoint', { only: ['scaling'], champion: null }],
      ['an alarm', { only: ['alarms'], champion: null }],
      ['the record alone', { only: [] }],
      ['a failed endpoint', { status: 'Failed' }],
      ['an endpoint whose way back failed', { status: 'UpdateRollbackFailed' }],
      ['a record that nobody can read', { champion: '{"version' }],
      ['a record without a version', { champion: '{}' }],
    ])('%s', async (_, what) => {
      const retired = await run([{ ...MODEL, ...what }], BY_STACK);
      expect(retired).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'retired' } });
      expect(left(retired)).toMatchObject({ things: [], announced: ['endpoint-retired'], locks: [] });
    });

    test('more than a page of it', async () => {
      const world = worldOf([MODEL]);
      const { configs } = world.state.sagemaker as { configs: Record<string, object> };
      for (let version = 100; version < 220; version++)
        configs[configOf(MODEL, version)] = configs[configOf(MODEL, 5)] ?? {};
      const retired = await judge.run(start(operationsMachine('Retire'), world, BY_HAND));
      expect(left(retired).things).toEqual([]);
    });

    test('and if that is nothing, nobody is told', async () => {
      for (const input of [BY_HAND, BY_PARAMETER, BY_STACK]) {
        const nothing = await run([], input);
        expect(nothing).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'nothing' } });
        expect(left(nothing)).toMatchObject({ announced: [], locks: [] });
      }
    });
  });

  test('a second time it has nothing to do', async () => {
    const first = await run([MODEL], BY_PARAMETER);
    const second = await judge.run(resume(start(operationsMachine('Retire'), worldOf([]), BY_STACK), first));
    expect(second).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'nothing' } });
    expect(callNames(second).filter((name) => /sagemaker:Delete/.test(name))).toEqual([]);
    expect(left(second)).toMatchObject({ announced: ['endpoint-retired'], locks: [] });
  });

  describe('waits', () => {
    const moving = (status: string, kind: string, until = '2026-01-01T02:00:00Z'): Served => ({
      ...MODEL,
      status,
      move: {
        kind,
        to: configOf(MODEL, 5),
        since: NOW,
        steps: [['2026-01-01T01:00:00Z', 100]],
        until,
        alarms: [],
        ...(kind === 'update' ? { count: 2, maximum: 999_999 } : {}),
      },
    });
    test.each([
      ['Creating', 'create'],
      ['Updating', 'update'],
      ['Deleting', 'delete'],
    ])('while the endpoint is %s, then deletes', async (status, kind) => {
      const waited = await run([moving(status, kind)]);
      expect(waited).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'retired' } });
      expect(left(waited)).toMatchObject({ things: [], locks: [], announced: ['endpoint-retired'] });
      const deleted = waited.calls.find(({ operation }) => /Delete(Endpoint|EndpointConfig)$/.test(operation));
      expect(Date.parse(deleted?.at ?? '')).toBeGreaterThanOrEqual(Date.parse('2026-01-01T02:00:00Z'));
      const absent = [undefined, 'ObjectNotFoundException', 'ParameterNotFound'];
      expect(waited.calls.filter(({ error }) => !absent.includes(error))).toEqual([]);
    });

    test('while a rollout holds the lock, and touches nothing until then', async () => {
      const waited = await withLock('rollout', 3 * 3600);
      expect(waited).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'retired' } });
      const first = waited.calls.findIndex(({ operation, error }) => operation === 'PutItem' && error === undefined);
      expect(new Set(callNames(waited).slice(0, first))).toEqual(new Set(['dynamodb:PutItem']));
      expect(Date.parse(waited.calls[first]?.at ?? '')).toBeGreaterThan(Date.parse(NOW) + 3 * 3600_000);
      expect(left(waited).locks).toEqual([]);
    });

    test('and stops where the model has a shell again when its turn comes', async () => {
      const world = lockedWorld('rollout', 600, [{ ...MODEL, shell: true }]);
      const stopped = await judge.run(start(operationsMachine('Retire'), world, BY_PARAMETER));
      expect(stopped).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'owned' } });
    });

    test('only so long, for a lock and for an endpoint, and then somebody else has to say so', async () => {
      for (const late of [
        await withLock('rollout', 10 * RETIRE_TIMEOUT_SECONDS),
        await run([moving('Updating', 'update', '2026-01-03T00:00:00Z')]),
      ]) {
        expect(late.status).toBe('TIMED_OUT');
        expect(left(late)).toMatchObject({ announced: [] });
        expect(left(late).things).toContain(endpointOf(MODEL));
      }
    });

    test('and never holds the lock so long that it loses it while it works', async () => {
      const { calls } = await run([moving('Updating', 'update')]);
      const renewals = calls.filter(({ operation }) => operation === 'PutItem').map(({ at }) => Date.parse(at) / 1000);
      const end = Date.parse(calls.at(-1)?.at ?? '') / 1000;
      const held = [...renewals.slice(1), end].map((at, i) => at - (renewals[i] ?? 0));
      expect(end - (renewals[0] ?? 0)).toBeGreaterThan(RETIRE_LOCK_TTL_SECONDS);
      expect(Math.max(...held)).toBeLessThan(RETIRE_LOCK_TTL_SECONDS / 2);
    });

    function lockedWorld(owner: string, seconds: number, served: readonly Served[] = [MODEL]) {
      const expiresAt = { N: String(Date.parse(NOW) / 1000 + seconds) };
      const items = [{ lock: { S: lockOf(MODEL) }, owner: { S: owner }, expiresAt }];
      return worldOf(served, { dynamodb: { tables: { locks: { key: { lock: 'S' }, items } } } });
    }
    const withLock = (owner: string, seconds: number) =>
      judge.run(start(operationsMachine('Retire'), lockedWorld(owner, seconds), BY_HAND));
  });

  describe('when something goes wrong', () => {
    const [NEIGHBOUR = MODEL] = NEIGHBOURS;
    const whole = () => start(operationsMachine('Retire'), worldOf([MODEL, NEIGHBOUR]), BY_PARAMETER);
    const neighbours = left({ world: worldOf([NEIGHBOUR]) }).things;
    const expectRetired = (retired: AslRun) => {
      expect(outcomeOf(retired).outcome).toBe('retired');
      expect(left(retired).things).toEqual(neighbours);
      expect(left(retired).announced.at(-1)).toBe('endpoint-retired');
    };
    const another = (cut: AslRun, afterSeconds: number): AslRequest => ({
      ...resume(whole(), cut, { afterSeconds }),
      execution: { name: 'another' },
    });

    test('a call that fails once is only tried again', async () => {
      for await (const { call, run: shaken } of judge.failEachCall(whole(), DENIED)) {
        expectRetired(shaken);
        expect(left(shaken), call.operation).toMatchObject({ announced: ['endpoint-retired'], locks: [] });
        expect(shaken.retries, call.operation).toHaveLength(1);
      }
    });

    test('a call whose answer is lost leads to the same end', async () => {
      for await (const { call, run: shaken } of judge.failEachCall(whole(), { ...DENIED, afterEffect: true })) {
        expectRetired(shaken);
        expect(left(shaken).locks).toEqual([]);
        expect(left(shaken).announced, call.operation).toHaveLength(call.operation === 'Publish' ? 2 : 1);
      }
    });

    test('a call that is never allowed is told of, the lock is free, and the next run gets there', async () => {
      const { calls } = await judge.run(whole());
      for (const { service, operation } of new Set(calls)) {
        const failed = await judge.run({ ...whole(), faults: [{ service, operation, ...DENIED }] });
        const after = left(failed);
        if (operation === 'Publish') expect(failed).toMatchObject({ status: 'FAILED', error: 'NotAnnounced' });
        else if (operation === 'DeleteItem') expectRetired(failed);
        else {
          expect(failed, operation).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'failed' } });
          expect(outcomeOf(failed).detail, operation).toContain('not yours');
          expect(after.announced.at(-1)).toBe('endpoint-retire-failed');
          expect(after.said.at(-1)).toContain(outcomeOf(failed).detail);
        }
        expect(after.locks).toHaveLength(operation === 'DeleteItem' ? 1 : 0);
        expect(after.things).toEqual(expect.arrayContaining([...neighbours]));
        const next = await judge.run(another(failed, 60));
        expect(['retired', 'nothing'], operation).toContain(outcomeOf(next).outcome);
        expect(left(next)).toMatchObject({ things: neighbours, locks: [] });
        expect(left(next).announced).toContain('endpoint-retired');
      }
    });

    test('after a crash anywhere the same execution goes on, and so does another', async () => {
      for await (const { call, cut } of judge.cutAfterEachCall(whole())) {
        expect(cut.status).toBe('CRASHED');
        for (const next of [resume(whole(), cut), { ...another(cut, RETIRE_LOCK_TTL_SECONDS), input: BY_HAND }]) {
          const done = await judge.run(next);
          expect(['retired', 'nothing'], call.operation).toContain(outcomeOf(done).outcome);
          expect(left(done)).toMatchObject({ things: neighbours, locks: [] });
          expect(left(done).announced, call.operation).toContain('endpoint-retired');
        }
      }
    });

    test('after a crash before any state too', async () => {
      const { states } = await judge.run(whole());
      for (const state of new Set(states)) {
        const cut = await judge.run({ ...whole(), faults: [{ crashBeforeState: state }] });
        const done = await judge.run(another(cut, RETIRE_LOCK_TTL_SECONDS));
        expect(['retired', 'nothing'], state).toContain(outcomeOf(done).outcome);
        expect(left(done), state).toMatchObject({ things: neighbours, locks: [] });
        expect(left(done).announced, state).toContain('endpoint-retired');
      }
    });

    test.each<[string, unknown]>([
      ['no model', {}],
      ['a model of another type', { model: 7 }],
      ['an empty model', { model: '' }],
      ['no object', 'detector'],
      ['a stack that is none', { stackId: 'x' }],
    ])('an input with %s is told of', async (_, input) => {
      const failed = await run([MODEL], input);
      expect(failed).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'failed', detail: expect.stringContaining('NoModel') },
      });
      expect(left(failed)).toMatchObject({ announced: ['endpoint-retire-failed'], locks: [] });
      expect(left(failed).things).toContain(endpointOf(MODEL));
    });
  });
});
