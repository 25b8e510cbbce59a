import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { WorkflowsJudge, type WorkflowsRun } from '../support/workflows-judge';
import {
  $,
  caught,
  ENDPOINT,
  http,
  LOCATION,
  left,
  type NamedSteps,
  NUMBERED,
  request,
  serving,
  steps,
  VERTEX,
  workflow,
} from './workflows-harness';

const MODEL = `${VERTEX}/${LOCATION}/models/7`;
const deploy = (version = 4, split: object = { 0: 10, 1003: 90 }) =>
  http('post', `${ENDPOINT}:deployModel`, {
    body: {
      deployedModel: {
        id: `100${version}`,
        model: `${LOCATION}/models/7@${version}`,
        dedicatedResources: { machineSpec: { machineType: 'n1-standard-2' }, minReplicaCount: 1 },
      },
      trafficSplit: split,
    },
  });
const undeploy = (id: string, trafficSplit?: object) =>
  http('post', `${ENDPOINT}:undeployModel`, { body: { deployedModelId: id, trafficSplit } });
const route = (trafficSplit: object, updateMask = 'trafficSplit') =>
  http('patch', ENDPOINT, { query: { updateMask }, body: { trafficSplit } });
/** Looks at the operation in `r` until it is done. */
const wait: NamedSteps = {
  wait: {
    steps: steps({
      pause: { call: 'sys.sleep', args: { seconds: 30 } },
      look: http('get', $(`"${VERTEX}/" + r.body.name`)),
      more: { switch: [{ condition: $('not(default(map.get(r.body, "done"), false))'), next: 'wait' }] },
    }),
  },
};
const out: NamedSteps = { out: { return: $('r.body') } };

