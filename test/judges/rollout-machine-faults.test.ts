import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCK_TTL_SECONDS, LOCK_WAIT_SECONDS } from '../../lib/aws/serving-endpoint/machine/rollout-props';
import { type AslCall, AslJudge, type AslRequest, type AslRun, callNames } from '../support/asl-judge';
import { type AslOutcome, outcomeOf } from '../support/asl-outcome';
import { describeJudge } from '../support/describe-judge';
import {
  approvalOf,
  instant,
  later,
  left,
  NO_TRAFFIC,
  packageArn,
  request,
  type ServingProps,
  START,
} from './rollout-machine';

/** A code that any call may end with. */
const DENIED = { code: 'AccessDeniedException', message: 'not yours' };
/** More than any call is tried. */
const MANY = 30;
const HOUR = 3600;

/** A call that only reads leaves nothing behind: losing its answer, or a crash after it, is like a failure before it. */
const changes = ({ operation }: AslCall): boolean => !/^(Describe|List|Get)/.test(operation);

/** Few looks at an endpoint that is on its way. */
const SHORT: ServingProps = { serving: { rollout: { strategy: 'allAtOnce', bake: '5 minutes' } } };
const ILL = { errors: 0.5 };

/** A way that something goes, and where it leads however often it is interrupted. */
interface Road {
  readonly name: string;
  readonly start: (served: AslRun) => AslRequest;
  readonly goal: (run: AslRun) => void;
}

const inOrder = { status: 'InService', alarms: [NO_TRAFFIC], scaling: { min: 2, max: 4 }, scalingAlarms: 1, locks: [] };

const ROADS: readonly Road[] = [
  {
    name: 'a first version is deployed',
    start: () => request({ props: SHORT, startSeconds: 30 }),
    goal: (run) => {
      expect(left(run)).toMatchObject({ ...inOrder, traffic: { 5: 100 }, configs: ['5'], models: ['5'] });
      expect(left(run).record).toMatchObject({ version: '5' });
      expect(left(run).announced.at(-1)).toBe('promoted');
    },
  },
  {
    name: 'a first version fails',
    start: () => request({ props: SHORT, startSeconds: 30, behaviours: { 5: { starts: false } } }),
    goal: (run) => {
      const nothing = { status: 'Absent', configs: [], models: [], alarms: [], scaling: undefined, locks: [] };
      expect(left(run)).toMatchObject({ ...nothing, record: undefined });
      expect(left(run).announced.at(-1)).toBe('first-deployment-failed');
    },
  },
  {
    name: 'a version is promoted',
    start: (served) => later(served, { approved: 6, props: SHORT, name: 'first' }),
    goal: (run) => {
      expect(left(run)).toMatchObject({ ...inOrder, traffic: { 6: 100 }, configs: ['5', '6'], models: ['5', '6'] });
      expect(left(run).record).toMatchObject({ version: '6', previous: { version: '5' }, decided: { version: '6' } });
      expect(left(run).history).toEqual([{ 5: 100 }, { 6: 100 }]);
      expect(left(run).announced.at(-1)).toBe('promoted');
    },
  },
  {
    name: 'a version is taken back',
    start: (served) => later(served, { approved: 6, props: SHORT, name: 'first', behaviours: { 6: ILL } }),
    goal: (run) => {
      expect(left(run)).toMatchObject({ ...inOrder, traffic: { 5: 100 }, configs: ['5'], models: ['5'] });
      expect(left(run).record).toMatchObject({ version: '5', decided: { version: '6', outcome: 'rolled-back' } });
      // It was tried once, whatever was interrupted.
      expect(left(run).history).toEqual([{ 5: 100 }, { 6: 100 }, { 5: 100 }]);
      expect(left(run).announced.at(-1)).toBe('rolled-back');
    },
  },
];

