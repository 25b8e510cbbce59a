import { describe, expect, it } from 'vitest';
import type { PipelinePlan } from '../../../lib/plan/pipeline/pipeline-plan';
import { runParameters, snapshotParameter } from '../../../lib/plan/pipeline/run-parameters';
import type { StepPlan } from '../../../lib/plan/pipeline/step-plan';
import { EVERY_KIND, GATE_LAST, plannedPipeline } from '../../support/pipeline-spec';
import { documentOf } from '../../support/sagemaker-document';
import { gets, sagemakerGraph } from '../../support/sagemaker-graph';

const { steps, gate: _, ...ungated } = EVERY_KIND;
const { after: __, ...prepare } = steps.prepare;

const PIPELINES = [
  ['one step of each kind', EVERY_KIND],
  ['no gate', { ...ungated, steps }],
  ['a gate that comes last', GATE_LAST],
  [
    'a check that nothing waits for, and two conditions',
    {
      ...EVERY_KIND,
      gate: { metric: 'evaluate.loss', atMost: 0.4 },
      steps: {
        ...steps,
        prepare,
        count: {
          kind: 'prediction',
          after: ['check'],
          inputs: { data: 'prepare.test' },
          when: { metric: 'evaluate.loss', atMost: 1 },
        },
      },
    },
  ],
  [
    'nothing but a training',
    { image: 'a-1', steps: { train: { kind: 'training', outputs: ['model'] } }, register: { model: 'train.model' } },
  ],
] as const;

const run = (dataset: string): string => `run.${snapshotParameter(dataset)}`;

const reads = (step: StepPlan): readonly string[] =>
  step.kind === 'validation'
    ? [`${run(step.dataset)} > ${step.name}.data`]
    : step.inputs.map(({ argument, from }) =>
        'dataset' in from
          ? `${run(from.dataset)} > ${step.name}.${argument}`
          : `${from.step}.${from.output} > ${step.name}.${argument}`,
      );

/** All that is done before a step begins. Steps below one condition begin together: where it is known to hold. */
function before({ steps: all, register, gate }: PipelinePlan): Readonly<Record<string, readonly string[]>> {
  const group = (step: StepPlan) =>
    step.conditionOf === undefined ? [step] : all.filter(({ conditionOf }) => conditionOf === step.conditionOf);
  const whens = (step: StepPlan) => (step.kind === 'validation' || step.when === undefined ? [] : [step.when.of.step]);
  const direct = (step: StepPlan): readonly string[] => {
    const beside = new Set(group(step).map(({ name }) => name));
    const outer = group(step).flatMap((one) => [...one.after, ...whens(one)].filter((name) => !beside.has(name)));
    return [...outer, ...step.after];
  };
  const closed = (names: readonly string[]): readonly string[] => {
    const next = names.flatMap((name) => all.filter((step) => step.name === name).flatMap(direct));
    const found = [...new Set([...names, ...next])].sort();
    return found.length === new Set(names).size ? found : closed(found);
  };
  const registered = register === undefined ? [] : closed(register.after);
  return {
    ...Object.fromEntries(all.map((step) => [step.name, closed(direct(step))])),
    ...(register === undefined ? {} : { Register: registered }),
    ...(gate !== undefined && registered.length === all.length ? { GateFailed: registered } : {}),
  };
}

function conditions(plan: PipelinePlan): Readonly<Record<string, string>> {
  const { steps: all, gate, register } = plan;
  const sign = { atLeast: '>=', atMost: '<=' };
  const ofSteps = all.flatMap((step) => {
    const holder = all.find(({ name }) => name === step.conditionOf);
    if (holder === undefined || holder.kind === 'validation' || holder.when === undefined) return [];
    const { of, must, value } = holder.when;
    return [[step.name, `${of.step}.${of.metric} ${sign[must]} ${value}`]];
  });
  if (gate === undefined || register === undefined) return Object.fromEntries(ofSteps);
  const holds = `${gate.of.step}.${gate.of.metric} ${sign[gate.must]} run.gate-floor`;
  const failed = 'GateFailed' in before(plan) ? [['GateFailed', `not ${holds}`]] : [];
  return Object.fromEntries([...ofSteps, ['Register', holds], ...failed]);
}