describeJudge('workflows', 'the fake of Vertex AI', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  const run = (named: NamedSteps, changes = {}): Promise<WorkflowsRun> =>
    judge.run(request(workflow(named), { world: { state: serving(changes) } }));
  const result = async (named: NamedSteps, changes = {}) => (await run(named, changes)).executions[0];
  const endpoint = (done: WorkflowsRun) => (left(done, 'aiplatform').endpoints as Record<string, object>)[9];
  /** The error that the last of these steps ends with. */
  const problem = async (...parts: NamedSteps[string][]) => {
    const before = Object.fromEntries(parts.slice(0, -1).map((part, index) => [`s${index}`, part]));
    const ended = await result({ ...before, ...caught(parts.at(-1) ?? {}) });
    const error = ended?.result as { code: number; body: object } | undefined;
    return `${error?.code} ${JSON.stringify(error?.body)}`;
  };

  describe('endpoints', () => {
    test('deploy: an operation in the time that it takes, then a share of the traffic', async () => {
      const done = await run({ go: deploy(), ...wait, ...out });
      expect(done.executions[0]?.result).toMatchObject({
        name: `${NUMBERED}/endpoints/9/operations/1`,
        done: true,
        response: { deployedModel: { id: '1004', model: `${NUMBERED}/models/7`, modelVersionId: '4' } },
      });
      expect(done.now).toBe('2026-01-01T00:10:00Z');
      expect(endpoint(done)).toMatchObject({
        trafficSplit: { 1003: 90, 1004: 10 },
        history: [
          ['2025-01-01T00:00:00Z', { 1003: 100 }],
          ['2026-01-01T00:10:00Z', { 1003: 90, 1004: 10 }],
        ],
      });
    });

    test('a deployment that fails leaves all as it was', async () => {
      const done = await run({ go: deploy(), ...wait, ...out }, { behaviours: { '7@4': { deploys: 'no quota' } } });
      expect(done.executions[0]?.result).toMatchObject({ done: true, error: { code: 9, message: 'no quota' } });
      expect(endpoint(done)).toMatchObject({ trafficSplit: { 1003: 100 } });
    });

    test('traffic at once, by patch; all of it away, and back', async () => {
      const done = await run({ stop: route({}), look: http('get', ENDPOINT), start: route({ 1003: 100 }), ...out });
      expect(done.executions[0]?.result).toMatchObject({
        name: `${NUMBERED}/endpoints/9`,
        trafficSplit: { 1003: 100 },
      });
      expect((endpoint(done) as { history: unknown[][] }).history.map(([, split]) => split)).toEqual([
        { 1003: 100 },
        {},
        { 1003: 100 },
      ]);
    });

    test('replicas of what is deployed', async () => {
      const body = {
        deployedModel: { id: '1004', dedicatedResources: { machineSpec: {}, minReplicaCount: 3 } },
        updateMask: 'dedicatedResources.minReplicaCount',
      };
      const again = { ...wait.wait, steps: steps({ pause2: { call: 'sys.sleep', args: { seconds: 120 } } }) };
      const done = await run({
        go: deploy(),
        ...wait,
        change: http('post', `${ENDPOINT}:mutateDeployedModel`, { body }),
        again,
        ...out,
      });
      expect(endpoint(done)).toMatchObject({
        deployedModels: [{ id: '1003' }, { id: '1004', dedicatedResources: { minReplicaCount: 3 } }],
      });
    });

    test('undeploy: without traffic, or the last one', async () => {
      const done = await run({
        go: deploy(),
        ...wait,
        away: undeploy('1003', { 1004: 100 }),
        rest: { call: 'sys.sleep', args: { seconds: 60 } },
        ...out,
      });
      expect(endpoint(done)).toMatchObject({ trafficSplit: { 1004: 100 }, deployedModels: [{ id: '1004' }] });
      const last = await run({ go: undeploy('1003'), ...wait, seen: http('get', ENDPOINT), ...out });
      expect(last.executions[0]?.result).not.toHaveProperty('deployedModels');
      expect(endpoint(last)).toMatchObject({ trafficSplit: {}, deployedModels: [] });
    });

    test.each<[string, NamedSteps[string][], RegExp]>([
      ['a split that is not 100', [route({ 1003: 90 })], /^400 .*must add up to 100/],
      ['a split over what is not deployed', [route({ 1003: 90, 5: 10 })], /^400 .*names \['5'\]/],
      ['a deployment under its own id in the split', [deploy(4, { 1004: 10, 1003: 90 })], /^400 .*names \['1004'\]/],
      ['an id that is in use', [deploy(3)], /^400 .*1003 is in use/],
      ['a version that is not there', [deploy(9)], /^404 .*no version 9/],
      [
        'two operations at a time',
        [deploy(), undeploy('1003', {})],
        /^400 .*other operations running.*FAILED_PRECONDITION/,
      ],
      ['an unknown deployed model', [undeploy('5')], /^404 .*5 is not found/],
      ['a patch without a mask', [http('patch', ENDPOINT, { body: { trafficSplit: {} } })], /^400 .*mask must be set/],
      ['a patch of what the operations own', [route({}, 'deployedModels')], /^400 .*only/],
      ['another endpoint', [http('get', ENDPOINT.replace('/9', '/8'))], /^404 .*NOT_FOUND/],
      ['another project', [http('get', ENDPOINT.replace('fraud-prod', 'other'))], /^403 .*PERMISSION_DENIED/],
    ])('refuses %s', async (_, parts, message) => {
      expect(await problem(...parts)).toMatch(message);
    });

    test('refuses to undeploy what has traffic beside others', async () => {
      const done = await result({ go: deploy(), ...wait, ...caught(undeploy('1003')) });
      expect(done?.result).toMatchObject({ code: 400, body: { error: { status: 'FAILED_PRECONDITION' } } });
    });
  });

  describe('models', () => {
    test('versions by number, by alias and by default', async () => {
      const names = ['', '@3', '@champion', '@default', '@4'];
      const looks = Object.fromEntries(
        names.map((name, index) => [`s${index}`, http('get', `${MODEL}${name}`, {}, `r${index}`)]),
      );
      const ended = await result({
        ...looks,
        out: { return: names.map((_, index) => $(`r${index}.body.name + " " + r${index}.body.versionId`)) },
      });
      expect(ended?.result).toEqual(
        ['', '@3', '@3', '@3', '@4'].map((at) => `${NUMBERED}/models/7${at} ${at.slice(1) === '' ? 3 : at.slice(1)}`),
      );
    });

    test('labels of a version, aliases that move', async () => {
      const done = await run({
        label: http('patch', `${MODEL}@4`, {
          query: { updateMask: 'labels' },
          body: { labels: { approval: 'rejected' } },
        }),
        alias: http('post', `${MODEL}@4:mergeVersionAliases`, { body: { versionAliases: ['champion', 'challenger'] } }),
        again: http('post', `${MODEL}@4:mergeVersionAliases`, { body: { versionAliases: ['-challenger'] } }),
        look: http('get', `${MODEL}:listVersions`),
        out: { return: $('r.body.models') },
      });
      expect(done.executions[0]?.result).toMatchObject([
        { versionId: '3', versionAliases: ['default'], deployedModels: [{ deployedModelId: '1003' }] },
        { versionId: '4', versionAliases: ['champion'], labels: { approval: 'rejected' } },
      ]);
    });

    test('a version that is uploaded is the next one, and has a key', async () => {
      const model = { displayName: 'seven', versionAliases: ['candidate'], labels: { run: 'a' } };
      const upload = (more: object) =>
        http('post', `${VERTEX}/${LOCATION}/models:upload`, {
          body: { parentModel: `${LOCATION}/models/7`, model: { ...model, ...more } },
        });
      expect(await problem(upload({}))).toMatch(/^400 .*without a key/);
      const encryptionSpec = { kmsKeyName: 'projects/p/locations/l/keyRings/r/cryptoKeys/k' };
      const done = await run({ go: upload({ encryptionSpec }), ...wait, ...out });
      expect(done.executions[0]?.result).toMatchObject({
        done: true,
        response: { model: `${NUMBERED}/models/7`, modelVersionId: '5' },
      });
      expect(left(done, 'aiplatform').models).toMatchObject({
        7: { versions: { 5: { aliases: ['candidate'], labels: { run: 'a' } } } },
      });
    });

    test('a version that is deleted, if it serves nowhere', async () => {
      const done = await run({ go: http('delete', `${MODEL}@4:deleteVersion`), ...wait, ...out });
      expect(left(done, 'aiplatform').models).toEqual({ 7: { versions: { 3: { aliases: ['champion'] } } } });
      expect(await problem(http('delete', `${MODEL}@3:deleteVersion`))).toMatch(/^400 .*is deployed/);
    });
  });
});
