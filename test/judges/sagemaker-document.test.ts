import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import {
  deployedPipeline,
  LARGE_ON_CLUSTER,
  LARGE_PIPELINE,
  ON_AWS_ALONE,
  withValues,
} from '../support/large-pipeline';
import { EVERY_KIND, GATE_LAST, loadedPipeline, ON_CLUSTER, WITH_CLUSTER } from '../support/pipeline-spec';
import { documentOf } from '../support/sagemaker-document';
import { SageMakerJudge } from '../support/sagemaker-judge';

const { gate: _, ...ungated } = EVERY_KIND;
const { register: __, ...unregistered } = ungated;
const { steps } = EVERY_KIND;
const { train } = steps;
const trainedAs = (more: object) => ({ ...EVERY_KIND, steps: { ...steps, train: { ...train, ...more } } });

const PIPELINES = [
  ['one step of each kind', EVERY_KIND],
  [
    'one step',
    { image: 'a-1', steps: { train: { kind: 'training', outputs: ['model'] } }, register: { model: 'train.model' } },
  ],
  ['no gate', ungated],
  ['a gate that comes last', GATE_LAST],
  ['nothing to register', unregistered],
  ['a gate of which less is better', { ...EVERY_KIND, gate: { metric: 'evaluate.loss', atMost: 1 } }],
  ['several spot machines with storage of their own', trainedAs({ nodes: 4, accelerator: { type: 'l4', count: 4 } })],
  ['eight large accelerators for the longest time', trainedAs({ accelerator: { type: 'a100-40', count: 8 } })],
  [
    'several machines without accelerators, on demand',
    trainedAs({ nodes: 3, capacity: 'on-demand', accelerator: undefined, machine: 'large' }),
  ],
  [
    'accelerators where a model answers',
    { ...EVERY_KIND, steps: { ...steps, score: { ...steps.score, accelerator: { type: 't4' } } } },
  ],
  [
    'two conditions beside one another',
    {
      ...EVERY_KIND,
      steps: {
        ...steps,
        count: {
          kind: 'prediction',
          inputs: { data: 'prepare.test', model: 'train.model' },
          when: { metric: 'evaluate.loss', atMost: 1e-7 },
        },
      },
    },
  ],
  [
    'a check of data below a condition',
    { ...EVERY_KIND, steps: { ...steps, again: { kind: 'validation', dataset: 'chargebacks', after: ['score'] } } },
  ],
] as const;

