import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AslJudge, type AslRun, callNames } from '../support/asl-judge';
import { lintAsl } from '../support/asl-lint';
import { outcomeOf } from '../support/asl-outcome';
import { describeJudge } from '../support/describe-judge';
import {
  AT_ONCE,
  type Behaviour,
  CANARY,
  CHAMPION,
  ENDPOINT,
  instant,
  LINEAR,
  later,
  left,
  NO_TRAFFIC,
  packageArn,
  request,
  rolloutMachineOfTemplate,
  type ServingProps,
  START,
} from './rollout-machine';

const BAD: Behaviour = { errors: 0.5 };
const SIX = { 6: 'Approved' } as const;
const HOUR = 3600;

/** Versions as the calls name them: `sagemaker:UpdateEndpoint`. */
const order = (run: AslRun, ...names: readonly string[]): readonly string[] =>
  callNames(run).filter((name) => names.includes(name));

describeJudge('asl', 'the rollout machine', () => {
  let judge: AslJudge;
  const firsts = new Map<ServingProps, AslRun>();
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());

  /** Version 5 serves, as the machine deployed it. */
  async function served(props: ServingProps = CANARY): Promise<AslRun> {
    const known = firsts.get(props) ?? (await judge.run(request({ props })));
    firsts.set(props, known);
    expect(left(known)).toMatchObject({ status: 'InService', traffic: { 5: 100 }, announced: ['promoted'] });
    return known;
  }

  /** Approves version 6 where version 5 serves. */
  async function approve6(behaviour: Behaviour = {}, props: ServingProps = CANARY, of5: Behaviour = {}) {
    const behaviours = { 5: of5, 6: behaviour };
    return judge.run(later(await served(props), { approved: 6, behaviours, props }));
  }

  test.each([CANARY, LINEAR, AT_ONCE])('is a machine that the linter accepts: %j', (props) => {
    expect(lintAsl(rolloutMachineOfTemplate(props))).toEqual([]);
  });

  describe('deploys a first version', () => {
    test('as the spec says, tagged as its own', async () => {
      const run = await served();
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'promoted', version: '5' } });
      const found = left(run);
      const [name = ''] = Object.keys(found.configsByName);
      expect(name).toMatch(new RegExp(`^${ENDPOINT}--5-[0-9a-f]{8}$`));
      const tags = { 'mlops-platform': 'fraud-prod', 'mlops-endpoint': ENDPOINT, 'mlops-model': 'detector' };
      expect(found.modelsByName).toEqual({
        [name]: expect.objectContaining({
          Containers: [{ ModelPackageName: packageArn(5) }],
          VpcConfig: { Subnets: ['subnet-0a', 'subnet-0b'], SecurityGroupIds: ['sg-0a'] },
          ExecutionRoleArn: expect.stringContaining('ServingHostingWorkloadRole'),
          tags,
        }),
      });
      expect(found.configsByName).toEqual({
        [name]: expect.objectContaining({
          ProductionVariants: [
            {
              VariantName: 'main',
              ModelName: name,
              InstanceType: 'ml.m5.xlarge',
              InitialInstanceCount: 2,
            },
          ],
          KmsKeyId: expect.stringContaining('Artifacts'),
          tags,
        }),
      });
      expect(found.endpoint?.tags).toEqual(tags);
      expect(found).toMatchObject({ configs: ['5'], models: ['5'], locks: [] });
    });

    test('and leaves scaling, the record and one announcement behind', async () => {
      const found = left(await served());
      expect(found.scaling).toEqual({ min: 2, max: 4 });
      expect(found.policies).toEqual([
        {
          TargetValue: 600,
          PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
        },
      ]);
      expect(found.record).toMatchObject({ version: '5', packageArn: packageArn(5), config: found.endpoint?.config });
      expect(found.record).not.toHaveProperty('previous');
      expect(found.said).toEqual([
        expect.stringMatching(
          /^Where to look: the execution arn:.*; the endpoint https:.*; its log \/aws\/sagemaker\/Endpoints\//,
        ),
        'Version: 5',
        `Serves: version 5 (${found.endpoint?.config})`,
        'Action: promote',
        'Reason:',
        'It was approved.',
        'Details:',
        'All traffic goes to this version.',
      ]);
    });

    test('without guards, which have nothing to go back to', async () => {
      const run = await served();
      expect(run.calls.filter(({ operation }) => operation === 'PutMetricAlarm')).toHaveLength(1);
      expect(callNames(run)).not.toContain('sagemaker:UpdateEndpoint');
    });

    test('and arms the alarm for no traffic when the endpoint is as old as the alarm looks back, with the lock free', async () => {
      const run = await served();
      const armed = run.calls.find(({ operation }) => operation === 'PutMetricAlarm');
      expect(Date.parse(armed?.at ?? '')).toBeGreaterThanOrEqual(START + HOUR * 1000);
      expect(run.calls.findIndex(({ operation }) => operation === 'DeleteItem')).toBeLessThan(
        armed === undefined ? -1 : run.calls.indexOf(armed),
      );
      expect(left(run).alarms).toEqual([NO_TRAFFIC]);
      expect(left(run).alarmsByName[NO_TRAFFIC]).toMatchObject({
        MetricName: 'Invocations',
        Dimensions: [
          { Name: 'EndpointName', Value: ENDPOINT },
          { Name: 'VariantName', Value: 'main' },
        ],
        AlarmActions: ['arn:aws:sns:::alerts'],
        Period: 300,
        EvaluationPeriods: 12,
        TreatMissingData: 'breaching',
        state: 'OK',
      });
    });

    test('that fails: deletes what was started and says so, and nothing is left', async () => {
      const run = await judge.run(request({ behaviours: { 5: { starts: false } } }));
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'failed-first' } });
      expect(outcomeOf(run).detail).toContain('did not pass the ping health check');
      expect(left(run)).toMatchObject({
        status: 'Absent',
        configs: [],
        models: [],
        alarms: [],
        scaling: undefined,
        record: undefined,
        announced: ['first-deployment-failed'],
        locks: [],
      });
      expect(left(run).said).toContain('Serves: nothing');
      expect(left(run).said).toContain(outcomeOf(run).detail);
      const mended = await judge.run(later(run, { input: { version: 5 }, behaviours: { 5: {} } }));
      expect(left(mended)).toMatchObject({ traffic: { 5: 100 }, announced: ['first-deployment-failed', 'promoted'] });
    });
  });

  describe('moves an endpoint to a version that is well', () => {
    test.each<[string, ServingProps, readonly object[], object]>([
      ['canary', CANARY, [{ 5: 100 }, { 5: 50, 6: 50 }, { 6: 100 }], { Type: 'CANARY', CanarySize: { Value: 10 } }],
      [
        'linear',
        LINEAR,
        [{ 5: 100 }, { 5: 75, 6: 25 }, { 5: 50, 6: 50 }, { 5: 25, 6: 75 }, { 6: 100 }],
        { Type: 'LINEAR', LinearStepSize: { Value: 25 } },
      ],
      ['all at once', AT_ONCE, [{ 5: 100 }, { 6: 100 }], { Type: 'ALL_AT_ONCE' }],
    ])('%s', async (_, props, history, routing) => {
      const run = await approve6({}, props);
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'promoted', version: '6' } });
      const found = left(run);
      expect(found).toMatchObject({ status: 'InService', traffic: { 6: 100 }, history, locks: [] });
      expect(found.record).toMatchObject({ version: '6', previous: { version: '5', packageArn: packageArn(5) } });
      expect(found.record).not.toHaveProperty('trying');
      expect(found).toMatchObject({ configs: ['5', '6'], models: ['5', '6'], alarms: [NO_TRAFFIC] });
      expect(found.scaling).toEqual({ min: found.endpoint?.count, max: 2 * (found.endpoint?.count ?? 0) });
      expect(found.announced).toEqual(['promoted', 'promoted']);
      const update = run.calls.find(({ operation }) => operation === 'UpdateEndpoint');
      expect(update?.params).toMatchObject({
        RetainAllVariantProperties: true,
        ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DataCaptureConfig' }],
        DeploymentConfig: { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: routing } },
      });
      expect(
        order(
          run,
          'applicationautoscaling:DeregisterScalableTarget',
          'sagemaker:UpdateEndpoint',
          'applicationautoscaling:RegisterScalableTarget',
        ),
      ).toEqual([
        'applicationautoscaling:DeregisterScalableTarget',
        'sagemaker:UpdateEndpoint',
        'applicationautoscaling:RegisterScalableTarget',
      ]);
    });

    test('although the version before it is ill: guards see the new machines alone', async () => {
      const run = await approve6({}, CANARY, { errors: 0.9, latency: 9_000_000 });
      expect(left(run)).toMatchObject({ traffic: { 6: 100 }, alarms: [NO_TRAFFIC] });
      const guards = run.calls.filter(
        ({ operation, state }) => operation === 'PutMetricAlarm' && state.startsWith('Guard'),
      );
      const config = left(run).endpoint?.config;
      expect(guards.map(({ params }) => params)).toEqual([
        expect.objectContaining({
          AlarmName: `${config}-latencyP95`,
          MetricName: 'ModelLatency',
          ExtendedStatistic: 'p95',
          Threshold: 1_000_000,
          Dimensions: expect.arrayContaining([{ Name: 'EndpointConfigName', Value: config }]),
        }),
        expect.objectContaining({
          AlarmName: `${config}-errorRate`,
          MetricName: 'Invocation5XXErrors',
          Statistic: 'Average',
          Threshold: 0.01,
          Dimensions: expect.arrayContaining([{ Name: 'EndpointConfigName', Value: config }]),
        }),
      ]);
      for (const { params } of guards)
        expect(params).toMatchObject({ TreatMissingData: 'notBreaching', ComparisonOperator: 'GreaterThanThreshold' });
    });

    test('whose values are below the thresholds, in the units of the metrics', async () => {
      expect(left(await approve6({ latency: 990_000, errors: 0.009 }))).toMatchObject({ traffic: { 6: 100 } });
    });

    test('and keeps the version before, and none before that', async () => {
      const six = await approve6();
      const seven = await judge.run(later(six, { approved: 7 }));
      expect(left(seven)).toMatchObject({ traffic: { 7: 100 }, configs: ['6', '7'], models: ['6', '7'] });
      expect(left(seven).record).toMatchObject({ version: '7', previous: { version: '6' } });
    });

    test('and removes nothing that only looks like its own', async () => {
      const request = later(await served(), { approved: 6 });
      const state = request.world.state as { sagemaker: { models: Record<string, unknown> } };
      const others = [`${ENDPOINT}--4-0a1b2c3d`, `${ENDPOINT}-x--4-0a1b2c3d`, `${ENDPOINT}--notes`];
      const [model] = Object.values(state.sagemaker.models) as { tags: object }[];
      for (const name of others) state.sagemaker.models[name] = { ...model, tags: { 'mlops-endpoint': 'another' } };
      const run = await judge.run(request);
      expect(left(run)).toMatchObject({ traffic: { 6: 100 }, announced: ['promoted', 'promoted'] });
      expect(Object.keys(left(run).modelsByName)).toEqual(expect.arrayContaining(others));
      expect(order(run, 'sagemaker:ListTags')).toHaveLength(1);
    });
  });

  describe('takes a version back that is ill', () => {
    test.each<[string, ServingProps, Behaviour, readonly object[], string]>([
      ['errors in a canary', CANARY, BAD, [{ 5: 100 }, { 5: 50, 6: 50 }, { 5: 100 }], 'guard errorRate'],
      [
        'latency in a canary',
        CANARY,
        { latency: 1_100_000 },
        [{ 5: 100 }, { 5: 50, 6: 50 }, { 5: 100 }],
        'guard latencyP95',
      ],
      ['errors in a linear rollout', LINEAR, BAD, [{ 5: 100 }, { 5: 75, 6: 25 }, { 5: 100 }], 'guard errorRate'],
      ['errors all at once', AT_ONCE, { errors: 0.011 }, [{ 5: 100 }, { 6: 100 }, { 5: 100 }], 'guard errorRate'],
      ['a container that does not start', CANARY, { starts: false }, [{ 5: 100 }, { 5: 100 }], 'the service itself'],
    ])('%s', async (_, props, behaviour, history, why) => {
      const run = await approve6(behaviour, props);
      expect(run).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'rolled-back', detail: expect.stringContaining(why) },
      });
      const found = left(run);
      expect(found).toMatchObject({ status: 'InService', traffic: { 5: 100 }, history, locks: [] });
      expect(found).toMatchObject({ configs: ['5'], models: ['5'], alarms: [NO_TRAFFIC], scalingAlarms: 1 });
      expect(found.scaling?.min).toBe(found.endpoint?.count);
      expect(found.record).toMatchObject({ version: '5', decided: { version: '6', outcome: 'rolled-back' } });
      expect(found.record).not.toHaveProperty('previous');
      expect(found.announced).toEqual(['promoted', 'rolled-back']);
      expect(found.said).toEqual(
        expect.arrayContaining(['Version: 6', expect.stringMatching(/^Serves: version 5 /), outcomeOf(run).detail]),
      );
    });

    test('but not without guards', async () => {
      const props: ServingProps = {
        serving: { rollout: { strategy: 'allAtOnce', bake: '5 minutes', guards: [] } },
      };
      expect(left(await approve6(BAD, props))).toMatchObject({ traffic: { 6: 100 }, alarms: [NO_TRAFFIC] });
    });

    test('and tries it again when a person says so', async () => {
      const back = await approve6(BAD);
      const again = await judge.run(
        later(back, { input: { action: 'promote', version: 6, reason: 'mended' }, behaviours: { 6: {} } }),
      );
      expect(left(again)).toMatchObject({ traffic: { 6: 100 }, announced: ['promoted', 'rolled-back', 'promoted'] });
    });
  });

  describe('raises an alarm that names the manual step', () => {
    test('when the way back fails, and goes on from there with a version that works', async () => {
      const run = await approve6({ ...BAD, rollsBack: false });
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'rollback-failed' } });
      expect(left(run)).toMatchObject({
        status: 'UpdateRollbackFailed',
        traffic: { 5: 50, 6: 50 },
        announced: ['promoted', 'rollback-failed'],
        configs: ['5', '6'],
        scaling: undefined,
        locks: [],
      });
      const mended = await judge.run(later(run, { input: { version: 5 } }));
      expect(left(mended)).toMatchObject({ status: 'InService', traffic: { 5: 100 }, configs: ['5'] });
      expect(left(mended).scaling).toEqual({ min: 2, max: 4 });
    });

    test('when an update breaks the endpoint, and makes it anew with a version that works', async () => {
      const run = await approve6({ breaks: true });
      expect(run).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'rollback-failed', detail: expect.stringContaining('Failed') },
      });
      expect(left(run)).toMatchObject({ status: 'Failed', announced: ['promoted', 'rollback-failed'] });
      const mended = await judge.run(later(run, { input: { version: 5 } }));
      expect(left(mended)).toMatchObject({ status: 'InService', traffic: { 5: 100 }, configs: ['5'] });
      expect(left(mended).announced.at(-1)).toBe('promoted');
    });
  });

  describe('by hand', () => {
    test('promotes a version by its number or its ARN', async () => {
      for (const input of [{ version: '6' }, { version: 6 }, { packageArn: packageArn(6), action: 'promote' }]) {
        const run = await judge.run(later(await served(), { input, approvals: SIX }));
        expect(left(run)).toMatchObject({ traffic: { 6: 100 } });
        expect(left(run).said).toContain('None was given.');
      }
    });

    test('goes back to the version before, all at once and guarded', async () => {
      const input = { action: 'rollback', reason: 'customers "complain"' };
      const run = await judge.run(later(await approve6(), { input }));
      expect(left(run)).toMatchObject({ traffic: { 5: 100 }, configs: ['5', '6'], alarms: [NO_TRAFFIC] });
      expect(left(run).record).toMatchObject({ version: '5', previous: { version: '6' } });
      expect(left(run).history.at(-1)).toEqual({ 5: 100 });
      expect(left(run).said).toEqual(expect.arrayContaining(['Action: rollback', 'customers "complain"']));
      const update = run.calls.find(({ operation }) => operation === 'UpdateEndpoint');
      expect(update?.params.DeploymentConfig).toMatchObject({
        BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE' } },
        AutoRollbackConfiguration: { Alarms: expect.arrayContaining([{ AlarmName: expect.stringContaining('-5-') }]) },
      });
    });

    test('goes back to a version that is named', async () => {
      const six = await approve6();
      const seven = await judge.run(later(six, { input: { version: 7 }, approvals: { 7: 'Approved' } }));
      const run = await judge.run(later(seven, { input: { action: 'rollback', version: 5 } }));
      expect(left(run)).toMatchObject({ traffic: { 5: 100 }, configs: ['5', '7'] });
    });

    test('says that there is nothing to go back to', async () => {
      const run = await judge.run(later(await served(), { input: { action: 'rollback' } }));
      expect(run).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'failed', detail: expect.stringContaining('no version to go back to') },
      });
      expect(left(run)).toMatchObject({ traffic: { 5: 100 }, announced: ['promoted', 'rollout-failed'], locks: [] });
      expect(left(run).scaling).toEqual({ min: 2, max: 4 });
    });

    test.each<[string, unknown, RegExp]>([
      ['no version', {}, /No version is given/],
      ['nothing at all', 'oops', /No version is given/],
      ['another action', { action: 'delete', version: 6 }, /not delete/],
      ['a version that is no number', { version: 'latest' }, /latest is no version of this model/],
      ['a version of six digits', { version: 100_000 }, /is no version of this model/],
      ['a version of another model', { packageArn: packageArn(6).replace(ENDPOINT, 'other') }, /is no version of this/],
      ['a version that does not exist', { version: 99 }, /does not exist/],
    ])('says what is wrong with %s, and touches nothing', async (_, input, cause) => {
      const run = await judge.run(later(await served(), { input }));
      expect(run).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'failed', detail: expect.stringMatching(cause) },
      });
      expect(left(run)).toMatchObject({ traffic: { 5: 100 }, announced: ['promoted', 'rollout-failed'], locks: [] });
    });
  });

  describe('leaves everything as it is', () => {
    test('for the version that serves, and puts right what is around it', async () => {
      const before = await served();
      const request = later(before, { input: { version: 5 } });
      const state = request.world.state as Record<string, Record<string, unknown>>;
      const drifted = { ...state, applicationautoscaling: { targets: {}, policies: {} }, cloudwatch: { alarms: {} } };
      const run = await judge.run({ ...request, world: { ...request.world, state: drifted } });
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'noop' } });
      expect(callNames(run)).not.toContain('sagemaker:UpdateEndpoint');
      expect(left(run)).toMatchObject({ traffic: { 5: 100 }, alarms: [NO_TRAFFIC], scaling: { min: 2, max: 4 } });
      expect(left(run).announced).toEqual(['promoted']);
    });

    test.each(['Rejected', 'PendingManualApproval'] as const)(
      'for a version that is %s when its turn comes',
      async (approval) => {
        const run = await judge.run(later(await served(), { approved: 6, approvals: { 6: approval } }));
        expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'withdrawn' } });
        expect(left(run)).toMatchObject({
          traffic: { 5: 100 },
          configs: ['5'],
          announced: ['promoted', 'rollout-withdrawn'],
        });
        expect(left(run).said).toContain(`Its approval status is ${approval}.`);
      },
    );

    test('for a model that has no shell any more', async () => {
      const run = await judge.run(request({ owned: false }));
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'withdrawn' } });
      expect(left(run)).toMatchObject({ status: 'Absent', models: [], announced: ['rollout-withdrawn'] });
    });

    test('for a name that something else has', async () => {
      const [config = ''] = Object.keys(left(await approve6()).configsByName).filter((name) => name.includes('-6-'));
      const asked = later(await served(), { approved: 6 });
      const state = asked.world.state as { sagemaker: { models: Record<string, object> } };
      const [model] = Object.values(state.sagemaker.models);
      state.sagemaker.models[config] = { ...model, ExecutionRoleArn: 'arn:aws:iam::111111111111:role/another' };
      const run = await judge.run(asked);
      expect(run).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'failed', detail: expect.stringContaining(`something else by the name ${config}`) },
      });
      expect(left(run)).toMatchObject({ traffic: { 5: 100 }, announced: ['promoted', 'rollout-failed'] });
    });
  });

  describe('takes over what the spec says now', () => {
    test('with the next rollout of the same version, which the one before stays the way back from', async () => {
      const six = await approve6();
      const run = await judge.run(later(six, { input: { version: 6 }, props: LINEAR }));
      expect(left(run)).toMatchObject({ traffic: { 6: 100 }, scaling: { min: 4, max: 8 } });
      expect(left(run).endpoint?.count).toBe(4);
      expect(left(run).endpoint?.config).not.toBe(left(six).endpoint?.config);
      expect(left(run).record).toMatchObject({ version: '6', previous: { version: '5' } });
      expect(left(run).configs).toEqual(['5', '6']);
    });

    test('and a fleet that the spec allows keeps its size', async () => {
      const asked = later(await served(), { input: { version: 6 }, approvals: SIX });
      const state = asked.world.state as { sagemaker: { endpoints: Record<string, { count: number }> } };
      for (const endpoint of Object.values(state.sagemaker.endpoints)) endpoint.count = 4;
      const run = await judge.run(asked);
      expect(left(run).endpoint?.count).toBe(4);
      expect(left(run).history).toContainEqual({ 5: 75, 6: 25 });
    });

    test('machines with local storage get no key, and requests are recorded where the spec says so, by version', async () => {
      const props: ServingProps = { serving: { accelerator: { type: 'l4' }, capture: { sampling: '20%' } } };
      const run = await judge.run(request({ props }));
      const [config] = Object.values(left(run).configsByName);
      expect(config).not.toHaveProperty('KmsKeyId');
      expect(config).toMatchObject({
        ProductionVariants: [{ InstanceType: 'ml.g6.xlarge' }],
        DataCaptureConfig: {
          EnableCapture: true,
          InitialSamplingPercentage: 20,
          DestinationS3Uri: expect.stringMatching(/\/serving\/captures\/detector\/5$/),
          KmsKeyId: expect.stringContaining('Artifacts'),
          CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
        },
      });
    });

    test('and without an alarm for no traffic, deletes the one from before', async () => {
      const props: ServingProps = { ...CANARY, monitoring: { noTraffic: 'off' } };
      const run = await judge.run(later(await served(), { input: { version: 5 }, props }));
      expect(left(run)).toMatchObject({ alarms: [], traffic: { 5: 100 } });
    });
  });

  describe('keeps on record since when a version serves', () => {
    test('though it is configured anew, on machines of other settings', async () => {
      const six = await approve6();
      const { record, endpoint } = left(six);
      expect(Date.parse(record?.at ?? '')).toBeGreaterThan(START);
      const run = await judge.run(later(six, { input: { version: 6 }, props: LINEAR, afterSeconds: 86_400 }));
      expect(left(run).endpoint?.config).not.toBe(endpoint?.config);
      expect(left(run).record).toMatchObject({ version: '6', config: left(run).endpoint?.config, at: record?.at });
    });

    test('and anew when another one does, be it one that served before', async () => {
      const since = (run: Awaited<ReturnType<typeof served>>) => Date.parse(left(run).record?.at ?? '');
      const [five, six] = [await served(), await approve6()];
      expect(since(six)).toBeGreaterThan(Date.parse(five.world.now));
      expect(since(six)).toBeLessThanOrEqual(Date.parse(six.world.now));
      const back = await judge.run(later(six, { input: { action: 'rollback' } }));
      expect(left(back).record).toMatchObject({ version: '5' });
      expect(since(back)).toBeGreaterThan(Date.parse(six.world.now));
    });
  });

  test('follows what serves, whoever put it there', async () => {
    const asked = later(await approve6(), { approved: 7 });
    const state = asked.world.state as { ssm: { parameters: Record<string, { value: string }> } };
    state.ssm.parameters[CHAMPION] = {
      value: JSON.stringify({
        version: '4',
        packageArn: packageArn(4),
        config: `${ENDPOINT}--4-0a1b2c3d`,
        at: instant(START),
      }),
    };
    const run = await judge.run(asked);
    expect(left(run).record).toMatchObject({ version: '7', previous: { version: '6', packageArn: packageArn(6) } });
  });
});
