import { describe, expect, it } from 'vitest';
import type { PipelinePlan } from '../../../lib/plan/pipeline/pipeline-plan';
import type { StepPlan } from '../../../lib/plan/pipeline/step-plan';
import { graphOf } from '../../support/ir-graph';
import { customJobs, renderedPipeline } from '../../support/pipeline-document';
import { EVERY_KIND, plannedPipeline } from '../../support/pipeline-spec';

const { steps } = EVERY_KIND;
const { after: _, ...prepare } = steps.prepare;

const PIPELINES = [
  ['one step of each kind', EVERY_KIND],
  [
    'a check that nothing waits for, and two conditions',
    {
      ...EVERY_KIND,
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

const snapshot = (dataset: string): string => `snapshot--${dataset}`;

/** What a step reads, as the document names it. */
const reads = (step: StepPlan): readonly string[] =>
  step.kind === 'validation'
    ? [`${snapshot(step.dataset)}.artifact > ${step.name}.data`]
    : step.inputs.map(({ argument, from }) =>
        'dataset' in from
          ? `${snapshot(from.dataset)}.artifact > ${step.name}.${argument}`
          : `${from.step}.${from.output} > ${step.name}.${argument}`,
      );

const datasets = (step: StepPlan): readonly string[] =>
  step.kind === 'validation'
    ? [step.dataset]
    : step.inputs.flatMap(({ from }) => ('dataset' in from ? from.dataset : []));

/** All that is done before a step begins. Steps below one condition begin together: where it is known to hold. */
function expectedBefore({ steps: all }: PipelinePlan): Readonly<Record<string, readonly string[]>> {
  const group = (step: StepPlan) =>
    step.conditionOf === undefined ? [step] : all.filter(({ conditionOf }) => conditionOf === step.conditionOf);
  const direct = (step: StepPlan): readonly string[] => {
    const beside = new Set(group(step).map(({ name }) => name));
    const outer = group(step).flatMap((one) => [
      ...one.after.filter((name) => !beside.has(name)),
      ...datasets(one).map(snapshot),
    ]);
    return [...outer, ...step.after];
  };
  const closure = (name: string): readonly string[] => {
    const step = all.find((one) => one.name === name);
    return step === undefined ? [] : direct(step).flatMap((other) => [other, ...closure(other)]);
  };
  return Object.fromEntries(all.map(({ name }) => [name, [...new Set(closure(name))].sort()]));
}

describe.each(PIPELINES)('the document of a pipeline with %s', (_what, pipeline) => {
  const plan = plannedPipeline(pipeline);
  const graph = graphOf(renderedPipeline(pipeline));
  const names = plan.steps.map(({ name }) => name);

  it('has the data edges of the plan', () => {
    const ofSteps = graph.data.filter((edge) => names.some((name) => edge.includes(` > ${name}.`)));
    expect(ofSteps).toEqual(plan.steps.flatMap(reads).sort());
  });

  it('has the order of the plan', () => {
    const { before } = graph;
    expect(Object.fromEntries(names.map((name) => [name, before[name]]))).toEqual(expectedBefore(plan));
    expect(before['version--registered']).toEqual(expect.arrayContaining([...(plan.register?.after ?? [])]));
    expect(before['run--outcome']).toEqual(
      Object.keys(before)
        .filter((name) => name !== 'run--outcome')
        .sort(),
    );
  });

  it('has the conditions of the plan, and the gate', () => {
    const { gate } = plan;
    const metric = (of: { step: string; metric: string }) => `${of.step}.${of.metric}`;
    const operator = { atLeast: '>=', atMost: '<=' } as const;
    const expected = Object.fromEntries(
      plan.steps.flatMap(({ name, conditionOf }) => {
        const on = plan.steps.find((step) => step.name === conditionOf);
        if (on === undefined || on.kind === 'validation' || on.when === undefined) return [];
        const { of, must, value } = on.when;
        return [[name, `${metric(of)} ${operator[must]} ${Number.isInteger(value) ? value.toFixed(1) : value}`]];
      }),
    );
    const gated =
      gate === undefined ? {} : { 'version--registered': `${metric(gate.of)} ${operator[gate.must]} run.gate-floor` };
    expect(graph.conditions).toEqual({ ...expected, ...gated });
  });
});

describe('the jobs of a pipeline', () => {
  const jobs = customJobs(renderedPipeline());

  it('run what the spec says, on machines that it asks for', () => {
    expect(jobs.prepare).toMatchObject({
      displayName: 'fraud-detector-pipeline-prepare',
      encryptionSpec: { kmsKeyName: expect.stringContaining('/cryptoKeys/artifacts') },
      jobSpec: {
        workerPoolSpecs: [
          {
            replicaCount: 1,
            machineSpec: { machineType: 'n2-standard-16' },
            diskSpec: { bootDiskType: 'pd-ssd', bootDiskSizeGb: 100 },
            containerSpec: {
              imageUri: expect.stringMatching(/\/training:fraud-1\.4\.0$/),
              command: ['python', '-m', 'fraud.prepare'],
            },
          },
        ],
        scheduling: { strategy: 'STANDARD', timeout: '7200s', disableRetries: true },
        serviceAccount: 'fraud-step-detector@fraud-ml.iam.gserviceaccount.com',
        pscInterfaceConfig: { networkAttachment: expect.stringContaining('/networkAttachments/') },
      },
    });
  });

  it('give accelerators and spot machines to trainings that ask for them', () => {
    expect(jobs.train).toMatchObject({
      jobSpec: {
        workerPoolSpecs: [
          { machineSpec: { machineType: 'g2-standard-4', acceleratorType: 'NVIDIA_L4', acceleratorCount: 1 } },
        ],
        scheduling: { strategy: 'SPOT' },
      },
    });
  });

  const training = (more: object) =>
    customJobs(renderedPipeline({ ...EVERY_KIND, steps: { ...steps, train: { ...steps.train, ...more } } })).train;

  it('have as many accelerators and as large a disk as is asked for', () => {
    expect(training({ accelerator: { type: 'l4', count: 8 }, disk: '500 GiB' })).toMatchObject({
      jobSpec: {
        workerPoolSpecs: [
          {
            machineSpec: { machineType: 'g2-standard-96', acceleratorType: 'NVIDIA_L4', acceleratorCount: 8 },
            diskSpec: { bootDiskSizeGb: 500 },
          },
        ],
      },
    });
  });

  it('boot from what their machine boots from', () => {
    const pools = (more: object) => ({ jobSpec: { workerPoolSpecs: [more] } });
    const hyperdisk = pools({ diskSpec: { bootDiskType: 'hyperdisk-balanced' } });
    expect(training({ accelerator: undefined, machine: 'small' })).toMatchObject(hyperdisk);
    expect(training({ accelerator: { type: 'rtx-pro-6000', count: 8 } })).toMatchObject(hyperdisk);
    expect(training({ accelerator: undefined, machine: 'medium' })).toMatchObject(
      pools({ diskSpec: { bootDiskType: 'pd-ssd' } }),
    );
  });

  it('check data on a disk as large as is asked for', () => {
    const onDisk = (disk?: string) =>
      customJobs(renderedPipeline({ ...EVERY_KIND, steps: { ...steps, check: { ...steps.check, disk } } })).check;
    const made = (bootDiskSizeGb: number) => ({ jobSpec: { workerPoolSpecs: [{ diskSpec: { bootDiskSizeGb } }] } });
    expect(onDisk()).toMatchObject(made(100));
    expect(onDisk('300 GiB')).toMatchObject(made(300));
  });

  it('are of one machine that leads the others, where there are several', () => {
    expect(training({ nodes: 4, capacity: 'on-demand' })).toMatchObject({
      jobSpec: {
        workerPoolSpecs: [{ replicaCount: 1 }, { replicaCount: 3 }],
        scheduling: { strategy: 'STANDARD', disableRetries: true },
      },
    });
  });

  it('begin again of themselves on spot machines alone, where several machines begin together', () => {
    const scheduling = (job: object | undefined) =>
      (job as { jobSpec: { scheduling: object } } | undefined)?.jobSpec.scheduling;
    const spot = (restartJobOnWorkerRestart: boolean) => ({
      strategy: 'SPOT',
      timeout: expect.any(String),
      restartJobOnWorkerRestart,
    });
    expect(scheduling(jobs.train)).toEqual(spot(false));
    expect(scheduling(training({ nodes: 4 }))).toEqual(spot(true));
    for (const name of ['check', 'prepare', 'evaluate', 'score', 'publish'])
      expect(scheduling(jobs[name]), name).toMatchObject({ disableRetries: true });
  });

  it('are tried again and used again as the spec says', () => {
    const { components } = renderedPipeline();
    const group = components['comp-run--steps'];
    const tasks = group !== undefined && 'dag' in group ? group.dag.tasks : {};
    expect(tasks.prepare).toMatchObject({ cachingOptions: { enableCache: true }, retryPolicy: { maxRetryCount: 2 } });
    expect(tasks.train).toMatchObject({ cachingOptions: {}, retryPolicy: { maxRetryCount: 1 } });
    expect(tasks.check).toMatchObject({ cachingOptions: {}, retryPolicy: { maxRetryCount: 1 } });
  });
});
