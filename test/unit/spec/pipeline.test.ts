import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { scheduleProblem } from '../../../lib/spec/schedule';
import { EVERY_KIND, loadedPipeline, ON_CLUSTER, pipelinePlatform, WITH_CLUSTER } from '../../support/pipeline-spec';
import { problemsOf } from '../../support/problems';

const { steps, gate, register } = EVERY_KIND;

/** What is said of a pipeline, as `path: message`. */
const said = (pipeline: unknown, more?: object): readonly string[] =>
  problemsOf(() => loadedPipeline(pipeline, more)).map(
    ({ path, message }) => `${path.replace('models.detector.pipeline', '').replace(/^\./, '')}: ${message}`,
  );
const withSteps = (changed: object) => ({ ...EVERY_KIND, steps: { ...steps, ...changed } });

/** A mapping of the spec. */
type Tree = Record<string, unknown>;

describe('a training on the batch cluster', () => {
  const { train } = ON_CLUSTER.steps;
  const trained = (more: object) => ({ ...ON_CLUSTER, steps: { ...ON_CLUSTER.steps, train: { ...train, ...more } } });
  const cluster = (more: object) => ({ training: { cluster: { kind: 'batch', ...more } } });

  it('takes what a training takes but its machine, which the cluster has', () => {
    const { pipeline } =
      loadedPipeline(trained({ retries: undefined, maxRuntime: undefined }), WITH_CLUSTER).models.detector ?? {};
    expect(pipeline?.steps.train).toMatchObject({
      kind: 'cluster-training',
      retries: 1,
      maxRuntime: { text: '4 hours' },
    });
    for (const option of ['machine', 'accelerator', 'nodes', 'capacity', 'disk'])
      expect(said(trained({ [option]: 1 }), WITH_CLUSTER)).toEqual([expect.stringContaining(`steps.train.${option}`)]);
    expect(said(trained({ outputs: ['model', 'more'] }), WITH_CLUSTER)).toHaveLength(1);
  });

  it('makes a model, and no data that requests are compared with', () => {
    expect(
      said({ ...ON_CLUSTER, register: { ...ON_CLUSTER.register, reference: 'train.model' } }, WITH_CLUSTER),
    ).toEqual(['register.reference: is a model, and requests are compared with data']);
  });

  it('is told of no cluster but one of kind batch', () => {
    expect(problemsOf(() => loadedPipeline(ON_CLUSTER, { training: undefined }))).toMatchObject([
      { fix: 'add training: { cluster: { kind: batch } }, or remove pipeline' },
    ]);
  });

  it('is refused where the cluster is none of kind batch', () => {
    const [problem] = problemsOf(() => loadedPipeline(ON_CLUSTER));
    expect(problem).toMatchObject({
      path: 'models.detector.pipeline.steps.train.kind',
      message: 'the platform has no batch cluster',
      received: 'cluster-training, where training.cluster is of kind managed',
      fix: expect.stringContaining('kind: training'),
    });
  });

  it('is refused on AWS where a node has no CPU for what carries its files', () => {
    expect(said(ON_CLUSTER, cluster({ machine: 'small' }))).toEqual([
      'steps.train.kind: does not fit on a node of the batch cluster beside what carries its files',
    ]);
    expect(() => loadedPipeline(ON_CLUSTER, { ...cluster({ machine: 'small' }), aws: undefined })).not.toThrow();
    expect(() => loadedPipeline(ON_CLUSTER, cluster({ machine: 'medium' }))).not.toThrow();
  });

  it('is refused on AWS in a region without pipes, or without the image that carries files', () => {
    for (const region of ['mx-central-1', 'us-gov-west-1', 'ap-southeast-5'])
      expect(said(ON_CLUSTER, { ...WITH_CLUSTER, ...cluster({}), aws: { region } })).toEqual(
        expect.arrayContaining([expect.stringContaining(`steps.train: ${region} has no `)]),
      );
  });

  it('reads as many folders as are carried, and takes any number of arguments', () => {
    const inputs = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`in-${i}`, 'prepare.train']));
    const parameters = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`p-${i}`, i]));
    expect(() => loadedPipeline(trained({ inputs: inputs(20), parameters }), WITH_CLUSTER)).not.toThrow();
    expect(said(trained({ inputs: inputs(21) }), WITH_CLUSTER)).toEqual([
      'steps.train.inputs: has more inputs than are carried to a node of the cluster',
    ]);
  });

  it('is refused on AWS where its job definition would be too large', () => {
    const parameters = (count: number, length: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`p-${i}`, 'x'.repeat(length)]));
    const many = trained({ parameters: parameters(100, 250) });
    const message = 'are more than the job definition of a step on the cluster holds';
    expect(said(many, cluster({}))).toEqual([`steps.train.parameters: ${message}`]);
    expect(() => loadedPipeline(many, { ...cluster({}), aws: undefined })).not.toThrow();
    const fewer = trained({ parameters: parameters(48, 200) });
    expect(() => loadedPipeline(fewer, cluster({}))).not.toThrow();
    expect(said(fewer, cluster({ nodes: 2 }))).toEqual([`steps.train.parameters: ${message}`]);
    const wide = trained({ parameters: {}, command: Array(10).fill('\u4e00'.repeat(256)) });
    expect(said(wide, cluster({ nodes: 2 }))).toEqual([`steps.train.command: ${message}`]);
  });

  it('is refused on AWS where the addresses of its inputs are too long in all', () => {
    const base = 'b'.repeat(32);
    const reads = (count: number, from: string, argument: string) => ({
      ...ON_CLUSTER,
      steps: {
        ...ON_CLUSTER.steps,
        [base]: { kind: 'training', inputs: { data: 'prepare.train' }, outputs: ['model'] },
        compare: { kind: 'prediction', inputs: { model: `${base}.model` } },
        train: { ...train, inputs: Object.fromEntries(Array.from({ length: count }, (_, i) => [argument + i, from])) },
      },
    });
    const named = { ...WITH_CLUSTER, name: 'p'.repeat(24) };
    expect(() => loadedPipeline(reads(20, 'prepare.train', 'country-features-'), named)).not.toThrow();
    const long = [`${base}.model`, 'a'.repeat(30)] as const;
    expect(said(reads(20, ...long), named)).toEqual([
      'steps.train.inputs: have longer addresses in all than a task of ECS is started with',
    ]);
    expect(() => loadedPipeline(reads(20, ...long), { ...named, aws: undefined })).not.toThrow();
    expect(() => loadedPipeline(reads(12, ...long), named)).not.toThrow();
  });
});

