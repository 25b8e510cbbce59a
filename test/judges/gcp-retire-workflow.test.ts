import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { retireWorkflow } from '../../lib/gcp/operations/workflow/retire-workflow';
import { describeJudge } from '../support/describe-judge';
import { callNames, resume, WorkflowsJudge, type WorkflowsRun } from '../support/workflows-judge';
import { endedOperations } from './gcp-ended-operations';
import {
  ATTACHMENT,
  aliasesAt,
  announced,
  CHAMPION,
  ENDPOINT,
  endpoint,
  endpointAt,
  FACTS,
  LOCK,
  object,
  PLATFORM,
  RULE,
  request,
  rulesAt,
  SERVING,
  TARGET,
  type Written,
} from './gcp-operations-world';

const RETIRE = retireWorkflow({ target: TARGET, platform: PLATFORM });
const RECORD = { version: '6', name: 'n', id: '611111', at: '2026-05-01T00:00:00Z', trying: { version: '7' } };
const WORLD: Written = {
  endpoints: { [ENDPOINT]: SERVING, 2222222222: endpoint('other', { deployedModels: [] }) },
  objects: { [FACTS]: { model: 'detector' }, [CHAMPION]: RECORD },
  rules: { [RULE]: { target: ATTACHMENT } },
};
const RETIRED = 'endpoint-retired';
const FAILED = 'endpoint-retire-failed';