describe.each(PIPELINES)('the definition of a pipeline with %s', (title, pipeline) => {
  const plan = plannedPipeline(pipeline);
  const document = documentOf(pipeline);
  const graph = sagemakerGraph(document);

  it('has the edges of the plan', () => {
    const checks = plan.steps.flatMap((step) => (step.kind === 'validation' ? [step.name] : []));
    // Code and rules of a check are the platform's own.
    const own = graph.data.filter((edge) => !checks.some((name) => new RegExp(`> ${name}\\.(code|rules)$`).test(edge)));
    expect(own).toEqual(plan.steps.flatMap(reads).sort());
  });

  it('waits for what the plan waits for', () => {
    expect(graph.before).toEqual(before(plan));
  });

  it('fails where the gate closes and nothing is beside it', () => {
    expect(graph.conditions.GateFailed !== undefined).toBe(title === 'a gate that comes last');
  });

  it('has the conditions and the gate of the plan', () => {
    expect(graph.conditions).toEqual(conditions(plan));
  });

  it('declares the parameters of a run, and asks for no other', () => {
    expect(document.Parameters.map(({ Name }) => Name)).toEqual(runParameters(plan).map(({ name }) => name));
    const asked = gets(document.Steps).filter((text) => text.startsWith('Parameters.'));
    expect(new Set(document.Parameters.map(({ Name }) => `Parameters.${Name}`))).toEqual(
      new Set([...asked, ...document.Parameters.map(({ Name }) => `Parameters.${Name}`)]),
    );
  });
});

describe('what a version says of itself', () => {
  const register = (pipeline?: unknown) => {
    const found = JSON.stringify(documentOf(pipeline)).match(/\{"Name":"Register".*?"GeneratedBy":\{[^}]*\}\}\}/)?.[0];
    return JSON.parse(`${found}}`).Arguments as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  const get = (name: string) => ({ Get: `Parameters.${name}` });

  it('is why and from what it was made', () => {
    const { CustomerMetadataProperties: fields, MetadataProperties: more, ...rest } = register();
    expect(fields).toEqual({
      'mlops-run': get('run-id'),
      'mlops-reason': get('reason'),
      'mlops-trigger': get('trigger'),
      'mlops-revision': get('revision'),
      'mlops-snapshot-transactions': get('snapshot-id-transactions'),
      'mlops-snapshot-chargebacks': get('snapshot-id-chargebacks'),
      'mlops-reference': {
        'Std:Join': {
          On: '',
          Values: [{ Get: "Steps.prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri" }, '/'],
        },
      },
    });
    expect(more).toMatchObject({ Repository: get('images'), CommitId: get('revision') });
    expect(rest).toMatchObject({
      ModelApprovalStatus: 'PendingManualApproval',
      ModelPackageGroupName: 'fraud-detector',
    });
    expect(gets(rest.ModelMetrics)).toEqual([
      "Steps.evaluate.ProcessingOutputConfig.Outputs['metrics'].S3Output.S3Uri",
    ]);
  });

  it('is nothing of metrics and reference where there are none', () => {
    const said = register(PIPELINES[4][1]);
    expect(said.CustomerMetadataProperties).not.toHaveProperty('mlops-reference');
    expect(said).not.toHaveProperty('ModelMetrics');
  });
});

it('tries a step again after faults of machines and of the service, a check of data too', () => {
  const step = (name: string) => documentOf().Steps.find(({ Name }) => Name === name);
  const attempts = (name: string) =>
    (step(name)?.RetryPolicies ?? []).flatMap(({ ExceptionType, MaxAttempts }) =>
      (ExceptionType as readonly string[]).map((fault) => `${fault} ${MaxAttempts}`),
    );
  expect(attempts('prepare')).toContain('SageMaker.JOB_INTERNAL_ERROR 2');
  expect(attempts('check')).toEqual([
    'Step.SERVICE_FAULT 1',
    'Step.THROTTLING 1',
    'SageMaker.JOB_INTERNAL_ERROR 1',
    'SageMaker.CAPACITY_ERROR 1',
    'SageMaker.RESOURCE_LIMIT 1',
  ]);
});