describeJudge('asl', 'the rollout machine, when something goes wrong', () => {
  let judge: AslJudge;
  let served: AslRun;
  beforeAll(async () => {
    judge = await AslJudge.start();
    served = await judge.run(request({ props: SHORT, startSeconds: 30 }));
  });
  afterAll(() => judge?.close());

  /** The same event again, in the world that an execution left, when its lock has expired. */
  const again = (asked: AslRequest, run: AslRun): AslRequest =>
    later(run, { input: asked.input, props: SHORT, name: 'again', afterSeconds: LOCK_TTL_SECONDS + 60 });

  describe.each(ROADS)('while $name', ({ start, goal }) => {
    let asked: AslRequest;
    let clean: AslRun;
    /** The first and the last call of each state: the looks in between are all alike. */
    let places: readonly (readonly [at: number, call: AslCall])[];
    beforeAll(async () => {
      asked = start(served);
      clean = await judge.run(asked);
      goal(clean);
      const { calls } = clean;
      places = calls.flatMap((call, at) => {
        const alike = calls.filter(({ state }) => state === call.state);
        return call === alike[0] || call === alike.at(-1) ? [[at + 1, call] as const] : [];
      });
    });

    test('a call that fails once is only tried again', async () => {
      for (const [atCall, call] of places) {
        const shaken = await judge.run({ ...asked, faults: [{ ...DENIED, atCall }] });
        goal(shaken);
        expect(left(shaken).announced, call.state).toEqual(left(clean).announced);
        expect(outcomeOf(shaken).outcome, call.state).toBe(outcomeOf(clean).outcome);
      }
    });

    test('a call whose answer is lost leads to the same end', async () => {
      for (const [atCall, call] of places.filter(([, one]) => changes(one))) {
        const shaken = await judge.run({ ...asked, faults: [{ ...DENIED, atCall, afterEffect: true }] });
        goal(shaken);
        // A message that was published may be published again.
        const twice = call.operation === 'Publish' ? left(clean).announced.slice(-1) : [];
        expect(left(shaken).announced, call.state).toEqual([...left(clean).announced, ...twice]);
      }
    });

    test('a call that fails from then on is announced, and the same event gets there later', async () => {
      for (const [at, call] of places) {
        const alike = clean.calls.slice(0, at).filter(({ operation }) => operation === call.operation);
        const faults = Array.from({ length: MANY }, (_, i) => ({
          ...DENIED,
          service: call.service,
          operation: call.operation,
          nth: alike.length + i,
        }));
        const failed = await judge.run({ ...asked, faults });
        expectSaid(failed, clean, call);
        // Once machines were touched nobody says that they were not.
        const begun = callNames(clean).findIndex((name) => /^sagemaker:(Create|Update)Endpoint$/.test(name));
        if (at > begun + 1) expect(failed.output, call.state).not.toMatchObject({ outcome: 'failed' });
        expectServes(failed);
        goal(await judge.run(again(asked, failed)));
      }
    });

    test('after a crash anywhere the same event gets there', async () => {
      for (const [at] of places.filter(([, one]) => changes(one))) {
        const cut = await judge.run({ ...asked, faults: [{ crashAfterCall: at }] });
        expect(cut.status).toBe('CRASHED');
        goal(await judge.run(again(asked, cut)));
      }
    });

    test('the same event again changes nothing and is told to nobody', async () => {
      const second = await judge.run(again(asked, clean));
      goal(second);
      const [first] = left(clean).announced.slice(-1);
      const tried = first === 'first-deployment-failed' ? [first] : [];
      expect(left(second).announced).toEqual([...left(clean).announced, ...tried]);
      expect(left(second).record).toEqual(left(clean).record);
    });
  });

  /** Whatever fails, somebody is told, or the execution ends in a way that a rule tells of. */
  function expectSaid(failed: AslRun, clean: AslRun, call: AslCall): void {
    const before = left(clean).announced.length - 1;
    const [said, ...more] = left(failed).announced.slice(before);
    const { outcome } = (failed.output ?? {}) as Partial<AslOutcome>;
    const ends = { status: failed.status, error: failed.error, outcome, said };
    expect(more, call.state).toEqual([]);
    if (call.operation === 'Publish')
      expect(ends).toEqual({ status: 'FAILED', error: 'NotAnnounced', outcome: undefined, said: undefined });
    else if (call.state === 'Remember') expect(ends).toMatchObject({ error: 'NotRemembered' });
    else if (['LookToArm', 'ArmNoTraffic'].includes(call.state)) expect(ends).toMatchObject({ error: 'NotArmed' });
    else if (['DeleteItem', 'DescribeAlarmHistory'].includes(call.operation))
      expect(outcome).toBe(outcomeOf(clean).outcome);
    else if (outcome === 'failed') expect(said, call.state).toBe('rollout-failed');
    else expect(ends, call.state).toMatchObject({ outcome: 'unfinished', said: 'rollout-unfinished' });
  }

  /** Exactly one version serves, or SageMaker is on its way to that. */
  function expectServes(failed: AslRun): void {
    const { status, traffic } = left(failed);
    if (status === 'InService') expect(Object.values(traffic)).toEqual([100]);
    else expect(['Absent', 'Creating', 'Updating', 'RollingBack', 'Failed', 'Deleting']).toContain(status);
  }

  describe('at the lock', () => {
    test('a newer approval waits for a rollout that is under way, and calls nothing else', async () => {
      const asked = later(served, { approved: 6, props: SHORT });
      const until = Math.round(Date.parse(asked.world.now ?? '') / 1000) + HOUR;
      const state = asked.world.state as { dynamodb: { tables: { locks: { items: unknown[] } } } };
      state.dynamodb.tables.locks.items.push({
        lock: { S: 'endpoints/fraud-prod-detector' },
        owner: { S: 'another' },
        expiresAt: { N: `${until}` },
      });
      const run = await judge.run(asked);
      expect(left(run)).toMatchObject({ ...inOrder, traffic: { 6: 100 } });
      const got = run.calls.findIndex(({ operation, error }) => operation === 'PutItem' && error === undefined);
      expect(new Set(callNames(run).slice(0, got))).toEqual(new Set(['dynamodb:PutItem']));
      expect(Date.parse(run.calls[got]?.at ?? '') / 1000).toBeGreaterThan(until);
    });

    test('two approvals at once: the later one serves in the end, whoever gets the lock first', async () => {
      const both = later(served, {
        approved: 6,
        approvals: { 7: 'Approved' },
        props: SHORT,
        name: 'six',
      });
      const now = Date.parse(both.world.now ?? '');
      const six = { ...both, input: approvalOf(6, now - 20_000) };
      const seven = approvalOf(7, now - 10_000);
      const sixFirst = await judge.run(six);
      const thenSeven = await judge.run(later(sixFirst, { input: seven, props: SHORT, name: 'seven' }));
      expect(left(thenSeven)).toMatchObject({ ...inOrder, traffic: { 7: 100 }, configs: ['6', '7'] });
      expect(left(thenSeven).announced).toEqual(['promoted', 'promoted', 'promoted']);

      const sevenFirst = await judge.run({ ...both, input: seven });
      const thenSix = await judge.run(later(sevenFirst, { input: six.input, props: SHORT, name: 'six' }));
      expect(thenSix).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'superseded' } });
      expect(left(thenSix)).toMatchObject({ ...inOrder, traffic: { 7: 100 }, configs: ['5', '7'] });
      expect(left(thenSix).announced).toEqual(['promoted', 'promoted', 'rollout-superseded']);
      expect(callNames(thenSix)).not.toContain('sagemaker:UpdateEndpoint');
    });

    test('two versions that a program approves in the same moment: the higher one serves', async () => {
      const moment = Date.parse(later(served).world.now ?? '') - 10_000;
      const seven = await judge.run(
        later(served, { input: approvalOf(7, moment), approvals: { 6: 'Approved', 7: 'Approved' }, props: SHORT }),
      );
      const six = await judge.run(later(seven, { input: approvalOf(6, moment), props: SHORT, name: 'six' }));
      expect(left(six)).toMatchObject({ traffic: { 7: 100 } });
      expect(six.output).toMatchObject({ outcome: 'superseded' });
    });

    test('an older version that is approved after a newer one is meant', async () => {
      const six = await judge.run(later(served, { approved: 6, props: SHORT }));
      const five = await judge.run(later(six, { approved: 5, props: SHORT, name: 'five' }));
      expect(left(five)).toMatchObject({ ...inOrder, traffic: { 5: 100 } });
    });

    test('a rollout that crashed is followed to its end before the next one begins', async () => {
      const asked = later(served, { approved: 6, props: SHORT, name: 'six' });
      const whole = await judge.run(asked);
      const updated = callNames(whole).indexOf('sagemaker:UpdateEndpoint') + 1;
      const cut = await judge.run({ ...asked, faults: [{ crashAfterCall: updated }] });
      const next = await judge.run(later(cut, { approved: 7, props: SHORT, name: 'seven', afterSeconds: 30 }));
      expect(left(next)).toMatchObject({ ...inOrder, traffic: { 7: 100 }, configs: ['6', '7'] });
      expect(left(next).history).toEqual([{ 5: 100 }, { 6: 100 }, { 7: 100 }]);
      expect(left(next).record).toMatchObject({ version: '7', previous: { version: '6' } });
    });

    test('is held no longer than it was taken for, through the longest rollout, whose history AWS keeps', async () => {
      const props: ServingProps = {
        serving: { replicas: { min: 5, max: 5 }, rollout: { strategy: 'linear', step: '20%', bake: '1 hour' } },
      };
      const first = await judge.run(request({ props }));
      const run = await judge.run(later(first, { approved: 6, props }));
      expect(left(run)).toMatchObject({ traffic: { 6: 100 } });
      const renewals = run.calls
        .filter(({ operation }) => operation === 'PutItem')
        .map(({ at }) => Date.parse(at) / 1000);
      const gaps = renewals.slice(1).map((at, i) => at - (renewals[i] ?? 0));
      expect(Math.max(...gaps)).toBeLessThan(LOCK_TTL_SECONDS / 2);
      expect(LOCK_WAIT_SECONDS).toBeLessThan(LOCK_TTL_SECONDS);
    });

    test('an approval while the model is retired waits, and then finds that it has no shell', async () => {
      const until = START / 1000 + HOUR;
      const run = await judge.run(request({ owned: false, lockedUntil: until }));
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'withdrawn' } });
      expect(left(run)).toMatchObject({ status: 'Absent', models: [], announced: ['rollout-withdrawn'], locks: [] });
      expect(run.waits.length).toBeGreaterThan(50);
    });
  });

  test.each(['before', 'right after'] as const)('maintenance by SageMaker %s a rollout is waited for', async (when) => {
    const asked = later(served, { approved: 6, props: SHORT });
    const plain = await judge.run(asked);
    const end = Date.parse(left(plain).record?.at ?? '');
    const from = when === 'before' ? Date.parse(asked.world.now ?? '') : end + 1000;
    const { sagemaker } = asked.world.state as { sagemaker: Record<string, unknown> };
    sagemaker.maintenance = [[from, from + 1_200_000].map((millis) => new Date(millis).toISOString())];
    // Time passes between the last look of the work and the next one, because a call in between is tried again.
    const nth = callNames(plain).filter((name) => name === 'ssm:GetParameters').length;
    const fault = { ...DENIED, service: 'ssm', operation: 'GetParameters', nth };
    const run = await judge.run({ ...asked, faults: when === 'before' ? [] : [fault] });
    expect(left(run)).toMatchObject({ ...inOrder, traffic: { 6: 100 } });
    expect(left(run).announced).toEqual(['promoted', 'promoted']);
    expect(run.states.includes('WaitToSettle')).toBe(when === 'right after');
  });

  describe('an update that was only about to be made is not taken for one that was taken back', () => {
    /** Which call of all is the first of a state, from 0. */
    const callOf = (run: AslRun, state: string) => run.calls.findIndex((call) => call.state === state);
    const maintain = (asked: AslRequest, from: number, seconds: number): AslRequest => {
      const { sagemaker } = asked.world.state as { sagemaker: Record<string, unknown> };
      sagemaker.maintenance = [[from, from + seconds * 1000].map((millis) => new Date(millis).toISOString())];
      return asked;
    };

    test.each([
      ['maintenance', true],
      ['nothing', false],
    ])('after a crash right before it and %s', async (_, maintained) => {
      const asked = later(served, { approved: 6, props: SHORT, name: 'first' });
      const plain = await judge.run(asked);
      const cut = await judge.run({ ...asked, faults: [{ crashAfterCall: callOf(plain, 'MarkTrying') + 1 }] });
      expect(callNames(cut)).not.toContain('sagemaker:UpdateEndpoint');
      expect(left(cut).record).toMatchObject({ trying: { version: '6' } });
      const next = again(asked, cut);
      const run = await judge.run(maintained ? maintain(next, Date.parse(cut.world.now) + 10_000, 60) : next);
      expect(callNames(run).filter((name) => name === 'sagemaker:UpdateEndpoint')).toHaveLength(1);
      expect(left(run)).toMatchObject({ ...inOrder, traffic: { 6: 100 } });
      expect(left(run).announced).toEqual(['promoted', 'promoted']);
    });

    test('after SageMaker refused it, because maintenance began between the look and the update', async () => {
      const asked = later(served, { approved: 6, props: SHORT });
      const plain = await judge.run(asked);
      const at = callOf(plain, 'MarkTrying') + 1;
      maintain(asked, Date.parse(plain.calls[at - 1]?.at ?? '') + 1, 1200);
      // Time passes before the update, because the mark is written again.
      const run = await judge.run({ ...asked, faults: [{ ...DENIED, atCall: at }] });
      const updates = run.calls.filter(({ operation }) => operation === 'UpdateEndpoint');
      expect(updates.map(({ error }) => error !== undefined)).toEqual([true, false]);
      expect(left(run)).toMatchObject({ ...inOrder, traffic: { 6: 100 } });
      expect(left(run).announced).toEqual(['promoted', 'promoted']);
    });

    test('but one that SageMaker took is, though its answer was lost and the version was tried before', async () => {
      const asked = later(served, { approved: 6, props: SHORT, behaviours: { 6: ILL } });
      const back = await judge.run(asked);
      const second = later(back, { input: { version: 6 }, props: SHORT, name: 'second' });
      const plain = await judge.run(second);
      const lost = { ...DENIED, atCall: callOf(plain, 'UpdateEndpoint') + 1, afterEffect: true };
      const run = await judge.run({ ...second, faults: [lost] });
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'rolled-back' } });
      expect(left(run).history).toEqual([{ 5: 100 }, { 6: 100 }, { 5: 100 }, { 6: 100 }, { 5: 100 }]);
    });
  });

  test('a record that is read late, as Parameter Store may answer, is not taken for what it was', async () => {
    for (const behaviour of [{}, ILL]) {
      const asked = later(served, { approved: 6, props: SHORT, behaviours: { 6: behaviour } });
      (asked.world.state as { ssm: { lag?: number } }).ssm.lag = 45;
      const road = ROADS[behaviour === ILL ? 3 : 2];
      road?.goal(await judge.run(asked));
    }
  });

  describe('with people', () => {
    test('who reject a version while it waits for its turn', async () => {
      const asked = later(served, { approved: 6, props: SHORT });
      const now = Date.parse(asked.world.now ?? '');
      const state = asked.world.state as {
        sagemaker: { decisions: unknown[] };
        dynamodb: { tables: { locks: { items: unknown[] } } };
      };
      state.sagemaker.decisions = [
        { arn: packageArn(6), at: new Date(now + 600_000).toISOString(), approval: 'Rejected' },
      ];
      state.dynamodb.tables.locks.items.push({
        lock: { S: 'endpoints/fraud-prod-detector' },
        owner: { S: 'another' },
        expiresAt: { N: `${now / 1000 + 1200}` },
      });
      const run = await judge.run(asked);
      expect(run.output).toMatchObject({ outcome: 'withdrawn' });
      expect(left(run)).toMatchObject({ ...inOrder, traffic: { 5: 100 }, configs: ['5'] });
    });

    test('who ask to go back while a rollout runs that is then taken back: they have what they wanted', async () => {
      const six = await judge.run(later(served, { approved: 6, props: SHORT }));
      const seven = later(six, { approved: 7, props: SHORT, name: 'seven', behaviours: { 7: ILL } });
      const back = await judge.run(seven);
      expect(left(back).record).toMatchObject({ version: '6', decided: { outcome: 'rolled-back' } });
      // Asked for in the middle of that rollout.
      const middle = Date.parse(seven.world.now ?? '') + 120_000;
      const asked = later(back, { input: { action: 'rollback', changedAt: instant(middle) }, props: SHORT });
      const run = await judge.run(asked);
      expect(run.output).toMatchObject({ outcome: 'noop', detail: expect.stringContaining('taken back meanwhile') });
      expect(left(run)).toMatchObject({ ...inOrder, traffic: { 6: 100 } });
    });

    test('who ask to go back while a rollout runs that is then promoted', async () => {
      const sixAsked = later(served, { approved: 6, props: SHORT, name: 'six' });
      const six = await judge.run(sixAsked);
      const middle = Date.parse(sixAsked.world.now ?? '') + 120_000;
      const input = { action: 'rollback', changedAt: instant(middle) };
      expect(left(await judge.run(later(six, { input, props: SHORT })))).toMatchObject({ traffic: { 5: 100 } });
    });

    test('who promote what serves already: an approval from before does not undo that', async () => {
      const said = await judge.run(later(served, { input: { version: 5 }, props: SHORT, name: 'hand' }));
      const stale = Date.parse(later(served).world.now ?? '') - 30_000;
      const run = await judge.run(
        later(said, { input: approvalOf(6, stale), approvals: { 6: 'Approved' }, props: SHORT, name: 'late' }),
      );
      expect(run.output).toMatchObject({ outcome: 'superseded' });
      expect(left(run)).toMatchObject({ ...inOrder, traffic: { 5: 100 } });
    });

    test('who deploy another spec in the middle of a rollout change nothing that is under way', async () => {
      const asked = later(served, { approved: 6, props: SHORT, name: 'six' });
      const whole = await judge.run(asked);
      const updated = callNames(whole).indexOf('sagemaker:UpdateEndpoint') + 3;
      const cut = await judge.run({ ...asked, faults: [{ crashAfterCall: updated }] });
      const props: ServingProps = {
        serving: { machine: 'large', rollout: { strategy: 'allAtOnce', bake: '5 minutes' } },
      };
      // The execution goes on as it was; only the next one has the new machine. Here the next one is the same event.
      const next = await judge.run(
        later(cut, { input: asked.input, props, name: 'next', afterSeconds: LOCK_TTL_SECONDS }),
      );
      expect(left(next).history.slice(0, 2)).toEqual([{ 5: 100 }, { 6: 100 }]);
      expect(left(next)).toMatchObject({ ...inOrder, traffic: { 6: 100 } });
    });
  });
});