describeJudge('workflows', 'retiring a model on Google Cloud', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  const retire = (world: Written = WORLD, argument: unknown = { model: 'detector' }) =>
    request(RETIRE, argument, world);

  /** Nothing serves, nothing leads there, nothing is held, and the record says so. */
  function expectRetired(run: WorkflowsRun, why = ''): void {
    expect(endpointAt(run).deployedModels ?? [], why).toEqual([]);
    expect(endpointAt(run).trafficSplit ?? {}, why).toEqual({});
    expect(rulesAt(run), why).toEqual([]);
    expect(object(run, LOCK), why).toBeUndefined();
    expect(aliasesAt(run), why).toEqual({ 5: ['default'], 6: [], 7: [] });
    expect(object(run, CHAMPION), why).toEqual({ retired: expect.any(String), shell: expect.any(String) });
  }

  test('empties the endpoint, deletes what leads there, takes the aliases, and says so', async () => {
    const run = await judge.run(retire());
    expect(run.executions[0]).toMatchObject({
      status: 'SUCCEEDED',
      result: {
        outcome: 'retired',
        detail: 'Of detector, 2 deployed versions were taken away, and the way to its endpoint.',
      },
    });
    expectRetired(run);
    expect(announced(run)).toEqual([RETIRED]);
    expect(run.log[0]?.json).toMatchObject({ platform: PLATFORM, serves: 'detector' });
  });

  test('deletes no endpoint: that is Terraform’s', async () => {
    const run = await judge.run(retire());
    expect(endpointAt(run)).toMatchObject({ displayName: 'fraud-prod-detector' });
    expect(callNames(run)).not.toContain('aiplatform.projects.locations.endpoints.delete');
  });

  test('marks the record before it touches anything', async () => {
    const names = callNames(await judge.run(retire()));
    const written = names.lastIndexOf(
      'storage.objects.insert',
      names.indexOf('aiplatform.projects.locations.endpoints.patch'),
    );
    // The lock is the first that is written, the mark the second.
    expect(names.slice(0, written + 1).filter((name) => name === 'storage.objects.insert').length).toBeGreaterThan(1);
    const { cut } = await firstCut(judge, retire(), 'aiplatform.projects.locations.endpoints.patch');
    expect(object(cut, CHAMPION)).toMatchObject({ ...RECORD, retired: expect.any(String), retiring: true });
  });

  test('twice is harmless, and is not said twice', async () => {
    const first = await judge.run(retire());
    const again = await judge.run(resume(retire(), first, { afterSeconds: 60 }));
    expect(again.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'noop' } });
    expectRetired(again);
    expect(object(again, CHAMPION)).toEqual(object(first, CHAMPION));
    expect(announced(again)).toEqual([]);
  });

  test('leaves other endpoints alone, also of platforms with a name that begins the same', async () => {
    const theirs = endpoint('detector', { deployedModels: SERVING.deployedModels }, 'fraud-prod-eu');
    const run = await judge.run(retire({ ...WORLD, endpoints: { ...WORLD.endpoints, 3333333333: theirs } }));
    expect(endpointAt(run, '3333333333').deployedModels).toEqual(theirs.deployedModels);
    expectRetired(run);
  });

  test('finds the endpoint on a later page', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [String(4000000000 + index), endpoint(`m${index}`)]),
    );
    expectRetired(await judge.run(retire({ ...WORLD, endpoints: { ...many, ...WORLD.endpoints } })));
  });

  test.each<[string, Written]>([
    [
      'nothing was ever deployed',
      { ...WORLD, endpoints: { [ENDPOINT]: endpoint('detector') }, objects: { [FACTS]: {} }, rules: {} },
    ],
    ['its endpoint is gone', { objects: { [FACTS]: {}, [CHAMPION]: RECORD } }],
  ])('marks a model as retired where %s', async (_, world) => {
    const run = await judge.run(retire(world));
    expect(run.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'retired' } });
    expect(object(run, CHAMPION)).toEqual({ retired: expect.any(String), shell: expect.any(String) });
    expect(object(run, LOCK)).toBeUndefined();
  });

  test('forgets a model whose shell is gone', async () => {
    const run = await judge.run(retire({ objects: { [CHAMPION]: RECORD } }));
    expect(run.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'retired' } });
    expect(object(run, CHAMPION)).toBeUndefined();
  });

  test('does nothing for a model that nobody knows', async () => {
    const run = await judge.run(retire(WORLD, { model: 'typo' }));
    expect(run.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'noop' } });
    expect(callNames(run)).not.toContain('storage.objects.insert');
    expect(announced(run)).toEqual([]);
  });

  test('retires a model again whose shell is a new one', async () => {
    const first = await judge.run(retire());
    const { state } = first.world;
    const buckets = structuredClone((state.storage as { buckets: Record<string, Record<string, unknown>> }).buckets);
    for (const objects of Object.values(buckets)) objects[FACTS] = { model: 'detector', made: 'anew' };
    const world = { ...first.world, state: { ...state, storage: { ...state.storage, buckets } } };
    const again = await judge.run(resume(retire(), { world }));
    expect(again.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'retired' } });
  });

  test.each([[{}], [null], ['detector'], [{ model: '' }]])('says what is wrong with the input %j', async (argument) => {
    const run = await judge.run(retire(WORLD, argument));
    expect(run.executions[0]).toMatchObject({ status: 'FAILED', error: { tags: ['RetireFailed'] } });
    expect(announced(run)).toEqual([FAILED]);
    expect(run.log[0]?.json).toMatchObject({ detail: 'The input names no model. It has to be {"model": "name"}.' });
  });

  describe('beside others', () => {
    test('waits for a rollout that holds the lock', async () => {
      const expires = Date.parse('2026-06-01T04:17:00Z') / 1000 + 600;
      const objects = { ...WORLD.objects, [LOCK]: { owner: 'rollout/1', expires } };
      const run = await judge.run(retire({ ...WORLD, objects }));
      expectRetired(run);
      expect(run.slept[0]).toBe(60);
      expect(Date.parse(run.now) / 1000).toBeGreaterThan(expires);
    });

    test.each([
      ['', {}],
      [', which is on a later page', endedOperations(ENDPOINT)],
    ])('waits for a deployment that somebody left on its way%s, and takes that away too', async (_, operations) => {
      const deploy = {
        main: {
          steps: [
            {
              deploy: {
                call: 'http.post',
                args: {
                  url: `https://${TARGET.region}-aiplatform.googleapis.com/v1/projects/${TARGET.project}/locations/${TARGET.region}/endpoints/${ENDPOINT}:deployModel`,
                  auth: { type: 'OAuth2' },
                  body: {
                    deployedModel: {
                      id: '733333',
                      model: `projects/${TARGET.project}/locations/${TARGET.region}/models/fraud-prod-detector@5`,
                      dedicatedResources: {
                        machineSpec: { machineType: 'n1-standard-4' },
                        minReplicaCount: 1,
                        maxReplicaCount: 1,
                      },
                    },
                  },
                },
              },
            },
          ],
        },
      };
      const asked = retire({ ...WORLD, operations });
      const run = await judge.run({
        ...asked,
        workflows: { ...asked.workflows, deploy },
        start: [{ workflow: 'deploy' }, { workflow: 'job', argument: { model: 'detector' }, at: 30 }],
      });
      expectRetired(run);
      expect(run.executions[1]).toMatchObject({ status: 'SUCCEEDED' });
      expect(run.executions[1]?.result).toMatchObject({ detail: expect.stringContaining('3 deployed versions') });
    });

    test('two at once end as one', async () => {
      const asked = retire();
      const run = await judge.run({ ...asked, start: [...asked.start, ...asked.start] });
      expect(run.executions.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
      expectRetired(run);
      expect(announced(run)).toEqual([RETIRED]);
    });
  });

  describe('faults', () => {
    test.each([503, 'ConnectionError'] as const)(
      '%s at any call changes nothing of how it ends',
      async (code) => {
        for await (const { call, run } of judge.failEachCall(retire(), { code })) {
          expect(run.executions[0]?.status, call.method).toBe('SUCCEEDED');
          expectRetired(run, call.method);
          expect(announced(run), call.method).toEqual([RETIRED]);
        }
      },
      120_000,
    );

    test('nor does an answer that is lost', async () => {
      for await (const { call, run } of judge.failEachCall(retire(), { code: 503, afterEffect: true })) {
        expect(run.executions[0]?.status, call.method).toBe('SUCCEEDED');
        expectRetired(run, call.method);
        expect(announced(run), call.method).toEqual([RETIRED]);
      }
    }, 120_000);

    test('one that lasts is said, and the next execution goes on', async () => {
      for await (const { call, run } of judge.failEachCall(retire(), { code: 403 })) {
        const [first] = run.executions;
        if (first?.status === 'FAILED') {
          expect(first.error, call.method).toMatchObject({ tags: ['RetireFailed'] });
          expect(announced(run).at(-1), call.method).toBe(FAILED);
        }
        const again = await judge.run(resume(retire(), run, { afterSeconds: 60 }));
        expect(again.executions[0]?.status, call.method).toBe('SUCCEEDED');
        expectRetired(again, call.method);
      }
    }, 180_000);

    test('an execution that is cut anywhere is gone on with by the next, and said by one of them', async () => {
      for await (const { call, cut } of judge.cutAfterEachCall(retire())) {
        const again = await judge.run(resume(retire(), cut, { afterSeconds: 60 }));
        expect(again.executions[0]?.status, call.method).toBe('SUCCEEDED');
        expectRetired(again, call.method);
        expect([...announced(cut), ...announced(again)], call.method).toContain(RETIRED);
      }
    }, 180_000);

    test('a version that cannot be undeployed is tried three times, and said', async () => {
      const asked = retire();
      const run = await judge.run({
        ...asked,
        faults: [{ method: 'endpoints.undeployModel', code: 400, message: 'no' }],
      });
      expect(run.executions[0]).toMatchObject({ status: 'FAILED', error: { message: expect.stringContaining('no') } });
      expect(announced(run)).toEqual([FAILED]);
      expect(object(run, LOCK)).toBeUndefined();
      expect(callNames(run).filter((name) => name.endsWith('undeployModel'))).toHaveLength(3);
    });
  });
});

/** The run that is cut just after the first call of a method. */
async function firstCut(judge: WorkflowsJudge, asked: Parameters<WorkflowsJudge['run']>[0], method: string) {
  for await (const one of judge.cutAfterEachCall(asked)) if (one.call.method === method) return one;
  throw new Error(`${method} is never called`);
}
