import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { planDrift } from '../../lib/plan/drift/drift-plan';
import { PlatformNames } from '../../lib/plan/names';
import { VARIANT } from '../../lib/plan/rollout';
import { championPath } from '../../lib/plan/serving-access';
import { aslFromTemplate, machinesOf } from '../support/asl-from-template';
import type { AslRequest, AslRun, AslWorld } from '../support/asl-judge';
import { synthPlatform } from '../support/examples';
import { loadedWatched } from '../support/watched-spec';

/** What the tests of the machine share that watches drift: the machine, its world, and what to look at when it has ended. */

const NAMES = new PlatformNames('fraud');
const MODEL = 'detector';
const NOW = '2026-01-03T02:31:00Z';
export const PACKAGE = 'arn:aws:sagemaker:eu-central-1:111111111111:model-package/fraud-detector/7';
export const KEY = 'arn:aws:kms:eu-central-1:111111111111:key/11111111-1111-4111-8111-111111111111';
const TOPIC = 'arn:aws:sns:eu-central-1:111111111111:alerts';

interface Synthesised {
  readonly definition: object;
  readonly bucket: string;
  /** Key of the code's zip, and its folder. */
  readonly code: { readonly bucket: string; readonly key: string; readonly folder: string };
}

const known = new Map<string, Synthesised>();

/** The machine as it stands in the template of a model's stack. */
export function watchMachine(monitoring?: object, pipeline?: object): Synthesised {
  const key = JSON.stringify([monitoring, pipeline]);
  const found = known.get(key) ?? synthesise(monitoring, pipeline);
  known.set(key, found);
  return found;
}

