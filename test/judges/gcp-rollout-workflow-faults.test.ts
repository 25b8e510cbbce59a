import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import {
  callNames,
  type WorkflowsCall,
  WorkflowsJudge,
  type WorkflowsRequest,
  type WorkflowsRun,
} from '../support/workflows-judge';
import { endedOperations } from './gcp-ended-operations';
import {
  AT_ONCE,
  approvalOf,
  CANARY,
  ENDPOINT,
  grown,
  LOCK,
  later,
  left,
  PRIVATE,
  reportOf,
  request,
  START,
  said,
} from './gcp-rollout-world';

/** Machines that start fast: fewer looks, and so fewer calls that can fail. */
const FAST = { deploy: 60, undeploy: 60 };

const vertexOf = (asked: WorkflowsRequest) =>
  (
    asked as unknown as {
      world: { state: { aiplatform: { seconds: object; operations: object; endpoints: Record<string, object> } } };
    }
  ).world.state.aiplatform;

const fast = (asked: WorkflowsRequest): WorkflowsRequest => {
  const copy = structuredClone(asked);
  vertexOf(copy).seconds = FAST;
  return copy;
};

/** Calls that change something, but for renewals of the lock, which change nothing that matters. */
const changes = ({ method, params }: WorkflowsCall, index: number, all: readonly WorkflowsCall[]): boolean => {
  if (params.name === LOCK) return all.findIndex((call) => call.params.name === LOCK) === index;
  return !/\.(get|list)$/.test(method);
};

const only = (version: number) => ({
  traffic: { [version]: 100 },
  deployed: [String(version)],
  aliases: { champion: String(version) },
  locks: [],
});

