import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Alerts } from '../../lib/aws/alerts/alerts';
import { DeadLetters } from '../../lib/aws/alerts/dead-letters';
import { ArtifactStore } from '../../lib/aws/artifact-store/artifact-store';
import { DataLake } from '../../lib/aws/data-lake/data-lake';
import { Keys } from '../../lib/aws/keys/keys';
import { Locks } from '../../lib/aws/locks/locks';
import { ModelRegistry } from '../../lib/aws/model-registry/model-registry';
import type { ChampionRecord } from '../../lib/aws/serving-endpoint/records';
import { PipelineStart } from '../../lib/aws/training-pipeline/pipeline-start';
import { PlatformNames } from '../../lib/plan/names';
import { pipelineLock } from '../../lib/plan/pipeline/pipeline-access';
import { planPipeline } from '../../lib/plan/pipeline/pipeline-plan';
import { championPath } from '../../lib/plan/serving-access';
import { aslFromTemplate, machinesOf } from '../support/asl-from-template';
import type { AslRequest, AslRun } from '../support/asl-judge';
import { ON_AWS_ALONE } from '../support/large-pipeline';
import { EVERY_KIND, loadedPipeline } from '../support/pipeline-spec';
import { testStack } from '../support/synth';

/** What the tests of the machine that starts runs share: the machine, its world, and what to look at when it has ended. */

const MODEL = 'detector';
export const NAMES = new PlatformNames('fraud');
export const PIPELINE = NAMES.of('compute', MODEL, 'pipeline');
export const BUCKET = 'artifacts-bucket';
export const START = '2026-01-01T12:00:00Z';
export const IMAGES = { 'fraud-1.4.0': `sha256:${'a'.repeat(64)}`, 'fraud-serving-1.4.0': `sha256:${'b'.repeat(64)}` };
const TABLES = { transactions: 'fraud_curated.transactions', chargebacks: 'fraud_curated.chargebacks' };
const LOCK = pipelineLock(MODEL);
const PACKAGES = 'arn:aws:sagemaker:eu-central-1:111111111111:model-package/fraud-detector/';
export const packageArn = (version: number): string => `${PACKAGES}${version}`;

type Parameters = Readonly<Record<string, string>>;
const synthesised = new Map<string, object>();

/** The machine as it stands in a template. */
export function startMachineOfTemplate(pipeline: unknown = EVERY_KIND, parameters: Parameters = {}): object {
  const key = JSON.stringify([pipeline, parameters]);
  const known = synthesised.get(key) ?? synthesise(pipeline, parameters);
  synthesised.set(key, known);
  return known;
}

function synthesise(pipeline: unknown, parameters: Parameters): object {
  const { models, dataLake } = loadedPipeline(pipeline, ON_AWS_ALONE);
  const spec = models[MODEL]?.pipeline;
  if (spec === undefined || dataLake === undefined) throw new Error('the pipeline was lost');
  const stack = testStack({ env: { account: '111111111111', region: 'eu-central-1' } });
  const alerts = new Alerts(stack, 'Alerts', { platform: NAMES.slug });
  new PipelineStart(stack, 'Start', {
    plan: planPipeline(MODEL, spec, NAMES),
    names: NAMES,
    parameters,
    registry: ModelRegistry.fromNames(stack, 'Registry', { model: MODEL, groupName: 'fraud-detector' }),
    artifacts: ArtifactStore.fromName(stack, 'Artifacts', { bucketName: BUCKET }),
    lake: DataLake.fromNames(stack, 'Lake', { names: NAMES, zones: ['curated'], datasets: dataLake.datasets as never }),
    repository: ecr.Repository.fromRepositoryName(stack, 'Images', NAMES.of('repository', 'training')),
    locks: Locks.fromName(stack, 'Locks', { tableName: 'locks' }),
    alerts,
    keys: new Keys(stack, 'Keys'),
    deadLetterQueue: new DeadLetters(stack, 'Undelivered', { of: MODEL, alerts }).queue,
  });
  const template = Template.fromStack(stack).toJSON();
  const [machine = ''] = machinesOf(template);
  return aslFromTemplate(template, machine, {
    ref: (id) => (id.includes('AlertsTopic') ? 'arn:aws:sns:eu-central-1:111111111111:alerts' : undefined),
  });
}

/** A commit to a table: its rows, unless it is a compaction. */
export interface Commit {
  /** Text, as it has more digits than a number here. */
  readonly id: string;
  readonly committed: string;
  readonly operation: 'append' | 'overwrite' | 'delete' | 'replace';
  readonly rows?: readonly object[];
  /** Columns at that time, where the table has others by now. */
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  /** Default: the one before it. */
  readonly parent?: string;
}

