import { afterAll, beforeAll, expect, test } from 'vitest';
import { RETIRE_LOCK_TTL_SECONDS } from '../../lib/aws/operations/machine/retire-props';
import { LOCK_TTL_SECONDS } from '../../lib/aws/serving-endpoint/machine/rollout-props';
import { AslJudge, type AslRequest, type AslRun, callNames } from '../support/asl-judge';
import { outcomeOf } from '../support/asl-outcome';
import { describeJudge } from '../support/describe-judge';
import { operationsMachine } from './operations-world';
import { FACTS, later, left, request } from './rollout-machine';

const BY_HAND = { model: 'detector' };
const NOTHING = { status: 'Absent', traffic: {}, models: [], configs: [], locks: [] };
const MARKED = { retired: expect.any(String), shell: expect.any(String) };

describeJudge('asl', 'a retired model on AWS', () => {
  let judge: AslJudge;
  let served: AslRun;
  let retired: AslRun;
  beforeAll(async () => {
    judge = await AslJudge.start();
    served = await judge.run(request());
    expect(left(served)).toMatchObject({ traffic: { 5: 100 }, record: { version: '5' } });
    retired = await judge.run(retiring(served));
    expect(retired).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'retired' } });
    expect(left(retired)).toMatchObject(NOTHING);
  });
  afterAll(() => judge?.close());

  /** The retirement in the world that a run left. */
  const retiring = (run: AslRun, input: object = BY_HAND, afterSeconds = 60): AslRequest => ({
    ...later(run, { name: 'retirement', afterSeconds }),
    definition: operationsMachine('Retire'),
    input,
  });

  /** The same request with another shell, or with none. */
  function withShell(asked: AslRequest, facts: object | undefined): AslRequest {
    const { ssm } = asked.world.state as { ssm: { parameters: Record<string, { value: string }> } };
    const { [FACTS]: _, ...others } = ssm.parameters;
    const parameters = { ...others, ...(facts === undefined ? {} : { [FACTS]: { value: JSON.stringify(facts) } }) };
    return { ...asked, world: { ...asked.world, state: { ...asked.world.state, ssm: { ...ssm, parameters } } } };
  }

  /** The retirement as it was cut after it marked the record, before it deleted anything. */
  async function begun(): Promise<AslRun> {
    for await (const { call, cut } of judge.cutAfterEachCall(retiring(served)))
      if (call.operation === 'PutParameter') return cut;
    throw new Error('It marked nothing.');
  }

  test('says so in its record, and nothing else', () => {
    expect(left(retired).record).toEqual(MARKED);
    expect(left(retired).said).toContainEqual(expect.stringContaining('No approval deploys it any more'));
  });

  test('is deployed by no approval', async () => {
    const run = await judge.run(later(retired, { approved: 6 }));
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'withdrawn', version: '6' } });
    expect(left(run)).toMatchObject({ ...NOTHING, record: MARKED });
    expect(left(run).announced.at(-1)).toBe('rollout-withdrawn');
    expect(left(run).said).toContain(
      `The model was retired at ${left(retired).record?.retired}. To have it serve again, promote the version by hand.`,
    );
  });

  test('serves again when a person promotes a version, and then follows approvals', async () => {
    const again = await judge.run(later(retired, { input: { action: 'promote', version: '5' } }));
    expect(again).toMatchObject({ output: { outcome: 'promoted' } });
    const { record, ...is } = left(again);
    expect(is).toMatchObject({ traffic: { 5: 100 } });
    expect(record).toMatchObject({ version: '5' });
    for (const key of ['retired', 'retiring', 'shell']) expect(record).not.toHaveProperty(key);
    const next = await judge.run(later(again, { approved: 6 }));
    expect(left(next)).toMatchObject({ traffic: { 6: 100 } });
  });

  test('is retired no more once a person tried, whatever became of that', async () => {
    const input = { action: 'promote', version: '6' };
    const tried = await judge.run(
      later(retired, { input, approvals: { 6: 'Approved' }, behaviours: { 6: { starts: false } } }),
    );
    expect(outcomeOf(tried).outcome).toBe('failed-first');
    const next = await judge.run(later(tried, { approved: 7 }));
    expect(left(next)).toMatchObject({ traffic: { 7: 100 } });

    const refused = { service: 'sagemaker', operation: 'UpdateEndpoint', code: 'AccessDeniedException', message: 'no' };
    const asked = { input, approvals: { 6: 'Approved' }, afterSeconds: LOCK_TTL_SECONDS } as const;
    const failed = await judge.run(later(await begun(), { ...asked, rest: { faults: [refused] } }));
    expect(outcomeOf(failed).outcome).toBe('failed');
    expect(left(await judge.run(later(failed, { approved: 7 })))).toMatchObject({ traffic: { 7: 100 } });
  });

  test('serves again by an approval once it has another shell', async () => {
    const next = await judge.run(withShell(later(retired, { approved: 6 }), { machineArn: 'another' }));
    expect(left(next)).toMatchObject({ traffic: { 6: 100 } });
    expect(left(next).record).not.toHaveProperty('retired');
  });

  test('has nothing left to be retired, by hand or once its shell is gone, and then its record goes unsaid', async () => {
    const nothing = { status: 'SUCCEEDED', output: { outcome: 'nothing' } };
    const again = await judge.run(retiring(retired));
    expect(again).toMatchObject(nothing);
    expect(left(again).record).toEqual(left(retired).record);
    const gone = await judge.run(withShell(retiring(again, { parameter: FACTS }), undefined));
    expect(gone).toMatchObject(nothing);
    expect(left(gone)).toMatchObject({ record: undefined, announced: left(retired).announced });
  });

  test('is marked before anything of it is touched', async () => {
    const calls = callNames(await judge.run(retiring(served)));
    const first = calls.findIndex((name) => /Delete|Deregister/.test(name));
    expect(calls.slice(0, first)).toContain('ssm:PutParameter');
  });

  test('ends marked wherever its retirement was cut', async () => {
    for await (const { call, cut } of judge.cutAfterEachCall(retiring(served))) {
      const next = await judge.run(retiring(cut, BY_HAND, RETIRE_LOCK_TTL_SECONDS));
      expect(['retired', 'nothing'], call.operation).toContain(outcomeOf(next).outcome);
      expect(left(next), call.operation).toMatchObject({ ...NOTHING, record: MARKED });
      expect(Object.keys(left(next).record ?? {}), call.operation).toEqual(Object.keys(MARKED));
      expect(left(next).announced, call.operation).toContain('endpoint-retired');
    }
  });

  test('is deployed by no approval where its retirement was cut, and the next one ends it', async () => {
    const cut = await begun();
    const approved = await judge.run(later(cut, { approved: 6, afterSeconds: LOCK_TTL_SECONDS }));
    expect(approved).toMatchObject({ output: { outcome: 'withdrawn' } });
    expect(left(approved)).toMatchObject({ traffic: { 5: 100 } });
    const next = await judge.run(retiring(approved));
    expect(next).toMatchObject({ output: { outcome: 'retired' } });
    expect(left(next)).toMatchObject({ ...NOTHING, record: MARKED });
    expect(left(next).record).not.toHaveProperty('retiring');
  });

  test.each([5, 6])('serves on where its retirement was cut and a person promotes version %i', async (version) => {
    const asked = { input: { version }, approvals: { 6: 'Approved' }, afterSeconds: LOCK_TTL_SECONDS } as const;
    const run = await judge.run(later(await begun(), asked));
    expect(left(run)).toMatchObject({ traffic: { [version]: 100 } });
    for (const key of ['retired', 'retiring', 'shell']) expect(left(run).record).not.toHaveProperty(key);
    const next = await judge.run(later(run, { approved: 7 }));
    expect(left(next)).toMatchObject({ traffic: { 7: 100 } });
  });
});
