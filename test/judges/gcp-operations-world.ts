import type {
  Json,
  WorkflowsFault,
  WorkflowsLogEntry,
  WorkflowsRequest,
  WorkflowsRun,
} from '../support/workflows-judge';

/** Where the platform `fraud-prod` lives on the fake Google. */
export const TARGET = { project: 'fraud-prod', projectNumber: 123456789012, region: 'europe-west4' };
export const PLATFORM = 'fraud-prod';
const RECORDS = 'fraud-prod-records-123456789012';
const LOCATION = `projects/${TARGET.projectNumber}/locations/${TARGET.region}`;

export const ENDPOINT = '1234567890';
export const LOCK = 'locks/endpoints/fraud-prod-detector';
export const CHAMPION = 'models/detector/champion';
export const FACTS = 'models/detector/serving';
export const RULE = 'fraud-prod-serving-detector';
export const ATTACHMENT = `projects/tenant/regions/${TARGET.region}/serviceAttachments/a`;

/** A version on an endpoint. */
export const deployed = (id: string, version: string) => ({
  id,
  model: `${LOCATION}/models/fraud-prod-detector`,
  modelVersionId: version,
  displayName: `fraud-prod-detector-${version}-00000000`,
  dedicatedResources: { machineSpec: { machineType: 'n1-standard-4' }, minReplicaCount: 2, maxReplicaCount: 2 },
});

/** An endpoint of a model of a platform, as its shell labels it. */
export const endpoint = (model: string, more: Json = {}, platform = PLATFORM): Json => ({
  displayName: `${platform}-${model}`,
  labels: { 'mlops-platform': platform, ...(model === '' ? {} : { 'mlops-model': model }) },
  ...more,
});

export const withRule = (one: Json): Json => ({
  ...one,
  labels: { ...(one.labels as Json), 'mlops-forwarding-rule': RULE },
});

/** The detector serves version 6, and tries version 7. */
export const SERVING: Json = withRule(
  endpoint('detector', {
    deployedModels: [deployed('611111', '6'), deployed('722222', '7')],
    trafficSplit: { 611111: 90, 722222: 10 },
  }),
);

export interface Written {
  readonly endpoints?: Readonly<Record<string, Json>>;
  readonly objects?: Json;
  readonly rules?: Json;
  readonly operations?: Json;
}

const MODELS: Json = {
  'fraud-prod-detector': {
    versions: {
      5: { labels: { 'mlops-approval': 'approved' }, aliases: ['default'] },
      6: { labels: { 'mlops-approval': 'approved' }, aliases: ['champion'] },
      7: { labels: { 'mlops-approval': 'approved' }, aliases: ['challenger'] },
    },
  },
};

/** A run of one workflow in a world. */
export function request(
  workflow: object,
  argument: unknown,
  { endpoints = {}, objects = {}, rules = {}, operations = {} }: Written = {},
  faults: readonly WorkflowsFault[] = [],
): WorkflowsRequest {
  return {
    workflows: { job: workflow },
    env: { RECORDS_BUCKET: RECORDS },
    start: [{ workflow: 'job', argument }],
    world: {
      now: '2026-06-01T04:17:00Z',
      state: {
        aiplatform: { models: MODELS, endpoints, operations },
        storage: { buckets: { [RECORDS]: objects } },
        compute: { forwardingRules: rules },
      },
    },
    faults,
  };
}

/** What an object of the bucket of records says, at the end of a run. */
export function object(run: WorkflowsRun, name: string): unknown {
  const held = (run.world.state.storage as { buckets: Record<string, Record<string, unknown>> }).buckets[RECORDS]?.[
    name
  ];
  const text = (held as { text?: string } | undefined)?.text;
  return text === undefined ? held : JSON.parse(text);
}

export const endpointAt = (run: WorkflowsRun, name = ENDPOINT): Json =>
  ((run.world.state.aiplatform as { endpoints: Record<string, Json> }).endpoints[name] ?? {}) as Json;

export const rulesAt = (run: WorkflowsRun): readonly string[] =>
  Object.keys((run.world.state.compute as { forwardingRules: Json }).forwardingRules);

/** Aliases by version. */
export function aliasesAt(run: WorkflowsRun): Readonly<Record<string, readonly string[]>> {
  const { versions } = (run.world.state.aiplatform as { models: Record<string, { versions: Record<string, Json> }> })
    .models['fraud-prod-detector'] ?? { versions: {} };
  return Object.fromEntries(Object.entries(versions).map(([version, one]) => [version, one.aliases as string[]]));
}

/** Names of the signals that were announced, in order. */
export const announced = (run: { readonly log: readonly WorkflowsLogEntry[] }): readonly string[] =>
  run.log.flatMap(({ json }) => (json === undefined ? [] : [(json as { signal: string }).signal]));