/** A step of a run as the world tells of it. */
interface Step {
  readonly name: string;
  readonly status?: 'Failed' | 'Stopped';
  readonly reason?: string;
  readonly job?: 'processing' | 'training';
  /** What its job said itself. */
  readonly message?: string;
  readonly registers?: true;
  readonly metadata?: object;
}

/** How a run ends: see test/judges/asl/services/pipelines.py. */
export interface Ending {
  readonly seconds?: number;
  readonly stopping?: number;
  readonly status?: 'Stopped';
  readonly failure?: string;
  readonly steps: readonly Step[];
  readonly version?: object;
}

/** A run of before. */
interface Earlier {
  readonly started: string;
  readonly seconds?: number;
  readonly stopping?: number;
  readonly snapshots?: Readonly<Record<string, string>>;
  /** Parameters that it had before those of its snapshots. */
  readonly others?: number;
}

export const REGISTERED: Ending = {
  steps: [
    { name: 'check', job: 'processing' },
    { name: 'train', job: 'training' },
    { name: 'register', registers: true },
  ],
  version: { number: 8 },
};

/** A version and its metrics.json; a text is one that is none. */
interface Served {
  readonly version: number;
  readonly metrics?: object | string;
  readonly uri?: string;
}

export interface Situation {
  readonly pipeline?: unknown;
  /** What its definition wants every run to be given, and that definition; without it, what runs are given is not looked at. */
  readonly parameters?: Parameters;
  readonly definition?: object;
  readonly transactions?: readonly Commit[];
  /** Ids that were the table's own, one after the other; the last is so now. Default: all. */
  readonly history?: readonly string[];
  readonly runs?: readonly Ending[];
  /** Runs of before, the newest first. */
  readonly earlier?: readonly Earlier[];
  /** Version that serves, and the one whose rollout was asked for, and began unless that is `refused`. */
  readonly champion?: Served & { readonly trying?: Served & { readonly refused?: true } };
  readonly images?: Readonly<Record<string, string>>;
  readonly lockedUntil?: number;
  /** Statements of Athena that fail, or succeed without an effect. */
  readonly failures?: readonly { readonly of: string; readonly reason?: string; readonly times?: number }[];
  /** How long a query takes. Default: 4. */
  readonly athenaSeconds?: number;
  /** Objects of the bucket, as text, and those that somebody writes just before this machine does. */
  readonly objects?: Readonly<Record<string, string>>;
  readonly raced?: Readonly<Record<string, string>>;
}

const ROWS = [
  { id: 'a', amount: 1.5, ts: '2026-01-01T10:00:00.123456' },
  { id: 'b', amount: null, ts: null },
];

export const COMMITS: readonly Commit[] = [
  { id: '5000000000000000001', committed: '2026-01-01T09:00:00.000Z', operation: 'append', rows: ROWS.slice(0, 1) },
  { id: '5000000000000000002', committed: '2026-01-01T10:00:00.000Z', operation: 'append', rows: ROWS },
];

const text = (objects: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(objects).map(([key, value]) => [key, { text: value }]));

/** Starts the machine in a world with data and a pipeline. */
export function request(situation: Situation = {}, rest: Partial<AslRequest> = {}): AslRequest {
  const {
    transactions = COMMITS,
    runs = [REGISTERED],
    champion,
    lockedUntil,
    failures = [],
    athenaSeconds: seconds = 4,
  } = situation;
  const lock = { lock: { S: LOCK }, owner: { S: 'another' }, expiresAt: { N: `${lockedUntil}` } };
  const served = champion === undefined ? [] : [champion, ...(champion.trying === undefined ? [] : [champion.trying])];
  return {
    definition: startMachineOfTemplate(situation.pipeline, situation.parameters),
    input: { reason: 'schedule', trigger: 'nightly' },
    world: {
      kind: 'lifecycle',
      now: START,
      state: {
        dynamodb: { tables: { locks: { key: { lock: 'S' }, items: lockedUntil === undefined ? [] : [lock] } } },
        ssm: {
          parameters: champion === undefined ? {} : { [CHAMPION]: { value: JSON.stringify(recordOf(champion)) } },
        },
        athena: { workgroups: [NAMES.of('workgroup', 'tables')], failures, seconds },
        glue: {
          databases: ['fraud_curated'],
          tables: {
            [TABLES.transactions]: {
              location: 's3://lake/tables/transactions',
              columns: columns('id string', 'amount double', 'ts timestamp'),
              snapshots: transactions,
              ...(situation.history === undefined ? {} : { history: situation.history }),
            },
            [TABLES.chargebacks]: {
              location: 's3://lake/tables/chargebacks',
              columns: columns('id string', 'disputed_on date'),
              snapshots: [
                {
                  id: 77,
                  committed: '2025-12-31T00:00:00.000Z',
                  operation: 'append',
                  rows: [{ id: 'a', disputed_on: '2025-12-30' }],
                },
              ],
            },
          },
        },
        s3: {
          buckets: {
            [BUCKET]: text({
              ...Object.fromEntries(served.flatMap(metricsFile)),
              ...situation.objects,
            }),
          },
          raced: text(situation.raced ?? {}),
        },
        ecr: { images: { [NAMES.of('repository', 'training')]: situation.images ?? IMAGES } },
        sagemaker: {
          pipelines: {
            [PIPELINE]: { runs, ...(situation.definition === undefined ? {} : { definition: situation.definition }) },
          },
          executions: Object.fromEntries((situation.earlier ?? []).map(earlierRun)),
          versions: Object.fromEntries(served.map(({ version }) => [packageArn(version), 'Approved'])),
          packages: Object.fromEntries(served.flatMap(measured)),
        },
      },
    },
    ...rest,
  };
}

