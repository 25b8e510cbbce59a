import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PlatformNames } from '../../lib/plan/names';
import { AslJudge, callNames } from '../support/asl-judge';
import { lintAsl } from '../support/asl-lint';
import { outcomeOf } from '../support/asl-outcome';
import { describeJudge } from '../support/describe-judge';
import { endpointOf, left, operationsMachine, type Served, start, worldOf } from './operations-world';

const DENIED = { code: 'AccessDeniedException', message: 'not yours' };
const OWNED: Served = { model: 'detector', shell: true };
const ORPHAN: Served = { model: 'merchant-risk' };
/** Endpoints whose names begin with the platform's name, and that are of other platforms; none has a shell. */
const FOREIGN: readonly Served[] = [
  { model: 'x', names: new PlatformNames('fraud-prod-eu') },
  { model: 'detector', names: new PlatformNames('fraud-prod', 'staging') },
  { model: 'prod-detector', names: new PlatformNames('fraud') },
];

describe('the machine that looks for orphans', () => {
  test('is a machine that the linter accepts', () => {
    expect(lintAsl(operationsMachine('Sweep'))).toEqual([]);
  });
});

describeJudge('asl', 'the machine that looks for orphans, executed', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());
  const world = (served: readonly Served[]) => worldOf(served);
  const run = (served: readonly Served[], rest = {}) =>
    judge.run(start(operationsMachine('Sweep'), world(served), {}, rest));

  test.each<[string, readonly Served[]]>([
    ['where nothing serves', []],
    ['where every endpoint has a model', [OWNED, { model: 'other', shell: true }]],
    ['of endpoints of platforms whose names begin the same', [OWNED, ...FOREIGN]],
    ['of an endpoint that is being deleted', [deleting(ORPHAN)]],
  ])('tells nobody %s', async (_, served) => {
    const swept = await run(served);
    expect(swept).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'swept', orphans: [] } });
    expect(left(swept).announced).toEqual([]);
  });

  test('tells of each endpoint that no model owns, once each, and changes nothing', async () => {
    const served = [OWNED, ORPHAN, { model: 'old', status: 'Failed' }, ...FOREIGN];
    const swept = await run(served);
    const orphans = [endpointOf({ model: 'old' }), endpointOf(ORPHAN)];
    expect((swept.output as { orphans: string[] }).orphans.sort()).toEqual(orphans.sort());
    const after = left(swept);
    expect(after.announced).toEqual(['endpoint-orphaned', 'endpoint-orphaned']);
    expect(after.said).toContainEqual([
      'Where to look: https://console.aws.amazon.com/sagemaker/home?region=eu-central-1#/endpoints/fraud-prod-merchant-risk',
      'Endpoint: fraud-prod-merchant-risk',
      'Status: InService',
      'Model: merchant-risk',
    ]);
    expect(after.things).toEqual(left({ world: world(served) }).things);
    expect(new Set(callNames(swept))).toEqual(
      new Set(['sagemaker:ListEndpoints', 'sagemaker:ListTags', 'ssm:GetParameter', 'sns:Publish']),
    );
  });

  test('tells of an endpoint of the platform that has no tag of a model', async () => {
    const given = world([ORPHAN]);
    const { endpoints } = given.state.sagemaker as { endpoints: Record<string, { tags: Record<string, string> }> };
    delete endpoints[endpointOf(ORPHAN)]?.tags['mlops-model'];
    const swept = await judge.run(start(operationsMachine('Sweep'), given));
    expect(left(swept).said).toEqual([expect.arrayContaining(['Model: its tags say none'])]);
  });

  test('looks at every page', async () => {
    const many = Array.from(
      { length: 230 },
      (_, n): Served => ({
        model: `m${n}`,
        shell: n !== 3 && n !== 150 && n !== 229,
        only: ['endpoint'],
        champion: null,
      }),
    );
    const swept = await run(many, { maxSeconds: 300 });
    expect(swept.calls.filter(({ operation }) => operation === 'ListEndpoints')).toHaveLength(3);
    expect((swept.output as { orphans: string[] }).orphans.sort()).toEqual(
      ['m150', 'm229', 'm3'].map((model) => `fraud-prod-${model}`),
    );
  });

  describe('when something goes wrong', () => {
    const whole = () => start(operationsMachine('Sweep'), world([OWNED, ORPHAN]));

    test('a call that fails once, or whose answer is lost, is only tried again', async () => {
      for (const afterEffect of [false, true])
        for await (const { call, run: shaken } of judge.failEachCall(whole(), { ...DENIED, afterEffect })) {
          expect(shaken).toMatchObject({ status: 'SUCCEEDED', output: { orphans: ['fraud-prod-merchant-risk'] } });
          const twice = afterEffect && call.operation === 'Publish';
          expect(left(shaken).announced, call.operation).toHaveLength(twice ? 2 : 1);
        }
    });

    test('a call that is never allowed is told of', async () => {
      const { calls } = await judge.run(whole());
      for (const { service, operation } of calls) {
        const failed = await judge.run({ ...whole(), faults: [{ service, operation, ...DENIED }] });
        if (operation === 'Publish') {
          const cause = expect.stringContaining('not yours');
          expect(failed).toMatchObject({ status: 'FAILED', error: 'NotAnnounced', cause });
          continue;
        }
        const { outcome, detail } = outcomeOf(failed);
        expect(outcome, operation).toBe('failed');
        expect(detail).toContain('not yours');
        expect(left(failed).announced).toEqual(['endpoint-sweep-failed']);
        expect(left(failed).said.at(-1)).toContain(detail);
      }
    });
  });
});

function deleting(served: Served): Served {
  const until = '2026-01-02T00:00:00Z';
  return { ...served, status: 'Deleting', move: { kind: 'delete', since: '2026-01-01T00:00:00Z', until } };
}