describeJudge('workflows', 'the rollout on Google Cloud, where things fail', () => {
  let judge: WorkflowsJudge;
  let first: WorkflowsRun;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
    first = await judge.run(request());
  });
  afterAll(() => judge?.close());

  /** At a peak, so that what is promoted has machines to let go. */
  const healthy = (props = CANARY) => fast(grown(later(first, { approved: 6, props }), 3));
  const ill = () => fast(later(first, { approved: 6, behaviours: { 6: { errors: 0.5 } } }));

  /** Starts the same argument again in the world that a run left. */
  const again = (run: WorkflowsRun, asked: WorkflowsRequest, afterSeconds: number, rest = {}) =>
    judge.run(later(run, { argument: asked.start[0]?.argument, afterSeconds, ...rest }));

  describe('an execution that crashes anywhere is gone on with by the same argument', () => {
    /** Cuts after each call that changes something; every second time the next one comes while the lock is still held. */
    async function* cuts(asked: WorkflowsRequest, rest = {}) {
      const whole = await judge.run(asked);
      for (const [index, call] of whole.calls.entries()) {
        if (!changes(call, index, whole.calls)) continue;
        const cut = await judge.run({ ...asked, faults: [{ crashAfterCall: index + 1 }] });
        expect(cut.executions[0]?.status).toBe('CRASHED');
        const end = await again(cut, asked, index % 2 === 0 ? 5 : 1200, rest);
        yield {
          where: `${index + 1}: ${call.method}`,
          end,
          announced: [...said(cut).announced, ...said(end).announced],
        };
      }
    }

    test('of a version that is well', async () => {
      for await (const { where, end, announced } of cuts(healthy())) {
        expect(left(end), where).toMatchObject({ ...only(6), machines: [2] });
        expect(left(end).record, where).toMatchObject({ version: '6', previous: { version: '5' } });
        expect(left(end).record, where).not.toHaveProperty('trying');
        expect(announced, where).toContain('promoted');
        expect(new Set(announced).size, where).toBe(1);
      }
    });

    test('of a version that is ill', async () => {
      for await (const { where, end, announced } of cuts(ill())) {
        expect(left(end), where).toMatchObject(only(5));
        expect(left(end).record, where).toMatchObject({
          version: '5',
          decided: { version: '6', outcome: 'rolled-back' },
        });
        expect(left(end).record, where).not.toHaveProperty('trying');
        expect(new Set(announced), where).toEqual(new Set(['rolled-back']));
      }
    });

    test('of a first version', async () => {
      for await (const { where, end, announced } of cuts(fast(request({ props: PRIVATE })), { props: PRIVATE })) {
        expect(left(end), where).toMatchObject(only(5));
        expect(new Set(announced), where).toEqual(new Set(['promoted']));
        expect(
          Object.keys((end.world.state.compute as { forwardingRules: object }).forwardingRules),
          where,
        ).toHaveLength(1);
      }
    });

    test('of a first version that cannot be deployed', async () => {
      for await (const { where, end, announced } of cuts(fast(request({ behaviours: { 5: { deploys: false } } })))) {
        expect(left(end), where).toMatchObject({ traffic: {}, deployed: [], locks: [], record: undefined });
        expect(new Set(announced), where).toEqual(new Set(['first-deployment-failed']));
      }
    });
  });

  test('an execution that crashed is taken back by an approval of another version', async () => {
    const asked = healthy();
    const whole = await judge.run(asked);
    for (const [index, call] of whole.calls.entries()) {
      if (!changes(call, index, whole.calls) || index % 2 === 0) continue;
      const cut = await judge.run({ ...asked, faults: [{ crashAfterCall: index + 1 }] });
      const seven = await judge.run(fast(later(cut, { approved: 7, afterSeconds: 1200 })));
      expect(left(seven), `${index + 1}: ${call.method}`).toMatchObject(only(7));
      expect(said(seven).announced).toEqual(['promoted']);
    }
  });

  test('a person may go on with the version of an execution that crashed', async () => {
    const cut = await judge.run({ ...healthy(), faults: [{ crashBeforeStep: 'bake' }] });
    expect(left(cut).traffic).toEqual({ 5: 90, 6: 10 });
    const run = await judge.run(later(cut, { argument: { version: 6 }, afterSeconds: 1200 }));
    expect(left(run)).toMatchObject(only(6));
    expect(run.calls.filter(({ method }) => method.endsWith('endpoints.deployModel'))).toEqual([]);
  });

  test.each([
    ['', {}],
    [', also where its operation is on a later page', endedOperations(ENDPOINT.endpointName)],
  ])('what an execution was deploying when it crashed is waited for%s', async (_, operations) => {
    const asked = structuredClone(later(first, { approved: 6 }));
    const vertex = vertexOf(asked);
    Object.assign(vertex, { operations: { ...operations, ...vertex.operations }, seconds: { deploy: 3600 } });
    const cut = await judge.run({ ...asked, faults: [{ crashBeforeStep: 'deployed' }] });
    const run = await again(cut, asked, 1200);
    expect(left(run)).toMatchObject(only(6));
    expect(said(run).announced).toEqual(['promoted']);
    expect(callNames(run).filter((name) => name.endsWith('endpoints.deployModel'))).toEqual([]);
  });

  describe('whatever call', () => {
    test('is refused for a moment, the version is promoted all the same', async () => {
      for await (const { call, run } of judge.failEachCall(healthy(AT_ONCE), { code: 503 })) {
        expect(left(run), call.method).toMatchObject({ ...only(6), machines: [1] });
        expect(said(run).announced, call.method).toEqual(['promoted']);
      }
    });

    test('loses its answer, it ends with one version in order, or says that it did not', async () => {
      const asked = healthy(AT_ONCE);
      for await (const { call, run } of judge.failEachCall(asked, { code: 'ConnectionError', afterEffect: true })) {
        const outcome = reportOf(run.executions[0])?.outcome ?? '';
        expect(['promoted', 'rolled-back'], call.method).toContain(outcome);
        expect(left(run), call.method).toMatchObject(only(outcome === 'promoted' ? 6 : 5));
      }
    });

    test('is denied once, it ends with one version in order, or the same argument again does', async () => {
      const asked = healthy(AT_ONCE);
      for await (const { call, run } of judge.failEachCall(asked, { code: 403 })) {
        const where = `${call.method} ${JSON.stringify(call.params)}`;
        const { outcome } = reportOf(run.executions[0]) ?? {};
        if (outcome === undefined) expect(run.executions[0]?.error, where).toMatchObject({ tags: ['NotRemembered'] });
        else expect(said(run).announced.length, where).toBe(outcome === 'noop' ? 0 : 1);
        if (outcome === 'rolled-back') expect(left(run), where).toMatchObject({ traffic: { 5: 100 }, deployed: ['5'] });
        const end = await again(run, asked, 1200, { props: AT_ONCE });
        const serves = Object.keys(left(end).traffic)[0];
        expect(left(end), where).toMatchObject(only(Number(serves)));
        expect(['5', '6'], where).toContain(serves);
      }
    });

    test('is denied for ever, it says so and never leaves the new version with a part of the traffic alone', async () => {
      const asked = healthy(AT_ONCE);
      const whole = await judge.run(asked);
      for (const method of new Set(whole.calls.map((call) => call.method.split('.').slice(-2).join('.')))) {
        const run = await judge.run({ ...asked, faults: [{ method, code: 403 }] });
        const { outcome = 'not remembered' } = reportOf(run.executions[0]) ?? {};
        expect(outcome, method).not.toBe('noop');
        if (outcome === 'rolled-back' || outcome === 'failed') expect(left(run).traffic, method).toEqual({ 5: 100 });
        const end = await again(run, asked, 1200, { props: AT_ONCE });
        expect(left(end).deployed, method).toHaveLength(1);
      }
    });
  });

  test('applying the shell in the middle of a rollout changes nothing that matters', async () => {
    // Terraform writes the facts again, and the workflow gets a new document: the execution keeps its own.
    const cut = await judge.run({ ...healthy(), faults: [{ crashBeforeStep: 'bake' }] });
    const run = await judge.run(later(cut, { argument: approvalOf(6, START), props: AT_ONCE, afterSeconds: 1200 }));
    expect(left(run)).toMatchObject({ traffic: { 6: 100 }, deployed: ['6'] });
  });

  test.each(['deployed', 'bake', 'promote_it', 'settle_all'])(
    'what was deployed on settings of before is not what is wanted now, where an execution crashed before %s',
    async (step) => {
      const asked = fast(later(first, { approved: 6 }));
      Object.assign(vertexOf(asked), { reuseIds: false });
      const cut = await judge.run({ ...asked, faults: [{ crashBeforeStep: step }] });
      const props = { ...CANARY, serving: { ...CANARY.serving, machine: 'large' } } as const;
      const run = await again(cut, asked, 1200, { props });
      expect(left(run)).toMatchObject(only(6));
      expect(said(run).announced).toEqual(['promoted']);
      const bodies = [cut, run].flatMap(({ calls }) =>
        calls.filter(({ method }) => method.endsWith('endpoints.deployModel')).map(({ body }) => body),
      ) as { deployedModel: { id: string; dedicatedResources: { machineSpec: object } } }[];
      const [old, now] = bodies.map(({ deployedModel }) => deployedModel);
      expect(bodies).toHaveLength(2);
      expect(now?.id).not.toBe(old?.id);
      expect(now?.dedicatedResources.machineSpec).not.toEqual(old?.dedicatedResources.machineSpec);
      expect(left(run).models).toMatchObject([{ id: now?.id, dedicatedResources: now?.dedicatedResources }]);
    },
  );

  test('the longest rollout stays within the steps of an execution', async () => {
    const props = {
      serving: {
        gcp: { access: 'private' },
        replicas: { min: 6, max: 8 },
        rollout: { strategy: 'linear', step: '17%', bake: '1 hour' },
      },
    } as const;
    const asked = fast(later(first, { approved: 6, props }));
    for (const endpoint of Object.values(vertexOf(asked).endpoints))
      Object.assign(endpoint, {
        privateServiceConnectConfig: {
          enablePrivateServiceConnect: true,
          serviceAttachment: 'projects/t/regions/europe-west4/serviceAttachments/s',
        },
      });
    const run = await judge.run(asked);
    expect(left(run)).toMatchObject(only(6));
    expect(run.executions[0]?.steps.length).toBeLessThan(80_000);
  });
});
