import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { requestsPrefix } from '../../lib/plan/pipeline/gcp-pipeline-access';
import { runParameters } from '../../lib/plan/pipeline/run-parameters';
import { VALIDATION_FILE, VIOLATED_EXIT_CODE } from '../../lib/plan/validation/validation-job';
import type { KfpJudge, KfpRun, KfpRunRequest } from './kfp-judge';
import { ARTIFACTS_BUCKET, renderedPipeline, renderProps, TRAININGS_TOPIC, VERTEX_TARGET } from './pipeline-document';
import { EVERY_KIND, plannedPipeline } from './pipeline-spec';
import type { WorkflowsWorld } from './workflows-judge';

/** What the container of one step does. */
export interface ToyStep {
  /** Outputs that it writes, `--train`. */
  readonly writes?: readonly string[];
  readonly metrics?: Readonly<Record<string, number>>;
  /** Its metrics.json, letter by letter. */
  readonly raw?: string;
  /** Attempts that fail before it succeeds. */
  readonly fails?: number;
  /** Whether outputs may hold what it wrote before. */
  readonly restarted?: boolean;
}

const { command: _, ...prepare } = EVERY_KIND.steps.prepare;

/** The pipeline with one step of each kind, whose images run their own entry points. */
export const RUNNABLE = { ...EVERY_KIND, steps: { ...EVERY_KIND.steps, prepare } };

/** What its containers do on a good day. */
export const GOOD_DAY: Readonly<Record<string, ToyStep>> = {
  check: { writes: ['--report'] },
  prepare: { writes: ['--train', '--test'] },
  train: { writes: ['--model'] },
  evaluate: { writes: ['--report', '--metrics'], metrics: { auc: 0.95, loss: 0.2 } },
  score: { writes: ['--scores'] },
  publish: {},
};

const RUN = 'run-1';
export const RUN_FOLDER = `pipelines/detector/${RUN}`;
const SNAPSHOTS = ['chargebacks', 'transactions'];

/** A folder of this machine that is the buckets of one test. */
export class PipelineBuckets {
  readonly root = mkdtempSync(join(tmpdir(), 'pipeline-'));

  private readonly bucket = join(this.root, ARTIFACTS_BUCKET);

  json(path: string): unknown {
    return JSON.parse(readFileSync(join(this.bucket, path), 'utf8'));
  }

  /** What a toy step found when it wrote an output of the first run. */
  given(step: string, output: string, run = RUN): Readonly<Record<string, unknown>> {
    return this.json(`pipelines/detector/${run}/fraud-detector-pipeline/${step}/${output}/given.json`) as Record<
      string,
      unknown
    >;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Google before a run. */
export const TOY_WORLD = {
  project: { id: VERTEX_TARGET.project, number: '123456789012', region: VERTEX_TARGET.region },
  state: {
    // Tasks walk the mounted bucket, and may list it for that.
    storage: { buckets: { [ARTIFACTS_BUCKET]: {} }, listed: true },
    pubsub: {
      topics: [TRAININGS_TOPIC],
      requests: { [TRAININGS_TOPIC]: `gs://${ARTIFACTS_BUCKET}/${requestsPrefix('detector')}` },
    },
  },
} satisfies WorkflowsWorld;

/** Runs a pipeline as it is rendered, with its real tasks and toy containers. */
export function runToy(
  judge: KfpJudge,
  buckets: PipelineBuckets,
  steps: Readonly<Record<string, ToyStep>>,
  more: Partial<Omit<KfpRunRequest, 'parameters'>> & {
    readonly pipeline?: unknown;
    /** The rest of its platform. */
    readonly platform?: object;
    readonly parameters?: Readonly<Record<string, string | number>>;
    readonly run?: string;
  } = {},
): Promise<KfpRun> {
  const { pipeline = RUNNABLE, platform, parameters = {}, run = RUN, ...request } = more;
  const plan = plannedPipeline(pipeline, platform);
  const props = renderProps(plan);
  const control = join(buckets.root, 'control.json');
  const toy = ['python3', join(buckets.root, 'toy_step.py'), control, '{name}'];
  const here = (path: string) => path.replace('/gcs/', '');
  const given: Readonly<Record<string, string | number>> = {
    'run-id': run,
    reason: 'schedule',
    trigger: 'nightly',
    revision: 'fraud-1.4.0',
    images: 'fraud-1.4.0=sha256:1,fraud-serving-1.4.0=sha256:2',
    'gate-floor': 0.9,
    ...Object.fromEntries(
      plan.datasets.flatMap((dataset) => [
        [`snapshot-${dataset}`, `gs://${ARTIFACTS_BUCKET}/snapshots/${dataset}/5/1/`],
        [`snapshot-id-${dataset}`, '5'],
      ]),
    ),
    ...parameters,
  };
  return judge.run({
    document: renderedPipeline(pipeline, {}, platform),
    folder: `gs://${ARTIFACTS_BUCKET}/pipelines/detector/${run}`,
    root: buckets.root,
    images: Object.fromEntries(plan.images.map((tag) => [`${props.imageUri}:${tag}`, toy])),
    copies: {
      [here(props.tasks.path)]: resolve(__dirname, '../../lib/jobs/vertex-task'),
      '.': resolve(__dirname, '../judges/kfp/toy'),
    },
    world: TOY_WORLD,
    ...request,
    parameters: Object.fromEntries(runParameters(plan).map(({ name }) => [name, given[name] ?? ''])),
    files: {
      'control.json': JSON.stringify(steps),
      [`${here(props.validation?.path ?? '')}/__main__.py`]: CHECKS,
      ...Object.fromEntries(
        SNAPSHOTS.map((dataset) => [`${ARTIFACTS_BUCKET}/snapshots/${dataset}/5/1/part-0.parquet`, dataset]),
      ),
      ...request.files,
    },
  });
}

/** Stands for the program that checks data: fails where the snapshot says so. */
const CHECKS = `
import argparse, json, os, sys
parser = argparse.ArgumentParser()
for name in ("data", "rules", "report"): parser.add_argument(f"--{name}", required=True)
given = parser.parse_args()
assert os.path.isdir(given.report) and not os.listdir(given.report)
if any("unreadable" in name for name in os.listdir(given.data)):
    sys.exit("the snapshot is no Parquet")
if any("torn" in name for name in os.listdir(given.data)):
    with open(os.path.join(given.report, "${VALIDATION_FILE}"), "w") as file: file.write("{")
    sys.exit(${VIOLATED_EXIT_CODE})
broken = any("broken" in name for name in os.listdir(given.data))
rule = {"name": "rules.columns.amount.maxNulls", "expected": "at most 0 % missing", "found": "3 of 9 rows are"}
judged = {"dataset": "transactions", "snapshot": "5", "violated": [rule["name"]] if broken else [], "rules": [rule]}
json.dump(judged, open(os.path.join(given.report, "${VALIDATION_FILE}"), "w"))
sys.exit(${VIOLATED_EXIT_CODE} if broken else 0)
`;

/** The order in which tasks were done, each with how it ended. */
export const course = ({ tasks }: KfpRun): readonly string[] =>
  tasks
    .filter(({ task }) => !task.startsWith('snapshot--'))
    .map(
      ({ task, state, attempt = 0 }) =>
        `${task}${state === 'SUCCEEDED' ? '' : ` ${state}`}${attempt > 1 ? ` (${attempt})` : ''}`,
    );