const recordOf = ({ version, trying }: NonNullable<Situation['champion']>) =>
  trying === undefined
    ? record(version)
    : { ...record(version), trying: { ...record(trying.version), ...(trying.refused ? {} : { begun: true }) } };

const CHAMPION = NAMES.parameter(...championPath(MODEL));

const columns = (...texts: readonly string[]) =>
  texts.map((one) => {
    const [name = '', type = ''] = one.split(' ');
    return { name, type };
  });

const record = (version: number): ChampionRecord => ({
  version: `${version}`,
  packageArn: packageArn(version),
  config: `fraud-detector--${version}-0123abcd`,
  at: '2025-12-01T00:00:00Z',
});

const metricsKey = (version: number) => `pipelines/${MODEL}/run-of-${version}/evaluate/metrics/metrics.json`;

const metricsFile = ({ version, metrics }: Served) =>
  metrics === undefined
    ? []
    : [[metricsKey(version), typeof metrics === 'string' ? metrics : JSON.stringify(metrics)] as const];

/** What the registration of a version says of its metrics. */
function measured({ version, metrics, uri }: Served) {
  if (metrics === undefined && uri === undefined) return [];
  const Statistics = { ContentType: 'application/json', S3Uri: uri ?? `s3://${BUCKET}/${metricsKey(version)}` };
  return [[packageArn(version), { ModelMetrics: { ModelQuality: { Statistics } } }] as const];
}

const EARLIER = 'run-earlier';

const earlierRun = ({ started, snapshots = {}, others = 0, seconds = 600, ...rest }: Earlier, i: number) => [
  `arn:aws:sagemaker:eu-central-1:111111111111:pipeline/${PIPELINE}/execution/earlier${i}`,
  {
    pipeline: PIPELINE,
    name: i === 0 ? EARLIER : `${EARLIER}-${i}`,
    description: '',
    token: `earlier${i}`.padEnd(32, '-'),
    parameters: Object.fromEntries([
      ...Array.from({ length: others }, (_, n) => [`other-${n}`, 'x']),
      ...Object.entries(snapshots).map(([name, id]) => [`snapshot-id-${name}`, id]),
    ]),
    started,
    run: { ...REGISTERED, seconds, ...rest },
  },
];

interface State {
  readonly dynamodb: { readonly tables: { readonly locks: { readonly items: readonly unknown[] } } };
  readonly sns: { readonly published: readonly { readonly Message: string }[] };
  readonly s3: {
    readonly buckets: Readonly<Record<string, Readonly<Record<string, { text?: string; base64?: string }>>>>;
  };
  readonly athena: { readonly queries: Readonly<Record<string, { readonly query: string }>> };
  readonly sagemaker: {
    readonly executions: Readonly<
      Record<string, { readonly name: string; readonly parameters: Readonly<Record<string, string>> }>
    >;
    readonly versions: Readonly<Record<string, string>>;
  };
}

interface AlertText {
  readonly content: { readonly nextSteps: readonly string[] };
  readonly metadata: { readonly eventType: string };
}

/** What an execution left behind. */
export function left(run: Pick<AslRun, 'world'>) {
  const state = run.world.state as unknown as State;
  const messages = state.sns.published.map(({ Message }) => JSON.parse(Message) as AlertText);
  const objects = state.s3.buckets[BUCKET] ?? {};
  return {
    announced: messages.map(({ metadata }) => metadata.eventType),
    /** The last message as lines. */
    said: messages.at(-1)?.content.nextSteps ?? [],
    locks: state.dynamodb.tables.locks.items,
    /** Runs that were started here, as their parameters. */
    runs: Object.values(state.sagemaker.executions).flatMap(({ name, parameters }) =>
      name.startsWith(EARLIER) ? [] : [parameters],
    ),
    objects,
    keys: Object.keys(objects).sort(),
    queries: Object.values(state.athena.queries).map(({ query }) => query),
    versions: state.sagemaker.versions,
  };
}
