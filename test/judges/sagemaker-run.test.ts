import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runParameters } from '../../lib/plan/pipeline/run-parameters';
import { describeJudge, judgePython } from '../support/describe-judge';
import { GOOD_DAY, type ToyStep } from '../support/kfp-world';
import { plannedPipeline, UNCHECKED } from '../support/pipeline-spec';
import { runJudge } from '../support/python-process';
import { documentOf, documentProps } from '../support/sagemaker-document';

type Bucket = Readonly<Record<string, { readonly text?: string; readonly base64?: string }>>;

interface Run {
  readonly steps: readonly { readonly name: string; readonly reason?: string }[];
  readonly ran: readonly { readonly step: string; readonly image: string }[];
  readonly s3: { readonly buckets: { readonly artifacts: Bucket } };
}

const TOY = resolve(__dirname, 'kfp/toy/toy_step.py');
const RUNNER = resolve(__dirname, 'sagemaker/run.py');
const RESULTS = 's3://artifacts/pipelines/detector/';
const CHECKPOINTS = 's3://artifacts/training/checkpoints/detector/';

const { steps } = UNCHECKED;
const { command: _, ...prepare } = steps.prepare;
/** Images that run their own entry points, two of steps of their own, and a training on nodes that may be taken away. */
const PIPELINE = {
  ...UNCHECKED,
  steps: {
    ...steps,
    prepare,
    train: {
      ...steps.train,
      image: 'fraud-train-2',
      inputs: { ...steps.train.inputs, past: 'transactions' },
      nodes: 2,
    },
    evaluate: { ...steps.evaluate, image: 'fraud-evaluate-3' },
  },
};

describeJudge('templates', 'a pipeline of SageMaker, executed', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sagemaker-run-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function run(toys: Readonly<Record<string, ToyStep>>, taken: Readonly<Record<string, number>> = {}) {
    const plan = plannedPipeline(PIPELINE);
    const places = { resultsUri: RESULTS, checkpointsUri: CHECKPOINTS };
    const python = judgePython('templates');
    const control = join(folder, 'control.json');
    writeFileSync(control, JSON.stringify(toys));
    const toy = { bin: dirname(python), entry: ['python3', TOY, control, 'step-{name}'] };
    const { repositoryUri } = documentProps(plan);
    const settings = { images: Object.fromEntries(plan.images.map((tag) => [`${repositoryUri}:${tag}`, toy])), taken };
    const given: Readonly<Record<string, string>> = {
      'run-id': 'run-1',
      'gate-floor': '0.9',
      ...Object.fromEntries(plan.datasets.map((dataset) => [`snapshot-${dataset}`, `s3://lake/${dataset}/5/`])),
    };
    const request = {
      pipeline: 'fraud-detector-pipeline',
      execution: 'arn:aws:sagemaker:eu-central-1:111111111111:pipeline/fraud-detector-pipeline/execution/abc123',
      definition: documentOf(PIPELINE, places),
      parameters: Object.fromEntries(runParameters(plan).map(({ name }) => [name, given[name] ?? '-'])),
      s3: {
        buckets: {
          artifacts: {},
          lake: Object.fromEntries(
            plan.datasets.flatMap((dataset) =>
              [0, 1].map((part) => [`${dataset}/5/part-${part}.parquet`, { text: dataset }]),
            ),
          ),
        },
      },
      packages: {},
    };
    return (await runJudge(python, RUNNER, request, [JSON.stringify(settings)])) as Run;
  }

  /** What a toy step found when it wrote an output. */
  const found = ({ s3 }: Run, at: string): unknown => {
    const [key = ''] = Object.keys(s3.buckets.artifacts).filter((one) => one.endsWith(`${at}/given.json`));
    return JSON.parse(s3.buckets.artifacts[key]?.text ?? 'null');
  };

  it('hands each container what the contract of steps says, the model as a folder', async () => {
    const made = await run(GOOD_DAY);
    expect(made.steps.flatMap(({ reason = [] }) => reason)).toEqual([]);
    expect(found(made, '/prepare/train')).toEqual({
      '--transactions': ['part-0.parquet', 'part-1.parquet'],
      '--labels': ['part-0.parquet', 'part-1.parquet'],
      '--train': [],
      '--test': [],
      '--days': '90',
      '--with-weekends': 'true',
      '--currency': 'EUR',
    });
    expect(found(made, '/evaluate/report')).toEqual({
      '--model': ['given.json'],
      '--test': ['given.json'],
      '--report': [],
      '--metrics': [],
    });
    expect(made.ran.map(({ step, image }) => `${step} ${image.replace(/.*:/, '')}`).sort()).toEqual([
      'evaluate fraud-evaluate-3',
      'prepare fraud-1.4.0',
      'publish fraud-1.4.0',
      'score fraud-1.4.0',
      'train fraud-train-2',
    ]);
  });

  it('gives each node of a training all that it reads', async () => {
    const made = await run(GOOD_DAY);
    expect(found(made, '-train/output/model')).toMatchObject({
      '--train': ['given.json'],
      '--past': ['part-0.parquet', 'part-1.parquet'],
    });
  });

  it('goes on from the checkpoints of a machine that was taken away', async () => {
    const made = await run(GOOD_DAY, { train: 1 });
    expect(found(made, '-train/output/model')).toMatchObject({ '--checkpoints': ['attempt-1'], '--model': [] });
    expect(made.ran.filter(({ step }) => step === 'train')).toHaveLength(2);
  });
});
