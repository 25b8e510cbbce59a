import type { RawMap } from '../../lib/spec/plain';
import type { OptionSample } from './option-samples';

const ABSENT = undefined;

const TABLE: RawMap = {
  zone: 'raw',
  columns: { id: 'string', truth: 'string', ts: 'timestamp', amount: 'double', prediction: 'double' },
};

/** A platform whose one model has a pipeline. */
const made = (pipeline: RawMap, more: RawMap = {}): RawMap => ({
  dataLake: { zones: { raw: {} }, datasets: { transactions: TABLE, payments: TABLE } },
  training: { cluster: { kind: 'managed' } },
  models: { ranker: { pipeline: { image: 'one', ...pipeline }, ...more } },
});

/** A step that others read from and wait for. */
const FIRST: RawMap = { kind: 'processing', outputs: ['data', 'more'], metrics: ['score', 'other'] };

/** A pipeline whose `step` is of a kind, after `first` and before whatever uses it. */
const stepOf = (step: RawMap): RawMap =>
  made({
    steps: { first: FIRST, step, use: { kind: 'prediction', inputs: { data: 'first.data', out: 'step.out' } } },
  });

type Values = Readonly<Record<string, readonly [unknown, unknown]>>;

const samples = (at: string, around: RawMap, values: Values): Readonly<Record<string, OptionSample>> =>
  Object.fromEntries(
    Object.entries(values).map(([option, pair]) => [`models.*.pipeline${at}${option}`, { values: pair, around }]),
  );

/** Options of a container, wherever it runs. */
function work(
  at: string,
  plain: RawMap,
  other: string,
  stepOf: (step: RawMap) => RawMap,
): Readonly<Record<string, OptionSample>> {
  const reading = stepOf({ ...plain, inputs: { data: 'first.data' } });
  return {
    ...samples(at, stepOf(plain), {
      '': [plain, { ...plain, kind: other }],
      '.after': [ABSENT, ['first']],
      '.image': [ABSENT, 'two'],
      '.command': [ABSENT, ['python', 'make.py']],
      '.retries': [ABSENT, 3],
      '.cache': [ABSENT, '7 days'],
      '.maxRuntime': [ABSENT, '5 hours'],
    }),
    ...samples(at, reading, { '.inputs.*': ['first.data', 'first.more'] }),
    ...samples(at, stepOf({ ...plain, parameters: { depth: 1 } }), { '.parameters.*': [1, 2] }),
    ...samples(at, stepOf({ ...plain, when: { metric: 'first.score', atLeast: 0.5 } }), {
      '.when.metric': ['first.score', 'first.other'],
      '.when.atLeast': [0.5, 0.6],
    }),
    ...samples(at, stepOf({ ...plain, when: { metric: 'first.score', atMost: 1 } }), { '.when.atMost': [1, 2] }),
  };
}

function steps(kind: 'processing' | 'training' | 'prediction'): Readonly<Record<string, OptionSample>> {
  const at = `.steps.*[${kind}]`;
  const plain: RawMap = { kind, outputs: ['out'] };
  const around = stepOf(plain);
  return {
    ...work(at, plain, kind === 'training' ? 'processing' : 'training', stepOf),
    ...samples(at, around, {
      '.machine': [ABSENT, 'large'],
      '.disk': [ABSENT, '300 GiB'],
      '.accelerator.type': ['l4', 't4'],
    }),
    ...samples(at, stepOf({ ...plain, accelerator: { type: 'l4' } }), { '.accelerator.count': [ABSENT, 4] }),
    ...(kind === 'training'
      ? {
          ...samples(at, around, { '.nodes': [ABSENT, 2], '.capacity': [ABSENT, 'spot'] }),
          // Nothing reads it, so that it may be called otherwise.
          ...samples(at, made({ steps: { step: plain, use: { kind: 'prediction', after: ['step'] } } }), {
            '.outputs': [['out'], ['model']],
          }),
        }
      : samples(at, around, { '.outputs': [['out'], ['out', 'also']], '.metrics': [ABSENT, ['auc']] })),
  };
}

/** The same on a platform whose cluster is a queue. */
const onCluster = (spec: RawMap): RawMap => ({ ...spec, training: { cluster: { kind: 'batch' } } });