function synthesise(monitoring?: object, pipeline?: object): Synthesised {
  const detector = { pipeline, serving: { capture: {} }, monitoring };
  const spec = loadedWatched(monitoring, pipeline === undefined ? {} : { models: { detector } });
  const { platform, assembly } = synthPlatform(spec);
  const stack = platform.models[MODEL];
  const code = stack?.drift?.job.code;
  if (stack === undefined || code === undefined) throw new Error('nothing watches the model');
  const template = Template.fromStack(stack).toJSON();
  const id = machinesOf(template).find((machine) => machine.startsWith('DriftMachine')) ?? '';
  const definition = aslFromTemplate(template, id, {
    ref: (name) => (/topic/i.test(name) ? TOPIC : /subnets/i.test(name) ? 'subnet-1,subnet-2' : KEY),
    attribute: (name, attribute) =>
      attribute === 'GroupId' ? 'sg-1' : `arn:aws:iam::111111111111:role/${name.slice(0, 40)}`,
  });
  const text = JSON.stringify(definition);
  const [, bucket = ''] = /"Bucket":"([^"]+)"/.exec(text) ?? [];
  const [, codeBucket = '', codeKey = ''] = /s3:\/\/(cdk-[^/']+)\/([0-9a-f]{64}\.zip)/.exec(text) ?? [];
  const folder = join(assembly.directory, `asset.${codeKey.replace('.zip', '')}`);
  return { definition, bucket, code: { bucket: codeBucket, key: codeKey, folder } };
}

/** The code's zip as `cdk deploy` uploads it, in base64. */
export function zipped({ code }: Synthesised, python: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'code-'));
  try {
    const make = 'import shutil, sys; shutil.make_archive(sys.argv[1], "zip", sys.argv[2])';
    execFileSync(python, ['-c', make, join(folder, 'code'), code.folder]);
    return readFileSync(join(folder, 'code.zip')).toString('base64');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Objects = Readonly<Record<string, { readonly text?: string; readonly base64?: string }>>;

export interface Situation {
  readonly monitoring?: object;
  readonly pipeline?: object;
  /** The record of the version that serves: a text, or null for none. */
  readonly champion?: string | null;
  /** What its registration says that it was trained on. Default: a folder with a file; null: nothing. */
  readonly reference?: string | null;
  /** Objects of the artifact store beside what it was trained on. Default: requests of the day before. */
  readonly objects?: Objects;
  /** What there is of the reference. */
  readonly referenceObjects?: Objects;
  /** The code. Default: a file that is none. */
  readonly code?: string;
  /** Snapshots of the dataset that the spec compares with. Default: one. */
  readonly baseline?: readonly object[];
  /** Rows of the table of labels; null: nothing was ever committed. */
  readonly labels?: readonly object[] | null;
  /** How jobs end: see test/judges/asl/services/processing.py. */
  readonly ends?: readonly object[];
}

const ENDPOINT = NAMES.of('endpoint', MODEL);
/** Key of a file of requests that a version was asked in an hour, `2026/01/02/10`. */
export const captureKey = (hour: string, name = 'a', version = '7'): string =>
  `serving/captures/${MODEL}/${version}/${ENDPOINT}/${VARIANT}/${hour}/${name}.jsonl`;
const REFERENCE = `pipelines/${MODEL}/run-1/prepare/train/`;

/** What the job leaves of which nothing is out of the ordinary. */
export const result = (changed: object = {}): string =>
  JSON.stringify({
    status: 'DRIFT',
    reasons: ['2 of 3 columns drifted'],
    rows: { reference: 900, current: 800 },
    dataset: { columns: 3, drifted: 2, share: 2 / 3, threshold: 0.3 },
    columns: [],
    quality: { missingShare: 0.01 },
    prediction: { score: 0.4, drifted: true },
    performance: { auc: 0.75 },
    labelledRows: 300,
    ...changed,
  });

/** A world in which the machine has something to measure. */
export function worldOf(situation: Situation = {}): AslWorld {
  const { bucket, code } = watchMachine(situation.monitoring, situation.pipeline);
  const champion =
    situation.champion === undefined ? JSON.stringify({ version: '7', packageArn: PACKAGE }) : situation.champion;
  const reference = situation.reference === undefined ? `s3://${bucket}/${REFERENCE}` : situation.reference;
  const table = {
    columns: [
      { name: 'transaction_id', type: 'string' },
      { name: 'is_fraud', type: 'int' },
      { name: 'disputed_on', type: 'date' },
    ],
    location: 's3://lake/chargebacks',
    snapshots:
      situation.labels === null
        ? []
        : [{ id: 11, committed: '2026-01-02T20:00:00Z', operation: 'append', rows: situation.labels ?? [LABEL] }],
  };
  return {
    kind: 'watched',
    now: NOW,
    state: {
      ssm: {
        parameters: champion === null ? {} : { [NAMES.parameter(...championPath(MODEL))]: { value: champion } },
      },
      sagemaker: {
        versions: { [PACKAGE]: 'Approved' },
        packages: {
          [PACKAGE]: reference === null ? {} : { CustomerMetadataProperties: { 'mlops-reference': reference } },
        },
        processingEnds: situation.ends ?? [{ leaves: { 'figures.json': result() } }],
      },
      s3: {
        buckets: {
          [bucket]: {
            ...(situation.objects ?? { [captureKey('2026/01/02/10')]: { text: '{}' } }),
            ...(situation.referenceObjects ?? { [`${REFERENCE}part-0.csv`]: { text: 'amount\n1\n' } }),
          },
          [code.bucket]: { [code.key]: { base64: situation.code ?? '' } },
        },
      },
      glue: {
        databases: ['fraud_curated'],
        tables: {
          'fraud_curated.chargebacks': table,
          'fraud_curated.baseline': { ...table, snapshots: situation.baseline ?? BASELINE },
        },
      },
      athena: { workgroups: [NAMES.of('workgroup', 'tables')] },
    },
  };
}

const LABEL = { transaction_id: 't-1', is_fraud: 1, disputed_on: '2026-01-01' };
const BASELINE = [{ id: 21, committed: '2025-12-01T00:00:00Z', operation: 'append', rows: [LABEL] }];
export const referenceKey = (name: string): string => `${REFERENCE}${name}`;

/** A request to run the machine. */
export function start(situation: Situation = {}, input: object = { run: 'drift' }): AslRequest {
  return {
    definition: watchMachine(situation.monitoring, situation.pipeline).definition,
    input,
    world: worldOf(situation),
    execution: { name: 'run-1', machine: 'watch' },
    maxSeconds: 120,
  };
}

interface Left {
  /** Figures that were published, by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Names of the signals that the channel heard of, and the last message. */
  readonly announced: readonly string[];
  readonly said: string;
  /** Requests for processing jobs. */
  readonly jobs: readonly Readonly<Record<string, unknown>>[];
  /** config.json of the last job. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly objects: Objects;
}

/** What an execution left behind. */
export function left(run: Pick<AslRun, 'world'>, monitoring?: object): Left {
  const state = run.world.state as Record<string, Record<string, unknown>>;
  const published = (state.cloudwatch?.published ?? []) as readonly {
    MetricData: readonly { MetricName: string; Value: number }[];
  }[];
  const messages = ((state.sns?.published ?? []) as readonly { Message: string }[]).map(({ Message }) => Message);
  const { bucket } = watchMachine(monitoring);
  const objects = ((state.s3?.buckets ?? {}) as Record<string, Objects>)[bucket] ?? {};
  const config = Object.entries(objects).find(([key]) => key.endsWith('/config/config.json'))?.[1].text ?? '{}';
  return {
    metrics: Object.fromEntries(
      published.flatMap(({ MetricData }) => MetricData.map(({ MetricName, Value }) => [MetricName, Value])),
    ),
    announced: messages.map((text) => (JSON.parse(text) as { metadata: { eventType: string } }).metadata.eventType),
    said: messages.at(-1) ?? '',
    jobs: Object.values(
      (state.sagemaker?.processing ?? {}) as Record<string, { request: Record<string, unknown> }>,
    ).map(({ request }) => request),
    config: JSON.parse(config) as Record<string, unknown>,
    objects,
  };
}

/** The plan of the model. */
export function plannedDrift(monitoring?: object) {
  const { models } = loadedWatched(monitoring);
  const model = models[MODEL];
  const plan = model === undefined ? undefined : planDrift(MODEL, model, NAMES);
  if (plan === undefined) throw new Error('the plan was lost');
  return plan;
}
