import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { double, gateCondition, whenCondition } from '../../lib/gcp/training-pipeline/ir/condition';
import { describeJudge } from '../support/describe-judge';
import { KfpJudge } from '../support/kfp-judge';
import { customJobs, renderedPipeline } from '../support/pipeline-document';
import { EVERY_KIND } from '../support/pipeline-spec';

const { gate: _, ...ungated } = EVERY_KIND;
const { register: __, ...unregistered } = ungated;
const { steps } = EVERY_KIND;

const PIPELINES = [
  ['one step of each kind', EVERY_KIND],
  [
    'one step',
    { image: 'a-1', steps: { train: { kind: 'training', outputs: ['model'] } }, register: { model: 'train.model' } },
  ],
  ['no gate', ungated],
  ['nothing to register', unregistered],
  ['a gate of which less is better', { ...EVERY_KIND, gate: { metric: 'evaluate.loss', atMost: 1 } }],
  [
    'several machines with accelerators, on demand',
    {
      ...EVERY_KIND,
      steps: {
        ...steps,
        train: { ...steps.train, nodes: 4, capacity: 'on-demand', accelerator: { type: 'l4' } },
      },
    },
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

describeJudge('kfp', 'the document of a pipeline', () => {
  let judge: KfpJudge;
  beforeAll(async () => {
    judge = await KfpJudge.start();
  });
  afterAll(() => judge[Symbol.asyncDispose]());

  it.each(PIPELINES)(
    'with %s is a pipeline specification, in which everything that is named is there',
    async (_what, pipeline) => {
      expect(await judge.problems(renderedPipeline(pipeline))).toEqual([]);
    },
  );

  it.each(PIPELINES)('with %s has jobs that Vertex AI understands', async (_what, pipeline) => {
    const jobs = Object.entries(customJobs(renderedPipeline(pipeline)));
    expect(jobs.length).toBeGreaterThan(0);
    for (const [step, job] of jobs) expect(await judge.jobProblems(job), step).toEqual([]);
  });

  it('has conditions that hold for what they say', async () => {
    const of = { step: 'evaluate', metric: 'auc' };
    const auc = 'pipelinechannel--evaluate--auc';
    const when = (must: 'atLeast' | 'atMost', value: number, is: number) =>
      judge.holds(whenCondition({ of, must, value }).text, { [auc]: is });
    expect(await Promise.all([when('atLeast', 0.5, 0.5), when('atLeast', 0.5, 0.4), when('atLeast', 1, 1)])).toEqual([
      true,
      false,
      true,
    ]);
    expect(await Promise.all([when('atMost', 1, 1), when('atMost', 1e-7, 2e-7), when('atMost', -3, -4)])).toEqual([
      true,
      false,
      true,
    ]);
    expect(await Promise.all([when('atLeast', 1e21, 2e21), when('atLeast', 0, -0.1)])).toEqual([true, false]);
    const gate = (must: 'atLeast' | 'atMost', is: number, floor: number) =>
      judge.holds(gateCondition({ of, must, value: 0 }).text, { [auc]: is, 'gate-floor': floor });
    expect(
      await Promise.all([
        gate('atLeast', 0.9, 0.9),
        gate('atLeast', 0.89, 0.9),
        gate('atMost', 0.1, 1),
        gate('atMost', 2, 1),
      ]),
    ).toEqual([true, false, true, false]);
    expect([1, 0.5, 1e-7, 1e21, -2].map(double)).toEqual(['1.0', '0.5', '1e-7', '1e+21', '-2.0']);
  });

  describe('is refused', () => {
    const TASKS = 'components.comp-run--steps.dag.tasks';
    const TRAIN = `${TASKS}.train`;
    const FROM_PREPARE = `${TRAIN}.inputs.artifacts.train.taskOutputArtifact`;
    const ARGS = 'deploymentSpec.executors.exec-train.container.args';
    const GATE = `${TASKS}.gate--passed.triggerPolicy.condition`;

    it.each<[string, string, unknown, string]>([
      ['a field misspelt', `${TRAIN}.dependantTasks`, ['prepare'], 'dependantTasks'],
      ['a field in snake case', `${TRAIN}.retry_policy`, { maxRetryCount: 1 }, 'retry_policy'],
      ['a field of an executor misspelt', 'deploymentSpec.executors.exec-train.container.imagee', 'x', 'imagee'],
      [
        'a type that is none',
        'components.comp-evaluate.outputDefinitions.parameters.auc.parameterType',
        'DOUBLE',
        'DOUBLE',
      ],
      ['a duration without a unit', `${TRAIN}.retryPolicy.backoffDuration`, '60', 'backoffDuration'],
      ['another schema version', 'schemaVersion', '2.2.0', 'schemaVersion'],
      [
        'an executor that is not there',
        'deploymentSpec.executors.exec-train',
        undefined,
        'executor exec-train missing',
      ],
      ['a component that is not there', 'components.comp-train', undefined, 'component comp-train missing'],
      ['a producer that is not there', `${FROM_PREPARE}.producerTask`, 'prepar', 'producer prepar missing'],
      ['an output that is not there', `${FROM_PREPARE}.outputArtifactKey`, 'trian', 'prepare has no output trian'],
      ['data without the order', `${TRAIN}.dependentTasks`, [], 'prepare is not in dependentTasks'],
      ['an input that nobody gives', `${TASKS}.evaluate.inputs.artifacts.test`, undefined, 'input test is not given'],
      ['a condition on what is no input', GATE, "inputs.parameter_values['auc'] >= 0.5", 'the condition uses auc'],
      ['a condition that is no CEL', GATE, 'auc >=', 'is no CEL'],
      ['steps that wait for one another', `${TASKS}.prepare.dependentTasks`, ['train'], 'wait for one another'],
      ['a placeholder for what is not declared', ARGS, ["{{$.inputs.artifacts['x'].path}}"], 'names inputs x'],
      ['a placeholder that is none', ARGS, ['{{$.run_id}}'], 'is no placeholder'],
      [
        'a folder taken for another kind',
        'components.comp-train.inputDefinitions.artifacts.train.artifactType.schemaTitle',
        'system.Model',
        'declared as',
      ],
    ])('with %s', async (_what, path, value, problem) => {
      expect((await judge.problems(changed(renderedPipeline(), path.split('.'), value))).join('\n')).toContain(problem);
    });

    it('with a job that Vertex AI does not understand', async () => {
      const { train } = customJobs(renderedPipeline());
      const { jobSpec } = train as { jobSpec: object };
      const problems = await judge.jobProblems({
        ...train,
        jobSpec: { ...jobSpec, scheduling: { strategy: 'CHEAP', timeout: '4h' } },
      });
      expect(problems.join('\n')).toMatch(/strategy[\s\S]*timeout|timeout[\s\S]*strategy/);
    });
  });
});

/** A document with another value at a path, or without what is there. */
function changed(of: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown {
  const { [key]: old, ...others } = of as Record<string, unknown>;
  if (rest.length > 0) return { ...others, [key]: changed(old ?? {}, rest, value) };
  return value === undefined ? others : { ...others, [key]: value };
}