function clusterSteps(): Readonly<Record<string, OptionSample>> {
  const at = '.steps.*[cluster-training]';
  const plain: RawMap = { kind: 'cluster-training', outputs: ['out'] };
  const alone = made({ steps: { step: plain, use: { kind: 'prediction', after: ['step'] } } });
  return {
    ...work(at, plain, 'training', (step) => onCluster(stepOf(step))),
    ...samples(at, onCluster(alone), { '.outputs': [['out'], ['model']] }),
  };
}

const CHECKED = made({
  steps: { first: { ...FIRST, kind: 'prediction' }, step: { kind: 'validation', dataset: 'transactions' } },
});

const MEASURED: RawMap = { kind: 'processing', outputs: ['out'], metrics: ['auc', 'loss'] };
const REGISTERED = made({ steps: { step: MEASURED }, register: { model: 'step.out' } });
const gated = (gate: RawMap): RawMap => made({ steps: { step: MEASURED }, register: { model: 'step.out' }, gate });

/** Runs that read both tables and start by something. */
const triggered = (trigger: RawMap, more: RawMap = {}): RawMap =>
  made(
    {
      steps: { step: { kind: 'prediction', inputs: { a: 'transactions', b: 'payments' } } },
      triggers: { nightly: trigger },
    },
    more,
  );

const WATCHED: RawMap = {
  serving: { capture: {} },
  monitoring: {
    drift: { features: { amount: 'numeric' }, prediction: { type: 'numeric' }, reference: 'transactions' },
    quality: {
      labels: { dataset: 'transactions', requestId: 'id', requestField: 'id', column: 'truth', positive: '1' },
      metric: 'auc',
      atLeast: 0.8,
    },
  },
};

/** Two values for every option of a pipeline. */
export const PIPELINE_SAMPLES: Readonly<Record<string, OptionSample>> = {
  ...samples('', REGISTERED, {
    '.image': ['one', 'two'],
    '.revision': [ABSENT, '3f2a91c'],
    '.cooldown': [ABSENT, '2 days'],
    '.register.image': [ABSENT, 'two'],
  }),
  ...samples(
    '',
    made({ steps: { step: { ...MEASURED, outputs: ['out', 'also'] } }, register: { model: 'step.out' } }),
    {
      '.register.model': ['step.out', 'step.also'],
    },
  ),
  ...samples(
    '',
    made({ steps: { step: { ...MEASURED, inputs: { data: 'transactions' } } }, register: { model: 'step.out' } }),
    {
      '.register.reference': [ABSENT, 'payments'],
    },
  ),
  ...samples('', gated({ metric: 'step.auc', atLeast: 0.5 }), {
    '.gate.metric': ['step.auc', 'step.loss'],
    '.gate.atLeast': [0.5, 0.6],
  }),
  ...samples(
    '',
    made(
      { steps: { step: MEASURED }, register: { model: 'step.out' }, gate: { metric: 'step.auc', atLeast: 0.5 } },
      { serving: {} },
    ),
    { '.gate.betterThanChampionBy': [ABSENT, 0.1] },
  ),
  ...samples('', gated({ metric: 'step.auc', atMost: 1 }), { '.gate.atMost': [1, 2] }),
  ...samples('', triggered({ schedule: '0 3 * * *' }), {
    '.triggers.*.schedule': ['0 3 * * *', '0 4 * * *'],
    '.triggers.*.timeZone': [ABSENT, 'Europe/Berlin'],
  }),
  ...samples('', triggered({ newData: 'transactions' }), { '.triggers.*.newData': ['transactions', 'payments'] }),
  ...samples('', triggered({ signal: 'drift' }, WATCHED), { '.triggers.*.signal': ['drift', 'quality'] }),
  ...steps('processing'),
  ...steps('training'),
  ...clusterSteps(),
  ...steps('prediction'),
  ...samples('.steps.*[validation]', CHECKED, {
    '': [
      { kind: 'validation', dataset: 'transactions' },
      { kind: 'prediction', inputs: { data: 'transactions' } },
    ],
    '.after': [ABSENT, ['first']],
    '.dataset': ['transactions', 'payments'],
    '.machine': [ABSENT, 'large'],
    '.disk': [ABSENT, '300 GiB'],
    '.maxRuntime': [ABSENT, '5 hours'],
  }),
};
