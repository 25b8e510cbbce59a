import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { callNames, type WorkflowsCall, WorkflowsJudge, type WorkflowsRun } from '../support/workflows-judge';
import {
  AT_ONCE,
  ATTACHMENT,
  approvalOf,
  type Behaviour,
  CANARY,
  CHAMPION,
  ENDPOINT,
  grown,
  LINEAR,
  LOCK,
  later,
  left,
  PRIVATE,
  reportOf,
  request,
  type ServingProps,
  START,
} from './gcp-rollout-world';

const BAD: Behaviour = { errors: 0.5 };
const SIX = { 6: 'approved' } as const;

/** Calls of one method, by the end of its name. */
const calls = (run: Pick<WorkflowsRun, 'calls'>, method: string): readonly WorkflowsCall[] =>
  run.calls.filter((call) => call.method.endsWith(method));

/** An endpoint of version 5 alone, in order. */
const ONLY_5 = { traffic: { 5: 100 }, deployed: ['5'], aliases: { champion: '5' }, locks: [] };
const ONLY_6 = { traffic: { 6: 100 }, deployed: ['6'], aliases: { champion: '6' }, locks: [] };

describeJudge('workflows', 'the rollout on Google Cloud', () => {
  let judge: WorkflowsJudge;
  const firsts = new Map<ServingProps, WorkflowsRun>();
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  /** Version 5 serves, as the workflow deployed it. */
  async function served(props: ServingProps = CANARY): Promise<WorkflowsRun> {
    const known = firsts.get(props) ?? (await judge.run(request({ props })));
    firsts.set(props, known);
    expect(left(known)).toMatchObject({ ...ONLY_5, announced: ['promoted'] });
    return known;
  }

  /** Approves version 6 where version 5 serves. */
  async function approve6(behaviour: Behaviour = {}, props: ServingProps = CANARY, of5: Behaviour = {}) {
    return judge.run(later(await served(props), { approved: 6, behaviours: { 5: of5, 6: behaviour }, props }));
  }

  describe('deploys a first version', () => {
    test('as the spec says, with all traffic, by an identity of its own', async () => {
      const run = await served();
      expect(reportOf(run.executions[0])).toMatchObject({ outcome: 'promoted', version: '5' });
      const [deploy] = calls(run, 'endpoints.deployModel');
      expect(deploy?.body).toEqual({
        deployedModel: {
          id: expect.stringMatching(/^5\d{5}$/),
          displayName: expect.stringMatching(new RegExp(`^${ENDPOINT.displayName}-5-[0-9a-f]{8}$`)),
          model: expect.stringMatching(/\/models\/fraud-prod-detector@5$/),
          serviceAccount: 'fraud-prod-serving-detector@fraud-prod.iam.gserviceaccount.com',
          dedicatedResources: {
            machineSpec: { machineType: expect.stringMatching(/^[a-z]\d+-standard-4$/) },
            minReplicaCount: 2,
            maxReplicaCount: 4,
            autoscalingMetricSpecs: [
              { metricName: 'aiplatform.googleapis.com/prediction/online/request_count', target: 600 },
            ],
          },
        },
        trafficSplit: { 0: 100 },
      });
    });

    test('by the identity of Vertex AI where the model has none, until the spec gives it one', async () => {
      const asVertexAi = {
        serving: { ...CANARY.serving, gcp: { access: 'public', serviceAccount: 'vertex-ai' } },
      } as const;
      const first = await served(asVertexAi);
      const [deploy] = calls(first, 'endpoints.deployModel');
      expect(deploy?.body).toMatchObject({ deployedModel: { model: expect.stringMatching(/@5$/) } });
      expect(deploy?.body).not.toHaveProperty('deployedModel.serviceAccount');
      const again = await judge.run(later(first, { approved: 5, props: CANARY }));
      expect(calls(again, 'endpoints.deployModel').map(({ body }) => body)).toMatchObject([
        { deployedModel: { serviceAccount: 'fraud-prod-serving-detector@fraud-prod.iam.gserviceaccount.com' } },
      ]);
      expect(left(again)).toMatchObject(ONLY_5);
    });

    test('and leaves the record and one announcement behind', async () => {
      const found = left(await served());
      const [deployed] = found.models;
      expect(found.record).toEqual({
        version: '5',
        name: deployed?.displayName,
        id: deployed?.id,
        at: expect.any(String),
        decided: { millis: START - 10_000, version: '5', outcome: 'promoted', ended: expect.any(Number) },
      });
      expect(found.said).toMatchObject({
        signal: 'detector-promoted',
        platform: 'fraud-prod',
        version: '5',
        serves: `version 5 (${deployed?.displayName})`,
        reason: 'promote: It was approved.',
        execution: expect.stringContaining(`${ENDPOINT.workflowName}/`),
      });
    });

    test('without guards and steps, which have nothing to go back to', async () => {
      const run = await judge.run(request({ behaviours: { 5: BAD } }));
      expect(left(run)).toMatchObject(ONLY_5);
      expect(callNames(run).filter((name) => name.startsWith('monitoring.'))).toEqual([]);
    });

    test('with its accelerators', async () => {
      const run = await judge.run(
        request({ props: { serving: { accelerator: { type: 'l4' }, gcp: { access: 'public' } } } }),
      );
      const [deploy] = calls(run, 'endpoints.deployModel');
      expect(deploy?.body).toMatchObject({
        deployedModel: {
          dedicatedResources: {
            machineSpec: { machineType: 'g2-standard-4', acceleratorType: 'NVIDIA_L4', acceleratorCount: 1 },
          },
        },
      });
    });

    test('that fails: nothing is left, and it says so', async () => {
      const run = await judge.run(request({ behaviours: { 5: { deploys: false } } }));
      expect(reportOf(run.executions[0])).toMatchObject({
        outcome: 'failed-first',
        detail: expect.stringContaining('exit_code'),
        serves: 'nothing',
      });
      expect(left(run)).toMatchObject({
        traffic: {},
        deployed: [],
        aliases: {},
        record: undefined,
        locks: [],
        announced: ['first-deployment-failed'],
      });
      const mended = await judge.run(later(run, { argument: { version: 5 }, behaviours: { 5: {} } }));
      expect(left(mended)).toMatchObject({ ...ONLY_5, announced: ['promoted'] });
    });
  });

  describe('moves the traffic to a version that is well', () => {
    test.each<[string, ServingProps, readonly object[]]>([
      ['canary', CANARY, [{ 5: 100 }, { 5: 90, 6: 10 }, { 6: 100 }]],
      ['linear', LINEAR, [{ 5: 100 }, { 5: 75, 6: 25 }, { 5: 50, 6: 50 }, { 5: 25, 6: 75 }, { 6: 100 }]],
      ['all at once', AT_ONCE, [{ 5: 100 }, { 6: 100 }]],
    ])('%s', async (_, props, history) => {
      const run = await approve6({}, props);
      expect(reportOf(run.executions[0])).toMatchObject({ outcome: 'promoted', version: '6' });
      const found = left(run);
      expect(found).toMatchObject({ ...ONLY_6, history, announced: ['promoted'] });
      expect(found.record).toMatchObject({ version: '6', previous: { version: '5' } });
      expect(found.record).not.toHaveProperty('trying');
      // The old one stands by until the last step has baked.
      const [undeploy] = calls(run, 'endpoints.undeployModel');
      const moved = calls(run, 'endpoints.patch').at(-1);
      expect(Date.parse(undeploy?.at ?? '') - Date.parse(moved?.at ?? '')).toBeGreaterThanOrEqual(300_000);
    });

    test('which is the challenger meanwhile', async () => {
      const run = await approve6();
      expect(calls(run, 'mergeVersionAliases').map(({ body }) => body)).toEqual([
        { versionAliases: ['challenger'] },
        { versionAliases: ['champion'] },
        { versionAliases: ['-challenger'] },
      ]);
    });

    test('although the version before it is ill: guards see the new one alone', async () => {
      const run = await approve6({}, CANARY, { errors: 0.9, latency: 9000 });
      expect(left(run)).toMatchObject(ONLY_6);
      const [deploy] = calls(run, 'endpoints.deployModel');
      const { deployedModel } = (deploy as { body: { deployedModel: { id: string } } }).body;
      for (const { params } of calls(run, 'timeSeries.list')) {
        expect(params.filter).toContain(`metric.labels.deployed_model_id="${deployedModel.id}"`);
        expect(params.filter).toContain(`resource.labels.endpoint_id="${ENDPOINT.endpointName}"`);
      }
    });

    test('whose values are below the thresholds, in the units of the metrics', async () => {
      expect(left(await approve6({ latency: 990, errors: 0.009 }, AT_ONCE))).toMatchObject(ONLY_6);
    });

    test.each([
      [404, 'Cannot find metric(s) that match type = "x". If a metric was created recently, please try again soon.'],
      [400, 'The supplied filter does not specify a valid combination. The query will not return any time series.'],
    ] as const)('also in a project that no metric was ever written in: %i', async (code, message) => {
      const asked = later(await served(), { approved: 6 });
      const run = await judge.run({ ...asked, faults: [{ method: 'timeSeries.list', code, message }] });
      expect(left(run)).toMatchObject({ ...ONLY_6, announced: ['promoted'] });
    });

    test('although it was ill just before the step: what counts is how it bears the traffic that it has', async () => {
      const asked = later(await served(), { approved: 6 });
      const [, last] = calls(await judge.run(asked), 'endpoints.patch');
      const began = Date.parse(last?.at ?? '');
      // It takes two minutes until a value shows, so the step before saw one of the three that take a version back.
      const ill = (seconds: number) => ({
        ...BAD,
        illAt: new Date(began - 180_000).toISOString(),
        wellAt: new Date(began + seconds * 1000).toISOString(),
      });
      const run = async (behaviour: Behaviour) =>
        judge.run(later(await served(), { approved: 6, behaviours: { 6: behaviour } }));
      const well = await run(ill(0));
      expect(left(well)).toMatchObject({ ...ONLY_6, announced: ['promoted'] });
      expect(calls(well, 'endpoints.patch')[1]?.at).toBe(last?.at);
      expect(left(await run(ill(240)))).toMatchObject({ ...ONLY_5, announced: ['rolled-back'] });
    });

    test('and keeps looking every minute, with the lock renewed', async () => {
      const run = await approve6();
      const asked = calls(run, 'timeSeries.list').map(({ at }) => Date.parse(at));
      expect(Math.max(...asked.slice(1).map((at, index) => at - (asked[index] ?? at)))).toBeLessThanOrEqual(60_000);
      const renewed = calls(run, 'objects.insert').filter(({ params }) => params.name === LOCK);
      expect(renewed.length).toBeGreaterThan(10);
    });

    test('and leaves alone what a person deployed', async () => {
      const asked = later(await served(), { approved: 6 });
      const state = asked.world?.state as { aiplatform: { endpoints: Record<string, { deployedModels: object[] }> } };
      state.aiplatform.endpoints[ENDPOINT.endpointName]?.deployedModels.push({
        id: '77',
        displayName: 'shadow of ann',
        model: 'projects/123456789012/locations/europe-west4/models/fraud-prod-detector',
        modelVersionId: '4',
      });
      expect(left(await judge.run(asked))).toMatchObject({ ...ONLY_6, deployed: ['4', '6'] });
    });
  });

  describe('keeps the machines that the load has brought', () => {
    /** As many machines as were asked for with each deployment, and the call that let them go again. */
    const machinesOf = (run: WorkflowsRun) =>
      calls(run, 'endpoints.deployModel').map(
        ({ body }) =>
          (body as { deployedModel: { dedicatedResources: { minReplicaCount: number } } }).deployedModel
            .dedicatedResources.minReplicaCount,
      );
    const peak = async (machines: number, rest = {}, props = LINEAR) =>
      grown(later(await served(props), { approved: 6, props, ...rest }), machines);

    test.each([
      ['of the fleet', 7, 7],
      ['that the spec allows', 12, 8],
      ['of the spec, where there are fewer', 1, 4],
    ])('%s', async (_, machines, begins) => {
      const run = await judge.run(await peak(machines));
      expect(machinesOf(run)).toEqual([begins]);
      expect(left(run)).toMatchObject({ ...ONLY_6, announced: ['promoted'], machines: [4] });
      expect(calls(run, 'endpoints.mutateDeployedModel')).toHaveLength(begins > 4 ? 1 : 0);
    });

    test('until it is promoted and has baked, and then lets them go', async () => {
      const run = await judge.run(await peak(7));
      const [release] = calls(run, 'endpoints.mutateDeployedModel');
      expect(release?.body).toEqual({
        deployedModel: {
          id: left(run).models[0]?.id,
          dedicatedResources: { machineSpec: { machineType: expect.any(String) }, minReplicaCount: 4 },
        },
        updateMask: 'dedicatedResources.minReplicaCount',
      });
      const moved = calls(run, 'endpoints.patch').at(-1);
      expect(Date.parse(release?.at ?? '') - Date.parse(moved?.at ?? '')).toBeGreaterThanOrEqual(300_000);
      expect(left(run).models[0]?.displayName).toBe(
        left(await judge.run(later(await served(LINEAR), { approved: 6, props: LINEAR }))).models[0]?.displayName,
      );
    });

    test('on the way back of a person, which is one step', async () => {
      const six = await judge.run(await peak(7));
      const asked = later(six, { argument: { action: 'rollback' }, props: LINEAR });
      const run = await judge.run(grown(asked, 8));
      expect(machinesOf(run)).toEqual([8]);
      expect(left(run)).toMatchObject({ ...ONLY_5, machines: [4] });
    });

    test('of all that have traffic, where several have', async () => {
      const asked = await peak(3);
      const state = asked.world?.state as {
        aiplatform: {
          endpoints: Record<string, { deployedModels: { id: string }[]; trafficSplit: Record<string, number> }>;
        };
      };
      const one = state.aiplatform.endpoints[ENDPOINT.endpointName];
      const [first] = one?.deployedModels ?? [];
      if (one === undefined || first === undefined) throw new Error('nothing serves');
      one.deployedModels.push({ ...first, id: '78' }, { ...first, id: '79' });
      one.trafficSplit = { [first.id]: 60, 78: 40 };
      expect(machinesOf(await judge.run(asked))).toEqual([6]);
    });

    test('also where an execution crashes before it let them go, and the next one does', async () => {
      const asked = await peak(7);
      const cut = await judge.run({ ...asked, faults: [{ crashBeforeStep: 'settle_all' }] });
      expect(left(cut)).toMatchObject({ traffic: { 6: 100 }, machines: [4, 7] });
      const run = await judge.run(
        later(cut, { argument: asked.start[0]?.argument, props: LINEAR, afterSeconds: 1200 }),
      );
      expect(left(run)).toMatchObject({ ...ONLY_6, announced: ['promoted'], machines: [4] });
    });

    test('but not while another execution has still to go on with it', async () => {
      const asked = await peak(7);
      const cut = await judge.run({ ...asked, faults: [{ crashBeforeStep: 'promote_it' }] });
      expect(left(cut)).toMatchObject({ traffic: { 6: 100 }, machines: [4, 7] });
      const other = await judge.run(later(cut, { argument: approvalOf(5), props: LINEAR, afterSeconds: 1200 }));
      expect(reportOf(other.executions[0])).toMatchObject({ outcome: 'noop' });
      expect(left(other).machines).toEqual([4, 7]);
    });

    test('and says so where it cannot let them go: the version serves, and the next rollout does it', async () => {
      const asked = await peak(7);
      const faults = [{ method: 'endpoints.mutateDeployedModel', code: 403 } as const];
      const run = await judge.run({ ...asked, faults });
      expect(left(run)).toMatchObject({ ...ONLY_6, announced: ['rollout-unfinished'], machines: [7] });
      expect(left(run).said?.detail).toMatch(/All traffic goes to this version\. Then: .*403/);
      const mended = await judge.run(later(run, { argument: asked.start[0]?.argument, props: LINEAR }));
      expect(left(mended)).toMatchObject({ ...ONLY_6, announced: ['promoted'], machines: [4] });
    });
  });

  describe('takes a version back that is ill', () => {
    test.each<[string, ServingProps, Behaviour, readonly object[], string]>([
      ['errors in a canary', CANARY, BAD, [{ 5: 100 }, { 5: 90, 6: 10 }, { 5: 100 }], 'guard errorRate'],
      [
        'latency in a canary',
        CANARY,
        { latency: 1100 },
        [{ 5: 100 }, { 5: 90, 6: 10 }, { 5: 100 }],
        'guard latencyP95',
      ],
      ['errors in a linear rollout', LINEAR, BAD, [{ 5: 100 }, { 5: 75, 6: 25 }, { 5: 100 }], 'guard errorRate'],
      ['errors all at once', AT_ONCE, { errors: 0.02 }, [{ 5: 100 }, { 6: 100 }, { 5: 100 }], 'guard errorRate'],
      ['a container that does not start', CANARY, { deploys: 'no quota' }, [{ 5: 100 }], 'no quota'],
    ])('%s', async (_, props, behaviour, history, why) => {
      const run = await approve6(behaviour, props);
      expect(reportOf(run.executions[0])).toMatchObject({
        outcome: 'rolled-back',
        detail: expect.stringContaining(why),
      });
      const found = left(run);
      expect(found).toMatchObject({ ...ONLY_5, history, announced: ['rolled-back'] });
      expect(found.record).toMatchObject({ version: '5', decided: { version: '6', outcome: 'rolled-back' } });
      expect(found.record).not.toHaveProperty('previous');
      expect(found.record).not.toHaveProperty('trying');
      expect(found.said).toMatchObject({
        version: '6',
        serves: expect.stringMatching(/^version 5 /),
        detail: expect.stringContaining(why),
      });
    });

    test('also where only private metrics say so, which come later', async () => {
      const asked = later(await served(PRIVATE), { approved: 6, behaviours: { 6: BAD }, props: PRIVATE });
      const state = asked.world?.state as {
        aiplatform: Record<string, unknown> & { endpoints: Record<string, object> };
      };
      state.aiplatform.metricsDelay = 360;
      Object.assign(state.aiplatform.endpoints[ENDPOINT.endpointName] ?? {}, { privateMetrics: true });
      expect(left(await judge.run(asked))).toMatchObject({ ...ONLY_5, announced: ['rolled-back'] });
    });

    test('but not without guards', async () => {
      const props: ServingProps = {
        serving: { gcp: { access: 'public' }, rollout: { strategy: 'allAtOnce', bake: '5 minutes', guards: [] } },
      };
      expect(left(await approve6(BAD, props))).toMatchObject(ONLY_6);
    });

    test('and tries it again when a person says so', async () => {
      const back = await approve6(BAD);
      const again = await judge.run(
        later(back, { argument: { action: 'promote', version: 6, reason: 'mended' }, behaviours: { 6: {} } }),
      );
      expect(left(again)).toMatchObject({ ...ONLY_6, announced: ['promoted'] });
    });

    test('with a lock that lasts for every call on the way back and all its tries', async () => {
      const { calls: all } = await judge.run(later(await served(), { approved: 6, behaviours: { 6: BAD } }));
      const isRenewal = ({ method, params }: (typeof all)[number]) =>
        method === 'storage.objects.insert' && params.name === LOCK;
      const back = all.findLastIndex(({ method }) => method.endsWith('endpoints.patch'));
      const undeploy = all.findIndex(({ method }) => method.endsWith('endpoints.undeployModel'));
      expect(undeploy).toBeGreaterThan(back);
      for (const at of [back, undeploy]) expect(isRenewal(all[at - 1] as (typeof all)[number])).toBe(true);
    });

    test.each([
      [400, 'Field filter had an invalid value'],
      [404, 'Requested entity was not found: project 123'],
    ] as const)('when its metrics are asked for in a way that is wrong: %i', async (code, message) => {
      const asked = later(await served(), { approved: 6, behaviours: { 6: BAD } });
      const run = await judge.run({
        ...asked,
        faults: [{ method: 'timeSeries.list', nth: 2, times: 1000, code, message }],
      });
      expect(left(run)).toMatchObject({ ...ONLY_5, announced: ['rolled-back'] });
      expect(left(run).said?.detail).toContain(message);
      expect(left(run).said?.detail).toContain(String(code));
    });

    test.each(['timeSeries.list', 'endpoints.patch'])('when %s is refused while it bakes', async (method) => {
      const asked = later(await served(), { approved: 6 });
      const run = await judge.run({ ...asked, faults: [{ method, nth: 2, code: 403 }] });
      expect(left(run)).toMatchObject({ ...ONLY_5, announced: ['rolled-back'] });
      expect(left(run).said?.detail).toContain('403');
    });
  });

  describe.each<[string, Behaviour]>([
    ['errors', BAD],
    ['latency', { latency: 1100 }],
  ])('counts bad minutes in a row: %s', (_, ill) => {
    const props: ServingProps = {
      serving: { gcp: { access: 'public' }, rollout: { strategy: 'canary', bake: '15 minutes' } },
    };
    const answer = async (idleEvery: number) => left(await approve6({ ...ill, idleEvery }, props));

    test('a minute without requests is a good one, so that two and two again take nothing back', async () => {
      expect(await answer(3)).toMatchObject({ ...ONLY_6, announced: ['promoted'] });
    });

    test('three take the version back, whatever minute is without requests before and after', async () => {
      expect(await answer(4)).toMatchObject({ ...ONLY_5, announced: ['rolled-back'] });
    });
  });

  describe('names the manual step', () => {
    test('when the way back fails, and goes on from there with a version that works', async () => {
      const asked = later(await served(), { approved: 6, behaviours: { 6: BAD } });
      const run = await judge.run({ ...asked, faults: [{ method: 'endpoints.patch', nth: 2, times: 100, code: 403 }] });
      expect(reportOf(run.executions[0])).toMatchObject({ outcome: 'rollback-failed' });
      expect(left(run)).toMatchObject({
        traffic: { 5: 90, 6: 10 },
        deployed: ['5', '6'],
        locks: [],
        announced: ['rollback-failed'],
      });
      expect(left(run).said).toMatchObject({
        text: expect.stringContaining('By hand'),
        detail: expect.stringMatching(/errorRate.*the way back failed.*403/s),
        serves: expect.stringContaining('90'),
      });
      const mended = await judge.run(later(run, { argument: { version: 5 } }));
      expect(left(mended)).toMatchObject({ traffic: { 5: 100 }, deployed: ['5'], locks: [] });
      const seven = await judge.run(later(run, { approved: 7 }));
      expect(left(seven)).toMatchObject({ traffic: { 7: 100 }, deployed: ['7'], aliases: { champion: '7' } });
    });

    test('when a deployment is refused, nothing was touched', async () => {
      const asked = later(await served(), { approved: 6 });
      const run = await judge.run({ ...asked, faults: [{ method: 'endpoints.deployModel', code: 403 }] });
      expect(reportOf(run.executions[0])).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('403') });
      expect(left(run)).toMatchObject({ ...ONLY_5, announced: ['rollout-failed'] });
      expect(left(run).record).not.toHaveProperty('trying');
    });
  });

  describe('takes decisions in their order', () => {
    test('the same approval again finds it done', async () => {
      const first = await served();
      const again = await judge.run(later(first, { argument: approvalOf(5) }));
      expect(reportOf(again.executions[0])).toMatchObject({ outcome: 'noop' });
      expect(left(again)).toMatchObject({ ...ONLY_5, announced: [] });
      expect(calls(again, 'endpoints.deployModel')).toEqual([]);
    });

    test('an approval that came late is superseded', async () => {
      const six = await approve6();
      const late = await judge.run(later(six, { argument: approvalOf(5), versions: { 5: 'approved' } }));
      expect(left(late)).toMatchObject({ ...ONLY_6, announced: ['rollout-superseded'] });
    });

    test.each([1, 2, 3])('two approvals at once: the later one serves in the end (%i)', async (seed) => {
      const asked = later(await served(), { versions: { 6: 'approved', 7: 'approved' } });
      const argument = (version: number, millis: number) => ({
        workflow: ENDPOINT.workflowName,
        argument: approvalOf(version, millis),
      });
      const at = START + 400_000;
      const run = await judge.run({ ...asked, start: [argument(6, at), argument(7, at + 1)], seed });
      const outcomes = run.executions.map((execution) => reportOf(execution)?.outcome);
      expect(outcomes[1]).toBe('promoted');
      expect(['promoted', 'superseded']).toContain(outcomes[0]);
      expect(left(run)).toMatchObject({ traffic: { 7: 100 }, deployed: ['7'], aliases: { champion: '7' }, locks: [] });
    });

    test.each([1, 2])('one approval delivered twice at once is carried out once (%i)', async (seed) => {
      const asked = later(await served(), { approved: 6 });
      const [start] = asked.start;
      if (start === undefined) throw new Error('nothing is started');
      const run = await judge.run({ ...asked, start: [start, start], seed });
      expect(run.executions.map((execution) => reportOf(execution)?.outcome).sort()).toEqual(['noop', 'promoted']);
      expect(left(run)).toMatchObject({ ...ONLY_6, announced: ['promoted'] });
      expect(calls(run, 'endpoints.deployModel')).toHaveLength(1);
    });

    test('a rollback goes to the version before, all at once', async () => {
      const run = await judge.run(
        later(await approve6(), { argument: { action: 'rollback', reason: 'wrong answers' } }),
      );
      expect(left(run)).toMatchObject({ ...ONLY_5, announced: ['promoted'] });
      expect(left(run).said).toMatchObject({ reason: 'rollback: wrong answers', version: '5' });
      expect(
        calls(run, 'endpoints.patch').map(({ body }) => Object.values((body as { trafficSplit: object }).trafficSplit)),
      ).toEqual([[100]]);
    });

    test('a rollback that was asked for while a rollout was taken back has what it wanted', async () => {
      const back = await approve6(BAD);
      const millis = Date.parse(back.world.now) - 30_000;
      const run = await judge.run(later(back, { argument: { action: 'rollback', millis } }));
      expect(reportOf(run.executions[0])).toMatchObject({ outcome: 'noop' });
      expect(left(run)).toMatchObject(ONLY_5);
    });

    test('a rollback with nothing before fails and says so', async () => {
      const run = await judge.run(later(await served(), { argument: { action: 'rollback' } }));
      expect(reportOf(run.executions[0])).toMatchObject({
        outcome: 'failed',
        detail: expect.stringContaining('no version to go back to'),
      });
      expect(left(run)).toMatchObject({ ...ONLY_5, announced: ['rollout-failed'] });
    });
  });

  describe('withdraws', () => {
    test.each(['rejected', 'pending', undefined])('a version whose approval is %s', async (approval) => {
      const run = await judge.run(
        later(await served(), { argument: approvalOf(6, START + 400_000), versions: { 6: approval } }),
      );
      expect(left(run)).toMatchObject({ ...ONLY_5, announced: ['rollout-withdrawn'] });
      expect(left(run).said?.detail).toContain(approval ?? 'pending');
    });

    test('where the shell of the model is gone, and touches nothing', async () => {
      const run = await judge.run(request({ owned: false }));
      expect(left(run)).toMatchObject({ deployed: [], locks: [], objects: [], announced: ['rollout-withdrawn'] });
      expect(callNames(run).filter((name) => name.startsWith('aiplatform.'))).toEqual([]);
    });

    test('a version that was rejected when an execution that crashed is gone on with', async () => {
      const asked = later(await served(), { approved: 6 });
      const cut = await judge.run({ ...asked, faults: [{ crashBeforeStep: 'bake' }] });
      expect(left(cut).traffic).toEqual({ 5: 90, 6: 10 });
      const again = later(cut, { argument: asked.start[0]?.argument, versions: { 6: 'rejected' }, afterSeconds: 1200 });
      expect(left(await judge.run(again))).toMatchObject({ ...ONLY_5, announced: ['rollout-withdrawn'] });
    });
  });

  describe('says what is wrong with a request', () => {
    test.each<[unknown, string]>([
      [{}, 'No version is given'],
      [null, 'No version is given'],
      [{ version: 'champion' }, 'is no version of'],
      [{ version: 'projects/p/locations/l/models/another@5' }, 'is no version of'],
      [{ version: 100_000 }, 'is no version of'],
      [{ version: 5, action: 'delete' }, 'neither promote nor rollback'],
      [{ version: 99 }, '404'],
      [{ version: 6, action: 5 }, 'neither promote nor rollback'],
      [{ version: { number: 6 } }, 'is no version of'],
      [{ version: 6, millis: 'noon' }, 'no time in milliseconds'],
    ])('%j', async (argument, why) => {
      const run = await judge.run(later(await served(), { argument }));
      expect(reportOf(run.executions[0])).toMatchObject({ outcome: 'failed', detail: expect.stringContaining(why) });
      expect(left(run)).toMatchObject({ ...ONLY_5, announced: ['rollout-failed'] });
    });

    test.each([[5], [{ ticket: 5 }], [null]])('but takes whatever reason is given: %j', async (reason) => {
      const run = await judge.run(later(await served(), { argument: { version: 6, reason }, versions: SIX }));
      expect(left(run)).toMatchObject({ ...ONLY_6, announced: ['promoted'], locks: [] });
      const told = reason === null ? 'None was given.' : JSON.stringify(reason);
      expect(left(run).said).toMatchObject({ reason: `promote: ${told}` });
    });

    test('a version may be given by its resource name', async () => {
      const version = 'projects/fraud-prod/locations/europe-west4/models/fraud-prod-detector@6';
      expect(left(await judge.run(later(await served(), { argument: { version }, versions: SIX })))).toMatchObject(
        ONLY_6,
      );
    });
  });

  test('what cannot be announced is on record all the same, without a lock left, and fails aloud', async () => {
    const asked = later(await served(), { approved: 6 });
    const spoilt = JSON.stringify(asked.workflows).replaceAll('request.action + ', 'request.millis + ');
    const run = await judge.run({ ...asked, workflows: JSON.parse(spoilt) });
    expect(run.executions[0]).toMatchObject({ status: 'FAILED', error: { tags: ['NotAnnounced'] } });
    expect(left(run)).toMatchObject({ ...ONLY_6, announced: [], locks: [] });
    expect(left(run).record?.decided).toMatchObject({ version: '6', outcome: 'promoted' });
  });

  test('waits for a lock that another execution holds, and takes one over that has expired', async () => {
    const held = (expires: number) => request({ records: { [LOCK]: { owner: 'another', expires } } });
    const waited = await judge.run(held(START / 1000 + 600));
    expect(left(waited)).toMatchObject(ONLY_5);
    expect(waited.slept.slice(0, 10)).toEqual(Array(10).fill(60));
    expect((await judge.run(held(START / 1000 - 1))).slept[0]).toBe(60);
  });

  test('touches nothing any more once another execution has taken its lock', async () => {
    const asked = later(await served(), { approved: 6 });
    const fault = { method: 'storage.objects.insert', code: 412 } as const;
    const renewals = calls(await judge.run(asked), 'objects.insert').filter(
      ({ params }) => params.name === LOCK,
    ).length;
    expect(renewals).toBeGreaterThan(5);
    const state = structuredClone(asked.world?.state) as {
      storage: { buckets: Record<string, Record<string, unknown>> };
    };
    const run = await judge.run({
      ...asked,
      world: { ...asked.world, state },
      start: [...asked.start, { workflow: 'thief', argument: {}, at: 360 }],
      workflows: { ...asked.workflows, thief: thief() },
    });
    expect(fault.code).toBe(412);
    expect(reportOf(run.executions[0])).toMatchObject({
      outcome: 'unfinished',
      detail: expect.stringContaining('lost'),
    });
    expect(left(run).traffic).toEqual({ 5: 90, 6: 10 });
  });

  test.each([
    ['forward', {}, { 6: 100 }],
    ['back', { 6: { errors: 0.5 } }, { 5: 100 }],
  ] as const)('nor where it was taken between a look at the guards and the move %s', async (_, behaviours, wanted) => {
    const asked = later(await served(), { approved: 6, behaviours });
    const clean = await judge.run(asked);
    expect(left(clean).traffic).toEqual(wanted);
    // The last look before the second move takes a minute, in which the lock is taken.
    const [, second] = calls(clean, 'endpoints.patch');
    const before = clean.calls.slice(0, clean.calls.indexOf(second as WorkflowsCall));
    const looks = before.filter(({ method }) => method.endsWith('timeSeries.list'));
    const seconds = (Date.parse(looks.at(-1)?.at ?? '') - Date.parse(asked.world?.now ?? '')) / 1000;
    const run = await judge.run({
      ...asked,
      faults: [{ method: 'timeSeries.list', nth: looks.length, times: 5, code: 503 }],
      start: [...asked.start, { workflow: 'thief', argument: {}, at: seconds + 30 }],
      workflows: { ...asked.workflows, thief: thief() },
    });
    expect(reportOf(run.executions[0])).toMatchObject({
      outcome: 'unfinished',
      detail: expect.stringContaining('lost'),
    });
    expect(left(run).traffic).toEqual({ 5: 90, 6: 10 });
    expect(left(run).record?.trying).not.toHaveProperty('why');
  });

  describe('reaches a private endpoint', () => {
    const state = (run: WorkflowsRun) =>
      (run.world.state.compute as { forwardingRules: Record<string, unknown> }).forwardingRules;
    const rule = {
      name: ENDPOINT.forwardingRuleName,
      target: `https://www.googleapis.com/compute/v1/${ATTACHMENT}`,
      network: 'https://www.googleapis.com/compute/v1/projects/fraud-prod/global/networks/fraud-prod',
      IPAddress: `https://www.googleapis.com/compute/v1/projects/fraud-prod/regions/europe-west4/addresses/${ENDPOINT.addressName}`,
    };

    test('at its address, once it is deployed', async () => {
      const run = await served(PRIVATE);
      expect(state(run)).toEqual({ [ENDPOINT.forwardingRuleName]: expect.objectContaining(rule) });
    });

    test('and keeps it through rollouts', async () => {
      const run = await approve6({}, PRIVATE);
      expect(left(run)).toMatchObject(ONLY_6);
      expect(calls(run, 'forwardingRules.insert')).toEqual([]);
      expect(state(run)).toEqual({ [ENDPOINT.forwardingRuleName]: expect.objectContaining(rule) });
    });

    test('also where its service attachment is another now', async () => {
      const asked = later(await served(PRIVATE), { approved: 6, props: PRIVATE });
      const { compute } = (
        asked as unknown as { world: { state: { compute: { forwardingRules: Record<string, { target: string }> } } } }
      ).world.state;
      const held = compute.forwardingRules[ENDPOINT.forwardingRuleName];
      if (held !== undefined) held.target = `${rule.target}-old`;
      const run = await judge.run(asked);
      expect(callNames(run)).toContain('compute.forwardingRules.delete');
      expect(state(run)).toEqual({ [ENDPOINT.forwardingRuleName]: expect.objectContaining(rule) });
    });

    test('and says what is not in order when that fails', async () => {
      const run = await judge.run(
        request({ props: PRIVATE }, { faults: [{ method: 'forwardingRules.insert', code: 403 }] }),
      );
      expect(left(run)).toMatchObject({ traffic: { 5: 100 }, announced: ['rollout-unfinished'] });
      const mended = await judge.run(later(run, { argument: approvalOf(5), props: PRIVATE }));
      expect(left(mended)).toMatchObject({ ...ONLY_5, announced: ['promoted'] });
      expect(Object.keys(state(mended))).toEqual([ENDPOINT.forwardingRuleName]);
    });
  });

  test('keeps its lock for as long as an address takes', async () => {
    const is = (pscConnectionStatus: string) => ({
      name: ENDPOINT.forwardingRuleName,
      target: `https://www.googleapis.com/compute/v1/${ATTACHMENT}`,
      pscConnectionStatus,
    });
    const unavailable = Array.from({ length: 5 }, () => ({ error: { code: 503 } }));
    const slow = Array.from({ length: 15 }, () => [...unavailable, is('PENDING')]).flat();
    const asked = structuredClone(request({ props: PRIVATE, versions: { 5: 'approved', 6: 'approved' } }));
    const { state } = asked.world as { state: Record<string, unknown> };
    state.replies = { 'compute.forwardingRules.get': [{ error: { code: 404 } }, ...slow, is('ACCEPTED')] };
    const run = await judge.run({
      ...asked,
      start: [approvalOf(5), approvalOf(6)].map((argument, i) => ({
        workflow: ENDPOINT.workflowName,
        argument,
        at: i * 400,
      })),
    });
    expect(run.executions.map((execution) => reportOf(execution)?.outcome)).toEqual(['promoted', 'promoted']);
    const writers = run.calls.filter(({ params }) => params.name === CHAMPION).map(({ execution }) => execution);
    expect(writers).toEqual(writers.toSorted());
    expect(new Set(writers)).toEqual(new Set([0, 1]));
  });

  test('takes over what the spec says now with the next rollout of the same version', async () => {
    const six = await approve6();
    const run = await judge.run(later(six, { argument: { version: 6 }, props: LINEAR }));
    expect(left(run)).toMatchObject(ONLY_6);
    expect(left(run).models[0]?.displayName).not.toBe(left(six).models[0]?.displayName);
    expect(left(run).record).toMatchObject({ version: '6', previous: { version: '5' } });
  });

  describe('keeps on record since when a version serves', () => {
    test('though it is configured anew, on machines of other settings', async () => {
      const six = await approve6();
      const { record, models } = left(six);
      expect(Date.parse(record?.at ?? '')).toBeGreaterThan(START);
      const run = await judge.run(later(six, { argument: { version: 6 }, props: LINEAR, afterSeconds: 86_400 }));
      expect(left(run).models[0]?.displayName).not.toBe(models[0]?.displayName);
      expect(left(run).record).toMatchObject({ version: '6', name: left(run).models[0]?.displayName, at: record?.at });
    });

    test('and anew when another one does, be it one that served before', async () => {
      const since = (run: WorkflowsRun) => Date.parse(left(run).record?.at ?? '');
      const [five, six] = [await served(), await approve6()];
      expect(since(six)).toBeGreaterThan(Date.parse(five.world.now));
      expect(since(six)).toBeLessThanOrEqual(Date.parse(six.world.now));
      const back = await judge.run(later(six, { argument: { action: 'rollback' } }));
      expect(left(back).record).toMatchObject({ version: '5' });
      expect(since(back)).toBeGreaterThan(Date.parse(six.world.now));
    });
  });

  test.each(['10%', undefined])('so too how many requests are recorded, here %s', async (sampling) => {
    const props = (part: string | undefined): ServingProps => ({
      serving: {
        gcp: { access: 'public' },
        rollout: { strategy: 'canary', bake: '5 minutes' },
        ...(part === undefined ? {} : { capture: { sampling: part } }),
      },
    });
    const before = await served(props('100%'));
    const run = await judge.run(later(before, { argument: { version: 5 }, props: props(sampling) }));
    expect(left(run)).toMatchObject({ ...ONLY_5, announced: ['promoted'] });
    expect(calls(run, 'endpoints.deployModel')).toHaveLength(1);
    expect(left(run).models[0]?.displayName).not.toBe(left(before).models[0]?.displayName);
    const again = await judge.run(later(run, { argument: { version: 5 }, props: props(sampling) }));
    expect(reportOf(again.executions[0])).toMatchObject({ outcome: 'noop' });
  });

  test('follows what serves, whoever put it there', async () => {
    const asked = later(await approve6(), { approved: 7 });
    const state = asked.world?.state as { storage: { buckets: Record<string, Record<string, unknown>> } };
    for (const bucket of Object.values(state.storage.buckets))
      bucket['models/detector/champion'] = { version: '4', name: 'x-4', id: '4', at: '2025-01-01T00:00:00Z' };
    const run = await judge.run(asked);
    expect(left(run).record).toMatchObject({ version: '7', previous: { version: '6' } });
  });
});

/** Takes the lock of the endpoint whatever it is. */
function thief(): object {
  const body = { owner: 'another', expires: 9_999_999_999 };
  return {
    main: {
      params: ['input'],
      steps: [
        {
          steal: {
            call: 'http.post',
            args: {
              url: 'https://storage.googleapis.com/upload/storage/v1/b/fraud-prod-records-123456789012/o',
              query: { uploadType: 'media', name: LOCK },
              auth: { type: 'OAuth2' },
              body,
            },
          },
        },
      ],
    },
  };
}