describe('the jobs of a definition', () => {
  const step = (name: string, pipeline?: unknown) =>
    JSON.parse(JSON.stringify(documentOf(pipeline).Steps.find(({ Name }) => Name === name)?.Arguments));

  it('are given what the step contract says', () => {
    expect(step('prepare').AppSpecification).toEqual({
      ImageUri: '111111111111.dkr.ecr.eu-central-1.amazonaws.com/fraud-training:fraud-1.4.0',
      ContainerEntrypoint: ['python', '-m', 'fraud.prepare'],
      ContainerArguments: [
        ...['--transactions', '/opt/ml/processing/input/transactions', '--labels', '/opt/ml/processing/input/labels'],
        ...['--train', '/opt/ml/processing/output/train', '--test', '/opt/ml/processing/output/test'],
        ...['--days', '90', '--with-weekends', 'true', '--currency', 'EUR'],
      ],
    });
    expect(step('train').AlgorithmSpecification.ContainerArguments).toEqual([
      ...['--train', '/opt/ml/input/data/train', '--model', '/opt/ml/model', '--rounds', '200'],
      ...['--checkpoints', '/opt/ml/checkpoints'],
    ]);
  });

  it('encrypt disks with the key of the platform, but those that machines encrypt themselves', () => {
    expect(step('prepare').ProcessingResources.ClusterConfig).toMatchObject({
      VolumeSizeInGB: 50,
      VolumeKmsKeyId: expect.stringContaining('arn:aws:kms'),
    });
    expect(step('train').ResourceConfig).toEqual({
      InstanceType: 'ml.g6.xlarge',
      InstanceCount: 1,
      VolumeSizeInGB: 30,
    });
  });

  const training = (more: object) =>
    step('train', { ...EVERY_KIND, steps: { ...steps, train: { ...steps.train, ...more } } });

  it('have as many accelerators and as large a disk as is asked for', () => {
    expect(training({ accelerator: { type: 'l4', count: 8 }, disk: '500 GiB' }).ResourceConfig).toMatchObject({
      InstanceType: 'ml.g6.48xlarge',
      VolumeSizeInGB: 500,
    });
  });

  it('check data on a disk that its snapshot fits on', () => {
    const onDisk = (disk?: string) => {
      const check = { ...steps.check, disk };
      return step('check', { ...EVERY_KIND, steps: { ...steps, check } }).ProcessingResources.ClusterConfig;
    };
    expect(onDisk()).toMatchObject({ VolumeSizeInGB: 100 });
    expect(onDisk('2 TiB')).toMatchObject({ VolumeSizeInGB: 2048 });
  });

  it('encrypt what several machines of a training say to one another', () => {
    expect(training({ nodes: 2 })).toMatchObject({ EnableInterContainerTrafficEncryption: true });
    expect(step('train')).toMatchObject({ EnableInterContainerTrafficEncryption: false });
  });

  it('keep checkpoints of spot machines in a folder of the run, and wait for such machines', () => {
    expect(step('train')).toMatchObject({
      EnableManagedSpotTraining: true,
      StoppingCondition: { MaxRuntimeInSeconds: 14_400 },
    });
    expect(gets(step('train').CheckpointConfig)).toEqual(['Parameters.run-id']);
    const onDemand = training({ capacity: 'on-demand' });
    expect(onDemand).not.toHaveProperty('CheckpointConfig');
    expect(onDemand.StoppingCondition).not.toHaveProperty('MaxWaitTimeInSeconds');
  });

  it('check data without a network, by what is given for it', () => {
    expect(step('check')).toMatchObject({ NetworkConfig: { EnableNetworkIsolation: true } });
    expect(() => documentOf(EVERY_KIND, { validation: undefined as never })).toThrow(
      'The step check checks transactions, and what that is checked against is not given.',
    );
  });
});