describe('a pipeline of a spec', () => {
  it('may have as many ways through it as its steps allow', () => {
    const layer = (number: number) => Array.from({ length: 3 }, (_, i) => `step-${number}-${i}`);
    const layers = Array.from({ length: 15 }, (_, number) => [
      ...layer(number).map((name) => [name, { kind: 'processing', after: number === 0 ? [] : layer(number - 1) }]),
    ]).flat();
    const last = { kind: 'prediction', after: layer(14) };
    expect(() => loadedPipeline({ image: 'v1', steps: { ...Object.fromEntries(layers), last } })).not.toThrow();
  });

  it('takes every kind of step and fills in what is not said', () => {
    const { pipeline } = loadedPipeline().models.detector ?? {};
    expect(pipeline?.cooldown.text).toBe('6 hours');
    expect(pipeline?.steps.evaluate).toMatchObject({ machine: 'medium', retries: 1, after: [], parameters: {} });
    expect(pipeline?.steps.train).toMatchObject({ nodes: 1, capacity: 'spot', accelerator: { count: 1 } });
  });

  it.each([
    [
      'an input of a step that is not there',
      { evaluate: { ...steps.evaluate, inputs: { model: 'trian.model' } } },
      'steps.evaluate.inputs.model: there is no output "trian.model"',
    ],
    [
      'an output that is not there',
      { evaluate: { ...steps.evaluate, inputs: { model: 'train.modle' } } },
      'steps.evaluate.inputs.model: there is no output "train.modle"',
    ],
    [
      'a metric as an input',
      { score: { ...steps.score, inputs: { data: 'evaluate.auc' } } },
      'steps.score.inputs.data: "auc" of step evaluate is a metric, not a folder',
    ],
    [
      'a folder as a metric',
      { score: { ...steps.score, when: { metric: 'prepare.test', atLeast: 1 } } },
      'steps.score.when.metric: "test" of step prepare is a folder, not a metric',
    ],
    [
      'a dataset that is not there',
      { prepare: { ...steps.prepare, inputs: { data: 'transaction' } } },
      'steps.prepare.inputs.data: there is no dataset "transaction"',
    ],
    [
      'a dataset to validate that is not there',
      { check: { kind: 'validation', dataset: 'cards' } },
      'steps.check.dataset: there is no dataset "cards"',
    ],
    [
      'a step to wait for that is not there',
      { prepare: { ...steps.prepare, after: ['chek'] } },
      'steps.prepare.after[0]: there is no step "chek"',
    ],
    [
      'an argument twice',
      { evaluate: { ...steps.evaluate, parameters: { model: 1 } } },
      'steps.evaluate.parameters.model: --model is an input already',
    ],
    [
      'an argument of every container',
      { evaluate: { ...steps.evaluate, outputs: ['metrics'] } },
      'steps.evaluate.outputs[0]: --metrics is what every container knows already',
    ],
    [
      'a metric that Vertex AI has itself',
      { evaluate: { ...steps.evaluate, metrics: ['auc', 'loss', 'gcp_resources'] } },
      'steps.evaluate.metrics[2]: is what Vertex AI calls the record of the job that a step ran as',
    ],
    [
      'an output that Vertex AI has itself',
      { evaluate: { ...steps.evaluate, outputs: ['gcp_resources'] } },
      'steps.evaluate.outputs[0]: is what Vertex AI calls the record of the job that a step ran as',
    ],
    [
      'a metric twice',
      { evaluate: { ...steps.evaluate, metrics: ['auc', 'auc'] } },
      'steps.evaluate.metrics[1]: "auc" is named twice',
    ],
    [
      'a metric with the name of an output',
      { score: { ...steps.score, outputs: ['rows'], metrics: ['share', 'rows'] } },
      'steps.score.metrics[1]: "rows" is an output of the step too',
    ],
    [
      'a metric with the name of the folder of metrics',
      { evaluate: { ...steps.evaluate, metrics: ['auc', 'loss', 'metrics'] } },
      'steps.evaluate.metrics[2]: "metrics" is a folder of every container too',
    ],
    [
      'a step that nothing uses',
      { idle: { kind: 'processing', inputs: { x: 'prepare.train' }, outputs: ['y'] } },
      'steps.idle: leads nowhere: nothing uses what it makes',
    ],
    [
      'a step below two conditions',
      {
        count: { kind: 'prediction', inputs: { data: 'prepare.test' }, when: { metric: 'evaluate.loss', atMost: 1 } },
        publish: { ...steps.publish, after: ['count'] },
      },
      'steps.publish: depends on step score, which runs only if a condition holds',
    ],
    [
      'a condition within a condition',
      { publish: { ...steps.publish, when: { metric: 'evaluate.loss', atMost: 1 } } },
      'steps.publish.when: depends on step score, which runs only if a condition holds',
    ],
    [
      'a condition with two thresholds',
      { score: { ...steps.score, when: { metric: 'evaluate.auc', atLeast: 1, atMost: 2 } } },
      'steps.score.when: has two thresholds',
    ],
  ])('refuses %s', (_, changed, problem) => {
    expect(said(withSteps(changed))).toContain(problem);
  });

  it.each([
    ['a name', ['steps', 'train', 'inputs', 'train'], 'prepare.tain', 'prepare.train'],
    ['a step', ['steps', 'evaluate', 'inputs', 'model'], 'trian.model', 'train.model'],
    ['a step and a name', ['register', 'model'], 'tran.modle', 'train.model'],
    ['a metric', ['gate', 'metric'], 'evaluate.acu', 'evaluate.auc'],
    ['the step of a metric', ['steps', 'score', 'when', 'metric'], 'evaluat.auc', 'evaluate.auc'],
  ])('says what to write instead of %s that is not there, and then it is there', (_, path, wrong, right) => {
    const written = (text: string) => {
      const pipeline: object = structuredClone(EVERY_KIND);
      const at = path.slice(0, -1).reduce((one, key) => one[key] as Tree, pipeline as Tree);
      at[path.at(-1) ?? ''] = text;
      return pipeline;
    };
    expect(problemsOf(() => loadedPipeline(written(wrong)))).toMatchObject([{ fix: `write ${right}` }]);
    expect(() => loadedPipeline(written(right))).not.toThrow();
  });

  it('names what there is with its step, of other steps where that one has nothing', () => {
    const allowed = (pipeline: object) => problemsOf(() => loadedPipeline(pipeline))[0]?.allowed;
    const reading = (data: string) => withSteps({ score: { ...steps.score, inputs: { data } } });
    expect(allowed(reading('prepare.else'))).toBe('prepare.train, prepare.test');
    expect(allowed(reading('evaluate.auc'))).toBe('evaluate.report');
    expect(allowed({ ...EVERY_KIND, gate: { ...gate, metric: 'train.auc' } })).toContain('evaluate.auc');
  });

  it('says of a step that is named wrongly nothing but that', () => {
    const clean = { kind: 'processing', inputs: { data: 'prepare.test' }, outputs: ['rows'] };
    const evaluate = { ...steps.evaluate, inputs: { ...steps.evaluate.inputs, rows: 'claen.rows' } };
    expect(said(withSteps({ clean, evaluate }))).toEqual([
      'steps.evaluate.inputs.rows: there is no output "claen.rows"',
    ]);
  });

  it.each([
    ['an input', withSteps({ evaluate: { ...steps.evaluate, inputs: { model: 'constructor.model' } } })],
    ['a step to wait for', withSteps({ prepare: { ...steps.prepare, after: ['constructor'] } })],
    ['a condition', withSteps({ score: { ...steps.score, when: { metric: 'constructor.auc', atLeast: 1 } } })],
    ['the gate', { ...EVERY_KIND, gate: { ...gate, metric: 'constructor.auc' } }],
    ['the model', { ...EVERY_KIND, register: { ...register, model: 'constructor.model' } }],
  ])('knows no step that every object of JavaScript has, in %s', (_, pipeline) => {
    expect(said(pipeline)).toEqual([
      expect.stringMatching(/: there is no (step "constructor"|(output|metric) "constructor\..*")$/),
    ]);
  });

  it.each([
    ['python -m fraud score', '[python, -m, fraud, score]'],
    ['  python  -m fraud\n--rounds 200 --fast true ', '[python, -m, fraud, --rounds, "200", --fast, "true"]'],
    ['run', '[run]'],
    ['sh -c "python score.py"', '[python, -m, fraud, score], for example'],
    ['python score.py && python publish.py', '[python, -m, fraud, score], for example'],
    ['DAYS=90 python score.py', '[python, -m, fraud, score], for example'],
    ['a b c d e f g h i j k', '[python, -m, fraud, score], for example'],
  ])('says how the command %j is written as a list', (command, list) => {
    const [problem, ...others] = problemsOf(() => loadedPipeline(withSteps({ train: { ...steps.train, command } })));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      path: 'models.detector.pipeline.steps.train.command',
      message: 'is not a list',
      fix: `write it as a list of words, one per argument: ${list}`,
    });
    const meant = parse(list.replace(', for example', ''));
    expect(() => loadedPipeline(withSteps({ train: { ...steps.train, command: meant } }))).not.toThrow();
  });

  it('names the whole circle that steps wait in', () => {
    const circular = withSteps({ prepare: { ...steps.prepare, after: ['evaluate'] } });
    expect(problemsOf(() => loadedPipeline(circular))).toMatchObject([
      {
        path: 'models.detector.pipeline.steps.prepare',
        line: expect.any(Number),
        message: 'waits for itself: prepare after evaluate after train after prepare',
        fix: 'remove steps.prepare.after[0], or steps.evaluate.inputs.model, or steps.train.inputs.train',
      },
    ]);
  });

  it('says of a circle with a condition in it that, and nothing of conditions', () => {
    const train = { ...steps.train, inputs: { ...steps.train.inputs, scores: 'score.scores', again: 'score.scores' } };
    const [problem, ...others] = problemsOf(() => loadedPipeline(withSteps({ train })));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      message: 'waits for itself: train after score after train',
      fix: 'remove steps.train.inputs.scores and steps.train.inputs.again, or steps.score.inputs.model',
    });
    const itself = { ...steps.score, metrics: ['share'], when: { metric: 'score.share', atLeast: 0.5 } };
    expect(problemsOf(() => loadedPipeline(withSteps({ score: itself })))).toMatchObject([
      { message: 'waits for itself: score after score', fix: 'remove steps.score.when' },
    ]);
  });

  it.each([
    ['a metric as a folder', 'score.share', '"share" of step score is a metric, not a folder'],
    ['an output that is not there', 'score.scroes', 'there is no output "score.scroes"'],
  ])('says of a circle that only %s makes nothing but that', (_, input, message) => {
    for (const step of ['train', 'score'] as const) {
      const made = { score: { ...steps.score, metrics: ['share'] }, train: steps.train };
      const reading = { ...made[step], inputs: { ...made[step].inputs, input } };
      expect(said(withSteps({ ...made, [step]: reading }))).toEqual([`steps.${step}.inputs.input: ${message}`]);
    }
  });

  it('names the step whose condition a gate depends on, however far it is', () => {
    const publish = { ...steps.publish, metrics: ['share'] };
    expect(
      problemsOf(() => loadedPipeline({ ...withSteps({ publish }), gate: { ...gate, metric: 'publish.share' } })),
    ).toMatchObject([
      {
        message: 'depends on step publish, which runs only if a condition holds',
        fix: 'remove when of step score, or the dependency',
      },
    ]);
  });

  describe('the gate', () => {
    const reading = (inputs: object) => ({ kind: 'processing', inputs, outputs: ['rows'], metrics: ['auc'] });
    const baseline = { kind: 'training', inputs: { train: 'prepare.train' }, outputs: ['model'] };
    const gated = (step: string, more: object = {}) => ({
      ...withSteps({ prepare: { ...steps.prepare, metrics: ['auc'] }, ...more }),
      gate: { metric: `${step}.auc`, atLeast: 0.8, betterThanChampionBy: 0.01 },
    });
    const BASELINE = { baseline, judge: reading({ model: 'baseline.model', test: 'prepare.test' }) };

    it.each<[string, string, object]>([
      ['of another model', 'judge', BASELINE],
      ['from before the training', 'prepare', {}],
      ['of a step that is only after one that reads it', 'judge', { judge: { ...reading({}), after: ['evaluate'] } }],
      [
        'of another model that was trained from it',
        'judge',
        { ...BASELINE, baseline: { ...baseline, inputs: { base: 'train.model' } } },
      ],
      [
        'of what else its maker wrote',
        'judge',
        {
          train: { kind: 'processing', inputs: { train: 'prepare.train' }, outputs: ['model', 'rest'] },
          judge: reading({ rest: 'train.rest' }),
        },
      ],
    ])('refuses a metric %s, whatever else is measured', (_, step, more) => {
      const score = { ...steps.score, metrics: ['share'] };
      expect(problemsOf(() => loadedPipeline(gated(step, { ...more, score })))).toMatchObject([
        {
          path: 'models.detector.pipeline.gate.metric',
          line: expect.any(Number),
          message: `says nothing of train.model, which is registered: step ${step} neither makes nor reads it`,
          received: `"${step}.auc"`,
          allowed: 'evaluate.auc, evaluate.loss',
          fix: 'evaluate what is registered: name a metric of a step that reads train.model',
        },
      ]);
    });

    it('refuses the metric of another model where the one that is registered has none', () => {
      const { evaluate: _evaluate, score: _score, publish: _publish, ...unmeasured } = steps;
      expect(
        problemsOf(() => loadedPipeline({ ...gated('judge'), steps: { ...unmeasured, ...BASELINE } })),
      ).toMatchObject([
        {
          path: 'models.detector.pipeline.gate.metric',
          allowed: 'none: no step that makes or reads train.model has a metric',
          fix: 'evaluate what is registered: add a metric to a step that reads train.model',
        },
      ]);
    });

    it('refuses the metric of what the registered model was repackaged from, and takes one of what came of it', () => {
      const pack = { kind: 'processing', inputs: { trained: 'train.model' }, outputs: ['model'] };
      const registering = (step: string, more: object = {}) => ({
        ...gated(step, { package: pack, ...more }),
        register: { model: 'package.model' },
      });
      expect(problemsOf(() => loadedPipeline(registering('evaluate')))).toMatchObject([
        {
          path: 'models.detector.pipeline.gate.metric',
          line: expect.any(Number),
          message: 'says nothing of package.model, which is registered: step evaluate neither makes nor reads it',
          received: '"evaluate.auc"',
          allowed: 'none: no step that makes or reads package.model has a metric',
          fix: 'evaluate what is registered: add a metric to a step that reads package.model',
        },
      ]);
      const { evaluate } = steps;
      const asRegistered = { evaluate: { ...evaluate, inputs: { ...evaluate.inputs, model: 'package.model' } } };
      expect(() => loadedPipeline(registering('evaluate', asRegistered))).not.toThrow();
    });

    it('compares with the version that serves only where the model serves', () => {
      const champion = { ...EVERY_KIND.gate, betterThanChampionBy: 0 };
      const models = { detector: { pipeline: { ...EVERY_KIND, gate: champion } } };
      expect(problemsOf(() => loadedPipeline(undefined, { models }))).toMatchObject([
        {
          path: 'models.detector.pipeline.gate.betterThanChampionBy',
          line: expect.any(Number),
          message: 'compares with the version that serves, and the model does not serve',
          received: '0',
          fix: 'add serving: {} to the model, or remove betterThanChampionBy',
        },
      ]);
      const served = { detector: { ...models.detector, serving: {} } };
      expect(() => loadedPipeline(undefined, { models: served })).not.toThrow();
    });

    it.each<[string, string, object]>([
      [
        'compares it with another',
        'judge',
        { baseline, judge: reading({ old: 'baseline.model', new: 'train.model' }) },
      ],
      [
        'reads what was predicted with it',
        'judge',
        {
          judge: reading({ joined: 'join.rows' }),
          join: reading({ predicted: 'predict.rows', truth: 'prepare.test' }),
          predict: { ...reading({ model: 'train.model' }), kind: 'prediction' },
        },
      ],
      ['makes it', 'train', { train: { ...reading({ train: 'prepare.train' }), outputs: ['model'] } }],
    ])('takes a metric of a step that %s', (_, step, more) => {
      expect(() => loadedPipeline(gated(step, more))).not.toThrow();
    });
  });

  it('says of an environment that mistypes a threshold of the base that, and nothing of two thresholds', () => {
    const environments = { dev: { models: { detector: { pipeline: { gate: { atLest: 0.5 } } } } } };
    const platform = pipelinePlatform(EVERY_KIND, { environments });
    expect(problemsOf(() => loadPlatformSpec(platform, { environment: 'dev' }))).toMatchObject([
      { path: 'environments.dev.models.detector.pipeline.gate.atLest', fix: 'did you mean atLeast?' },
    ]);
  });

  it.each([
    [
      'a gate on a conditional step',
      { gate: { metric: 'score.share', atLeast: 0.1 } },
      'gate.metric: depends on step score, which runs only if a condition holds',
    ],
    ['a gate without a threshold', { gate: { metric: 'evaluate.auc' } }, 'gate: has no threshold'],
    ['a gate that guards nothing', { register: undefined }, 'gate: guards nothing: no model is registered'],
    [
      'a reference that is not there',
      { register: { ...register, reference: 'prepare.trian' } },
      'register.reference: there is no output "prepare.trian"',
    ],
    [
      'a reference that is no dataset',
      { register: { ...register, reference: 'transaction' } },
      'register.reference: there is no dataset "transaction"',
    ],
    [
      'a reference that is a model',
      { register: { ...register, reference: 'train.model' } },
      'register.reference: is a model, and requests are compared with data',
    ],
    [
      'a reference that may not be there',
      { register: { ...register, reference: 'score.scores' } },
      'register.reference: depends on step score, which runs only if a condition holds',
    ],
    [
      'a model that is a metric',
      { register: { ...register, model: 'evaluate.auc' } },
      'register.model: "auc" of step evaluate is a metric, not a folder',
    ],
    [
      'a trigger of two kinds',
      { triggers: { a: { schedule: '0 3 * * *', newData: 'transactions' } } },
      'triggers.a: says more than one thing',
    ],
    ['a trigger of no kind', { triggers: { a: {} } }, 'triggers.a: says nothing of when'],
    [
      'a schedule that is none',
      { triggers: { a: { schedule: '0 25 * * *' } } },
      expect.stringMatching(/^triggers\.a\.schedule: is not cron/),
    ],
    [
      'a schedule that never comes',
      { triggers: { a: { schedule: '0 0 31 2 *' } } },
      'triggers.a.schedule: never comes',
    ],
    [
      'a time zone that is none',
      { triggers: { a: { schedule: '0 3 * * *', timeZone: 'Europe/Berlim' } } },
      'triggers.a.timeZone: is not a time zone',
    ],
    [
      'a time zone of no schedule',
      { triggers: { a: { newData: 'transactions', timeZone: 'Europe/Berlin' } } },
      'triggers.a.timeZone: is of no schedule',
    ],
    [
      'new data of a dataset that is not there',
      { triggers: { a: { newData: 'cards' } } },
      'triggers.a.newData: there is no dataset "cards"',
    ],
    [
      'a signal that nobody watches',
      { triggers: { a: { signal: 'drift' } } },
      'triggers.a.signal: drift is not watched',
    ],
    ['steps without an image', { image: undefined }, 'steps.train.image: is missing'],
  ])('refuses %s', (_, changed, problem) => {
    const conditional = withSteps({ score: { ...steps.score, metrics: ['share'] } });
    expect(said({ ...conditional, ...changed })).toContainEqual(problem);
  });

  it('refuses on AWS to look for results of a training on spot machines, and nowhere else', () => {
    const cached = withSteps({ train: { ...steps.train, cache: '7 days' } });
    expect(said(cached)).toEqual([
      'steps.train.cache: never finds an equal run: on spot machines each has a folder of its own for checkpoints',
    ]);
    expect(loadedPipeline(cached, { aws: undefined })).toBeDefined();
    expect(
      loadedPipeline(withSteps({ train: { ...steps.train, cache: '7 days', capacity: 'on-demand' } })),
    ).toBeDefined();
  });

  describe('gives a container what is written', () => {
    const given = (parameters: object, more: object = {}) =>
      withSteps({ prepare: { ...steps.prepare, parameters, ...more } });
    const digits = 'has more digits than a number keeps, and the step would be given another';
    const replaced = 'has {{$ in it, which Vertex AI Pipelines would replace';
    const lines = 'has several lines, and SageMaker gives a container words of one';

    it.each([
      ['a number too large', given({ seed: 1e19 }), `parameters.seed: ${digits}`],
      ['the first that is lost', given({ seed: -(2 ** 53) }), `parameters.seed: ${digits}`],
      ['a placeholder', given({ text: "{{$.inputs.parameters['run-id']}}" }), `parameters.text: ${replaced}`],
      ['a placeholder in a command', given({}, { command: ['run', '{{$}}'] }), `command[1]: ${replaced}`],
      ['several lines on AWS', given({ query: 'select *\nfrom t' }), `parameters.query: ${lines}`],
      ['a program on AWS', given({}, { command: ['sh', '-c', 'a\nb'] }), `command[2]: ${lines}`],
    ])('or refuses %s', (_, pipeline, problem) => {
      expect(said(pipeline)).toEqual([`steps.prepare.${problem}`]);
    });

    it('in digits that are kept, in texts of any digits, and in lines where the cloud takes them', () => {
      expect(loadedPipeline(given({ seed: 2 ** 53 - 1, text: '12345678901234567890', share: 1e-7 }))).toBeDefined();
      expect(loadedPipeline(given({ query: 'select *\nfrom t', brace: '{{ $' }), { aws: undefined })).toBeDefined();
    });
  });

  it('refuses new data that no run would read', () => {
    const { transactions, ...inputs } = steps.prepare.inputs;
    expect(transactions).toBe('transactions');
    const { check, ...others } = withSteps({ prepare: { ...steps.prepare, after: [], inputs } }).steps;
    expect(check.kind).toBe('validation');
    expect(said({ ...EVERY_KIND, steps: others })).toEqual([
      'triggers.fresh.newData: is no dataset that a run would read',
    ]);
  });

  it('refuses a pipeline without a repository for its images', () => {
    const problems = said(EVERY_KIND, { training: undefined });
    expect(problems).toEqual([': has no repository for the images of its steps']);
  });

  it('says all of it at once, with the line of each', () => {
    const text = JSON.stringify(
      pipelinePlatform({
        ...withSteps({ train: { ...steps.train, inputs: { train: 'prepare.tain' } } }),
        gate: { ...gate, atMost: 1 },
      }),
      null,
      2,
    );
    const problems = problemsOf(() => loadPlatformSpec(text));
    expect(problems.map(({ path }) => path.replace('models.detector.pipeline', '').replace(/^\./, ''))).toEqual([
      'steps.train.inputs.train',
      'gate',
    ]);
    expect(problems[0]?.fix).toBe('write prepare.train');
    expect(problems.every(({ line }) => line !== undefined && line > 1)).toBe(true);
  });
});

describe('schedules', () => {
  it.each(['0 3 * * *', '*/15 * * * *', '0 6-18/2 1,15 * *', '30 2 * JAN-MAR MON-FRI'])('takes %s', (schedule) => {
    expect(scheduleProblem(schedule)).toBeUndefined();
  });
  it.each(['', '@daily', '0 3 * *', '0 0 3 * * *', '0 3 L * *', '0 3 * * MON#1', '0 3 ? * *', '61 * * * *'])(
    'refuses %j, which some crons take and others do not',
    (schedule) => {
      expect(scheduleProblem(schedule)).toBeDefined();
    },
  );
});