/** What is written otherwise somewhere in the definition, and what the judge says of it. */
const FAULTS: readonly (readonly [string | RegExp, string, RegExp])[] = [
  ['"2020-12-01"', '"2020-12-02"', /Version is not/],
  ['"Name":"run-id"', '"Name":"run id"', /parameter run id: no name/],
  [
    '"Name":"gate-floor","Type":"Float"',
    '"Name":"gate-floor","Type":"String"',
    /compares the text Parameters.gate-floor/,
  ],
  ['{"Name":"trigger","Type":"String"},', '', /there is no Parameters.trigger/],
  ['"Parameters.snapshot-id-chargebacks"', '"Parameters.reason"', /parameter snapshot-id-chargebacks is used nowhere/],
  ['"DependsOn":["check"]', '"DependsOn":["chekc"]', /prepare: waits for chekc, which is no step/],
  ['"DependsOn":["check"]', '"DependsOn":["score"]', /prepare: waits for score, which may not run/],
  ['"DependsOn":["check"]', '"DependsOn":["evaluate"]', /prepare: waits for itself/],
  ['"Name":"evaluate"', '"Name":"check"', /two steps of one name/],
  ['"ExpireAfter":"PT10080M"', '"ExpireAfter":"PT604800S"', /caches for PT604800S/],
  ['"SageMaker.JOB_INTERNAL_ERROR"', '"Step.THROTTLING"', /retries .* together/],
  ['"MaxAttempts":2', '"MaxAttempts":21', /retries 1 to 20 times/],
  ['"Type":"GreaterThanOrEqualTo"', '"Type":"GreaterThanOrEqual"', /no comparison/],
  ['"MaxRuntimeInSeconds"', '"MaxRuntime"', /Unknown parameter|Missing required/],
  ['"MaxRuntimeInSeconds":7200', '"MaxRuntimeInSeconds":777601', /777601 are more than 777600/],
  ['"ModelApprovalStatus":"Pending', '"ModelApprovalStatus":"Waiting', /'WaitingManualApproval' cannot be/],
  ['"InstanceType":"ml.m5.', '"InstanceType":"ml.m55.', /'ml\.m55\.\w+' cannot be/],
  ['"RoleArn":"arn:aws:iam::111111111111:role/steps",', '', /Missing required parameter in input: "RoleArn"/],
  ['"--days","90"', `"--days","${'9'.repeat(257)}"`, /257 are more than 256/],
  [/"--days"/, Array(101).fill('"--days"').join(), /are more than 100/],
  ["Outputs['train']", "Outputs['trian']", /prepare has no output trian/],
  ['.TrainingJobName', '.TrainingJobNam', /has no TrainingJobNam/],
  ["['train'].S3Output.S3Uri", "['train'].S3Output", /is a structure/],
  [
    '"PropertyFile":{"Get":"Steps.evaluate.PropertyFiles.metrics',
    '"PropertyFile":{"Get":"Steps.evaluate.PropertyFiles.other',
    /no property file/,
  ],
  [
    '"PropertyFileName":"metrics","OutputName":"metrics"',
    '"PropertyFileName":"metrics","OutputName":"other"',
    /is in no output/,
  ],
  ['Execution.PipelineExecutionArn', 'Execution.Arn', /there is no Execution.Arn/],
  [/"\/output\/model\/"/g, '"/output/model"', /ends with a slash/],
  ['"MaxWaitTimeInSeconds"', '"KeepAlivePeriodInSeconds"', /Unknown parameter/],
  [/"MaxWaitTimeInSeconds":\d+/, '"MaxWaitTimeInSeconds":60', /waits less than it runs/],
  [
    '"LocalPath":"/opt/ml/processing/output/test"',
    '"LocalPath":"/opt/ml/processing/output/train"',
    /two in one folder/,
  ],
  ['"LocalPath":"/opt/ml/processing/output/test"', '"LocalPath":"/data/test"', /not below/],
  ['"InputName":"labels"', '"InputName":"transactions"', /two of one name/],
  [/"InstanceType":"ml.g6.[^}]*?"VolumeSizeInGB":\d+/, '$&,"VolumeKmsKeyId":"k"', /storage of its own/],
  [/("NetworkConfig":\{[^{]*),"VpcConfig":\{[^}]*\}/, '$1', /check: runs outside of the network/],
  [/"VpcConfig":\{[^}]*\},("EnableInter)/, '$1', /train: runs outside of the network/],
  [/("ProcessingOutputConfig":\{)"KmsKeyId":"[^"]*",/, '$1', /check: what it writes is not encrypted/],
  [/"KmsKeyId":"[^"]*",("CompressionType")/, '$1', /train: what it writes is not encrypted/],
  ['"EnableNetworkIsolation":true', '"EnableNetworkIsolation":false', /check: code of the platform/],
  [/"EnableNetworkIsolation":false/g, '"EnableNetworkIsolation":true', /train: code of a user is cut off/],
  [/"InstanceCount":1(,[^}]*\},"StoppingCondition":\{[^}]*Wait)/, '"InstanceCount":2$1', /train: nodes speak/],
];

describeJudge('templates', 'the definition of a pipeline of SageMaker', () => {
  let judge: SageMakerJudge;
  beforeAll(async () => {
    judge = await SageMakerJudge.start();
  });
  afterAll(() => judge?.[Symbol.asyncDispose]());

  it.each(PIPELINES)('with %s is one that the service takes', async (_what, pipeline) => {
    expect(await judge.problems(documentOf(pipeline))).toEqual([]);
  });

  it.each(FAULTS.map((fault) => [fault[2], ...fault] as const))('says otherwise: %s', async (said, right, wrong) => {
    const text = JSON.stringify(documentOf());
    const broken = text.replace(right, wrong);
    expect(broken).not.toBe(text);
    expect((await judge.problems(JSON.parse(broken))).join('\n')).toMatch(said);
  });

  describe('that is a file, as it is large,', () => {
    const { document, given } = deployedPipeline(
      loadedPipeline(LARGE_PIPELINE, { ...ON_AWS_ALONE, aws: { region: 'eu-central-1' } }),
    );

    const filled = (values: Readonly<Record<string, string>>) => ({
      ...document,
      Parameters: document.Parameters.filter(({ Name }) => !(Name in values)),
      Steps: withValues(document.Steps, values),
    });

    it('is one that the service takes, by its parameters and with their values', async () => {
      expect(await judge.problems(document)).toEqual([]);
      expect(await judge.problems(filled(given))).toEqual([]);
    });

    it('and so it is with a step on the cluster', async () => {
      const { document: large } = deployedPipeline(
        loadedPipeline(LARGE_ON_CLUSTER, { ...WITH_CLUSTER, ...ON_AWS_ALONE }),
      );
      expect(large.Steps.map(({ Type }) => Type)).toContain('Callback');
      expect(await judge.problems(large)).toEqual([]);
    });

    it.each([
      ['"Parameters.deployed-key"', '"Parameters.deployed-kye"', /there is no Parameters\.deployed-kye/],
      ['{"Name":"deployed-subnet-1","Type":"String"},', '', /there is no Parameters\.deployed-subnet-1/],
      [/"Parameters.deployed-files"/g, '"Parameters.deployed-key"', /parameter deployed-files is used nowhere/],
    ])('and is none with %s as %s', async (right, wrong, said) => {
      const broken = JSON.stringify(document).replace(right, wrong);
      expect((await judge.problems(JSON.parse(broken))).join('\n')).toMatch(said);
    });

    it('and is none where a value is none of its argument', async () => {
      const found = await judge.problems(filled({ ...given, 'deployed-step-role': given['deployed-files'] ?? '' }));
      expect(found.join('\n')).toMatch(/RoleArn: 's3:\/\/[^']*' cannot be/);
    });
  });

  it('has no more parameters than a run is given', async () => {
    const document = documentOf();
    const more = Array.from({ length: 200 }, (_, i) => ({ Name: `more-${i}`, Type: 'String' }));
    const Parameters = [...document.Parameters, ...more];
    expect((await judge.problems({ ...document, Parameters })).join('\n')).toMatch(/210 parameters/);
  });

  /** Nothing is registered that may not be made. */
  const PREDICTS = { gate: undefined, register: undefined, kind: 'prediction' };
  const onCluster = (train: object = {}, { kind = 'processing', ...more }: Readonly<Record<string, unknown>> = {}) => {
    const { prepare, train: trained, evaluate } = ON_CLUSTER.steps;
    const steps = {
      prepare: { ...prepare, metrics: ['rows'] },
      train: { ...trained, ...train },
      evaluate: { ...evaluate, kind },
    };
    return documentOf({ ...ON_CLUSTER, steps, ...more }, {}, WITH_CLUSTER);
  };

  it.each([
    ['a training on the batch cluster', onCluster()],
    ['one that runs on a condition', onCluster({ when: { metric: 'prepare.rows', atLeast: 10 } }, PREDICTS)],
  ])('with %s is one that the service takes', async (_what, document) => {
    expect(await judge.problems(document)).toEqual([]);
  });

  it.each<[RegExp, string | RegExp, string]>([
    [/train: is handed over to no queue/, /"SqsQueueUrl":"[^"]+"/, '"SqsQueueUrl":"fraud-cluster-steps"'],
    [/a step of this type has no \['CacheConfig'\]/, '"Type":"Callback"', '"Type":"Callback","CacheConfig":{}'],
    [/a step of this type has no \['RetryPolicies'\]/, '"Type":"Callback"', '"Type":"Callback","RetryPolicies":[]'],
    [/hands over something nested/, '"step":"train"', '"step":{"name":"train"}'],
    [/no output parameter/, '"OutputType":"String"', '"OutputType":"Text"'],
    [/train answers no OutputParameters\['model'\]/, /OutputParameters\['folder'\]/g, "OutputParameters['model']"],
    [/prepare has no output trian/, "Outputs['train']", "Outputs['trian']"],
  ])('says of a training on the batch cluster: %s', async (said, right, wrong) => {
    const text = JSON.stringify(onCluster());
    const broken = text.replace(right, wrong);
    expect(broken).not.toBe(text);
    expect((await judge.problems(JSON.parse(broken))).join('\n')).toMatch(said);
  });

  it('fails with an ErrorMessage', async () => {
    const text = JSON.stringify(documentOf(GATE_LAST));
    const broken = text.replace('"ErrorMessage"', '"Message"');
    expect((await judge.problems(JSON.parse(broken))).join('\n')).toMatch(/has an ErrorMessage/);
  });

  it('has no condition within a condition, and no more than fifty steps', async () => {
    const document = documentOf();
    const gate = document.Steps.find(({ Name }) => Name === 'Gate');
    const nested = { ...gate, Name: 'Outer', Arguments: { ...gate?.Arguments, IfSteps: [gate], ElseSteps: [] } };
    const within = { ...document, Steps: [...document.Steps.filter((step) => step !== gate), nested] };
    expect((await judge.problems(within)).join('\n')).toMatch(/Gate: a condition within the condition Outer/);
    const many = Array.from({ length: 43 }, (_, i) => ({ ...document.Steps[0], Name: `check-${i}` }));
    expect((await judge.problems({ ...document, Steps: [...document.Steps, ...many] })).join('\n')).toMatch(/52 steps/);
  });
});
