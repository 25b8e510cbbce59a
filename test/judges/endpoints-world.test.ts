import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AslJudge } from '../support/asl-judge';
import { machine, task } from '../support/asl-states';
import { describeJudge } from '../support/describe-judge';

/** What the fakes of endpoints, alarms and scaling do, apart from any machine of ours. */

const E = { EndpointName: 'e' };
const PACKAGE = 'arn:aws:sagemaker:eu-central-1:111111111111:model-package/m/';
const ROLE = 'arn:aws:iam::111111111111:role/r';
const SCALING = {
  ServiceNamespace: 'sagemaker',
  ResourceId: 'endpoint/e/variant/main',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
};

/** A call, or seconds to wait. */
type Step = readonly [integration: string, args: object] | number;

/** A machine that takes these steps, and puts out what the last one gives or the error that it ends with. */
function steps(all: readonly Step[]): object {
  const named = all.map((step, i) => {
    const Next = i + 1 < all.length ? `Step${i + 1}` : 'Done';
    const rest = {
      Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput %}', Next: 'Failed' }],
      Next,
    };
    const state =
      typeof step === 'number' ? { Type: 'Wait', Seconds: step, Next } : task(`aws-sdk:${step[0]}`, step[1], rest);
    return [`Step${i}`, state] as const;
  });
  return machine({ ...Object.fromEntries(named), Done: { Type: 'Succeed' }, Failed: { Type: 'Succeed' } });
}

const config = (version: number, more: object = {}, variant: object = {}): Step => [
  'sagemaker:createEndpointConfig',
  {
    EndpointConfigName: `c${version}`,
    ProductionVariants: [
      {
        VariantName: 'main',
        ModelName: `m${version}`,
        InstanceType: 'ml.m5.xlarge',
        InitialInstanceCount: 2,
        ...variant,
      },
    ],
    ...more,
  },
];
const model = (version: number): Step => [
  'sagemaker:createModel',
  {
    ModelName: `m${version}`,
    Containers: [{ ModelPackageName: `${PACKAGE}${version}` }],
    ExecutionRoleArn: ROLE,
  },
];
const create: Step = ['sagemaker:createEndpoint', { ...E, EndpointConfigName: 'c1' }];
const look: Step = ['sagemaker:describeEndpoint', E];
const register: Step = [
  'applicationautoscaling:registerScalableTarget',
  { ...SCALING, MinCapacity: 2, MaxCapacity: 4 },
];
const deregister: Step = ['applicationautoscaling:deregisterScalableTarget', SCALING];
const policy: Step = [
  'applicationautoscaling:putScalingPolicy',
  {
    ...SCALING,
    PolicyName: 'p',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: { TargetValue: 1 },
  },
];
const serving: readonly Step[] = [model(1), config(1), create, 300];
const servingAndNext: readonly Step[] = [...serving, model(2), config(2)];

const dimensions = (more: Readonly<Record<string, string>> = {}) => ({
  Dimensions: Object.entries({ EndpointName: 'e', VariantName: 'main', ...more }).map(([Name, Value]) => ({
    Name,
    Value,
  })),
});
const alarm = (name: string, more: object = {}): Step => [
  'cloudwatch:putMetricAlarm',
  {
    AlarmName: name,
    Namespace: 'AWS/SageMaker',
    MetricName: 'Invocation5XXErrors',
    Statistic: 'Average',
    ...dimensions(),
    Period: 60,
    EvaluationPeriods: 3,
    Threshold: 0.01,
    ComparisonOperator: 'GreaterThanThreshold',
    ...more,
  },
];

const update = (deployment: object = {}): Step => [
  'sagemaker:updateEndpoint',
  { ...E, EndpointConfigName: 'c2', DeploymentConfig: deployment },
];
const percent = (Value: number) => ({ Type: 'CAPACITY_PERCENT', Value });
const canary = (more: object = {}, size = 10) => ({
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: { Type: 'CANARY', WaitIntervalInSeconds: 600, CanarySize: percent(size) },
    ...more,
  },
});
const guardedBy = (name: string) => ({ AutoRollbackConfiguration: { Alarms: [{ AlarmName: name }] } });

const REFUSED: readonly (readonly [what: string, steps: readonly Step[], message: RegExp])[] = [
  [
    'a name that is taken',
    [model(1), config(1), config(1)],
    /^Cannot create already existing endpoint configuration "arn:/,
  ],
  ['a configuration of a model that is not there', [config(1)], /^Could not find model "arn:/],
  [
    'a key on local storage',
    [model(1), config(9, { KmsKeyId: 'k' }, { ModelName: 'm1', InstanceType: 'ml.g6.xlarge' })],
    /local storage/,
  ],
  ['a package that does not exist', [model(9)], /does not exist/],
  ['alarms that do not exist', [...servingAndNext, update(guardedBy('a'))], /alarms do not exist/],
  [
    'waits that are longer than the update may take',
    [...servingAndNext, update(canary({ MaximumExecutionTimeoutInSeconds: 1200 }))],
    /larger than the total waiting time/,
  ],
  ['a canary of more than half', [...servingAndNext, update(canary({}, 60))], /at most 50%/],
  [
    'another machine under scaling',
    [...serving, register, model(2), config(2, {}, { InstanceType: 'ml.m5.2xlarge' }), update()],
    /deregistered as scalable targets/,
  ],
  ['an alarm with two statistics', [alarm('a', { ExtendedStatistic: 'p95' })], /Exactly one of Statistic/],
  ['an alarm over more than a day', [alarm('a', { EvaluationPeriods: 2000 })], /more than 86400 seconds/],
  ['the deletion of alarms that are not there', [['cloudwatch:deleteAlarms', { AlarmNames: ['a'] }]], /not found/],
  [
    'metrics in a namespace of AWS',
    [['cloudwatch:putMetricData', { Namespace: 'AWS/SageMaker', MetricData: [{ MetricName: 'm' }] }]],
    /AWS\//,
  ],
  ['the end of scaling that nobody registered', [deregister], /No scalable target/],
];

describeJudge('asl', 'the world of endpoints', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());

  const run = (all: readonly Step[], sagemaker: object = {}) =>
    judge.run({
      definition: steps(all),
      world: {
        kind: 'endpoints',
        state: { sagemaker: { versions: { [`${PACKAGE}1`]: 'Approved', [`${PACKAGE}2`]: 'Approved' }, ...sagemaker } },
      },
    });
  const answer = async (all: readonly Step[], sagemaker?: object) => (await run(all, sagemaker)).output;
  const refusal = async (all: readonly Step[]) => ((await answer(all)) as { Cause?: string }).Cause;

  describe('an endpoint', () => {
    test('is on its way until its machines have started', async () => {
      expect(await answer([model(1), config(1), create, look])).toMatchObject({ EndpointStatus: 'Creating' });
      expect(await answer([...serving, look])).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'c1' });
      expect(await answer([...serving, look], { behaviours: { 1: { starts: false } } })).toMatchObject({
        EndpointStatus: 'Failed',
        FailureReason: expect.stringContaining('ping health check'),
      });
    });

    test('takes nothing while it is on its way', async () => {
      const busy = /^Cannot update in-progress endpoint/;
      expect(await refusal([model(1), config(1), create, ['sagemaker:deleteEndpoint', E]])).toMatch(busy);
      expect(await refusal([...servingAndNext, update(), update()])).toMatch(busy);
      expect(await refusal([model(1), config(1), create, register])).toContain('cannot be scaled');
    });

    test('is gone some time after it was deleted', async () => {
      const deleted: readonly Step[] = [...serving, ['sagemaker:deleteEndpoint', E]];
      expect(await answer([...deleted, look])).toMatchObject({ EndpointStatus: 'Deleting' });
      expect(await refusal([...deleted, 100, look])).toMatch(/^Could not find endpoint "arn:/);
    });

    test('uses a configuration and a model, which nobody deletes', async () => {
      const remove: Step = ['sagemaker:deleteEndpointConfig', { EndpointConfigName: 'c1' }];
      expect(await refusal([...serving, remove])).toContain('it is in use');
      expect(await refusal([...serving, ['sagemaker:deleteModel', { ModelName: 'm1' }]])).toContain('it is in use');
      expect(await refusal([...servingAndNext, update(), remove])).toContain('it is in use');
    });
  });

  test.each(REFUSED)('refuses %s, as AWS does', async (_, all, message) => {
    expect(await refusal(all)).toMatch(message);
  });

  describe('an update', () => {
    /** Traffic by configuration with the time of each change, and the status in the end. */
    const history = async (all: readonly Step[], sagemaker?: object) => {
      const { endpoints } = (await run([...all, 7200], sagemaker)).world.state.sagemaker as {
        endpoints: { e: { history: [string, object][]; status: string } };
      };
      return [...endpoints.e.history.map(([at, shares]) => [at.slice(11, 16), shares]), endpoints.e.status];
    };
    const first = ['00:04', { c1: 100 }];
    const half = ['00:09', { c1: 50, c2: 50 }];
    const whole = [first, half, ['00:19', { c2: 100 }], 'InService'];

    test('moves whole machines, and waits after each step', async () => {
      expect(await history([...servingAndNext, update(canary({ TerminationWaitInSeconds: 300 }))])).toEqual(whole);
    });

    test('is taken back by an alarm that it names, once enough periods were bad', async () => {
      const ofNew = alarm('a', dimensions({ EndpointConfigName: 'c2' }));
      const all = [...servingAndNext, ofNew, update({ ...canary(), ...guardedBy('a') })];
      const back = [first, half, ['00:13', { c1: 100 }], 'InService'];
      expect(await history(all, { behaviours: { 2: { errors: 0.5 } } })).toEqual(back);
      expect(await history(all, { behaviours: { 2: { errors: 0.009 } } })).toEqual(whole);
      expect(await history(all, { behaviours: { 1: { errors: 0.5 } } })).toEqual(whole);
      const stuck = await history(all, { behaviours: { 2: { errors: 0.5, rollsBack: false } } });
      expect(stuck).toEqual([first, half, 'UpdateRollbackFailed']);
    });

    test('is taken back for the version before it, where the alarm watches that too', async () => {
      const all = [...servingAndNext, alarm('a'), update({ ...canary(), ...guardedBy('a') })];
      const back = await history(all, { behaviours: { 1: { errors: 0.5 } } });
      expect(back.at(-2)).toEqual([expect.any(String), { c1: 100 }]);
    });

    test('is taken back when it takes longer than it may', async () => {
      const all = [...serving, 1100, model(2), config(2), update(canary({ MaximumExecutionTimeoutInSeconds: 1300 }))];
      const back = await history(all, { seconds: { start: 1000, rollback: 60, delete: 60 } });
      expect(back.slice(-2)).toEqual([[expect.any(String), { c1: 100 }], 'InService']);
    });
  });

  describe('an alarm', () => {
    const few = { MetricName: 'Invocations', Statistic: 'Sum', ComparisonOperator: 'LessThanThreshold', Threshold: 1 };
    const all: readonly Step[] = [
      ...serving,
      alarm('bad', { ...few, TreatMissingData: 'breaching' }),
      alarm('good', { ...few, TreatMissingData: 'notBreaching' }),
      alarm('unknown', few),
    ];
    const states = async (steps: readonly Step[], requests: number) => {
      const { alarms } = (await run(steps, { requests })).world.state.cloudwatch as {
        alarms: Record<string, { state: string }>;
      };
      return Object.entries(alarms).map(([name, { state }]) => `${name} ${state}`);
    };

    test('judges missing data as it says', async () => {
      expect(await states([...all, 1200], 0)).toEqual(['bad ALARM', 'good OK', 'unknown INSUFFICIENT_DATA']);
      expect(await states([...all, 1200], 60)).toEqual(['bad OK', 'good OK', 'unknown OK']);
    });

    test('of scaling goes with it', async () => {
      const scaled = await states([...all, register, policy, 1200], 60);
      expect(scaled.filter((name) => name.startsWith('TargetTracking-endpoint/e/variant/main-Alarm'))).toHaveLength(2);
      expect(await states([...all, register, policy, deregister], 60)).toHaveLength(3);
    });
  });

  test('lists come in pages, the newest first, and tags are asked for', async () => {
    const many = Array.from(
      { length: 12 },
      (_, i): Step => [
        'sagemaker:createModel',
        { ModelName: `x-${i}`, ExecutionRoleArn: ROLE, Tags: [{ Key: 'k', Value: `${i}` }] },
      ],
    );
    interface Page {
      readonly Models: readonly object[];
      readonly NextToken?: string;
    }
    const list = async (args: object) => (await answer([...many, ['sagemaker:listModels', args]])) as Page;
    const { Models, NextToken } = await list({ NameContains: 'X-' });
    expect(Models).toHaveLength(10);
    const rest = await list({ NameContains: 'x-', NextToken });
    expect(rest.Models).toHaveLength(2);
    expect(rest).not.toHaveProperty('NextToken');
    const ResourceArn = 'arn:aws:sagemaker:eu-central-1:111111111111:model/x-3';
    expect(await answer([...many, ['sagemaker:listTags', { ResourceArn }]])).toEqual({
      Tags: [{ Key: 'k', Value: '3' }],
    });
  });
});
