import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { APPROVAL_LABEL } from '../../lib/gcp/model-registry/approval-convention';
import type { VersionLineage } from '../../lib/gcp/training-pipeline/lineage';
import { expr } from '../../lib/gcp/workflow/syntax';
import { gcpJobImage } from '../../lib/plan/job-images';
import { loadPlatformSpec } from '../../lib/plan/load';
import { judgePython } from '../support/describe-judge';
import { EXAMPLE, EXAMPLE_CODE, ONE_THREAD, python } from '../support/example-python';
import { synthGcpPlatform } from '../support/examples-gcp';
import { type Started, TerraformWires } from '../support/terraform-wires';
import {
  type Json,
  resume,
  type WorkflowsFault,
  type WorkflowsJudge,
  type WorkflowsRequest,
  type WorkflowsRun,
} from '../support/workflows-judge';

/** The platform of the loop on Google Cloud: one model of the example, deployed to the fake Google, and its outside world. */

export const MODEL = 'fraud-detector';
const PROJECT = { project: 'fraud-prod', projectNumber: 123456789012, region: 'europe-west4' };
const IMAGE_TAG = 'fraud-1.4.0';
const RUNNER = resolve(__dirname, 'kfp/run_pipeline.py');
/** So few payments as here are not the same from week to week. */
const DRIFT_THRESHOLD = 0.25;
/** Real time that one part of the loop may take. */
const MAX_SECONDS = 300;

/** The example's pipeline, small, with a check of its data, and approved by itself. */
function spec() {
  const example = parse(readFileSync(join(EXAMPLE, 'local.yaml'), 'utf8'));
  const model = example.models[MODEL];
  const { prepare, train, ...steps } = model.pipeline.steps;
  const { drift } = model.monitoring;
  const features = Object.fromEntries(
    Object.entries(drift.features).map(([name, type]) => [name, { type, threshold: DRIFT_THRESHOLD }]),
  );
  example.dataLake.datasets.transactions.rules = {
    columns: { transaction_id: { unique: true, maxNulls: '0%' }, amount: { min: 0.01 } },
  };
  const { aws: _, ...platform } = example;
  return loadPlatformSpec(
    JSON.stringify({
      ...platform,
      gcp: PROJECT,
      models: {
        [MODEL]: {
          ...model,
          pipeline: {
            ...model.pipeline,
            steps: {
              ...steps,
              check: { kind: 'validation', dataset: 'transactions' },
              prepare: { ...prepare, after: ['check'] },
              train: { ...train, parameters: { rounds: 60 } },
            },
          },
          registry: { approval: 'automatic' },
          serving: {
            ...model.serving,
            gcp: { access: 'public' },
            rollout: { strategy: 'canary', bake: '5 minutes' },
          },
          monitoring: { drift: { ...drift, features, minRows: 100 } },
        },
      },
    }),
  );
}

/** What runs on this machine: pipelines, jobs, and whoever pays with a card. */
export class Machines implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'loop-'));

  /** The program that runs pipelines: images are virtual environments with the code of the example, or of the cloud. */
  runner(imageUri: string): readonly string[] {
    const settings = this.at('runner.json');
    const images = {
      [`${imageUri}:${IMAGE_TAG}`]: {
        python: judgePython('example'),
        env: { PYTHONPATH: EXAMPLE_CODE, ...ONE_THREAD },
      },
      [gcpJobImage(PROJECT.region)]: { python: judgePython('drift') },
    };
    writeFileSync(settings, JSON.stringify({ images, keep: this.folder }));
    return [judgePython('kfp'), RUNNER, settings];
  }

  at(...path: readonly string[]): string {
    return join(this.folder, ...path);
  }

  /** Payments and chargebacks of a quarter that ends on a day, in the folders of the datasets. */
  async generate(name: string, end: string, ...more: readonly string[]): Promise<void> {
    const size = ['--rows', '3000', '--seed', '3', '--end', end];
    await python(join(EXAMPLE, 'data/generate.py'), '--out', this.at(name), ...size, ...more);
  }

  /** One file with the payments, of which one was paid with less than nothing. */
  breakRule(name: string, broken: string): string {
    mkdirSync(this.at(broken), { recursive: true });
    const target = this.at(broken, 'transactions.parquet');
    execFileSync(judgePython('drift'), ['-c', BREAK, this.at(name, 'transactions/part-00000.parquet'), target]);
    return target;
  }

  /** Asks a model about the payments of the last week, and gives the table that an endpoint would have recorded. */
  async record(data: string, model: string): Promise<string> {
    const out = this.at(`${data}-recorded`);
    await python(join(EXAMPLE, 'data/replay.py'), '--data', this.at(data), '--model', model, '--out', out);
    const table = join(out, 'requests.parquet');
    execFileSync(judgePython('drift'), ['-c', AS_TABLE, join(out, 'vertex-bq-export/000000000000.json'), table]);
    return table;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The same table with one amount that the rules of the dataset forbid. */
const BREAK = `
import sys, decimal, pyarrow as pa, pyarrow.parquet as pq
table = pq.read_table(sys.argv[1])
amounts = table["amount"].to_pylist()
amounts[7] = decimal.Decimal("-1.00")
at = table.schema.get_field_index("amount")
pq.write_table(table.set_column(at, table.schema.field(at), pa.array(amounts, table.schema.field(at).type)), sys.argv[2])`;

/** Lines of JSON as the table of BigQuery that they are exported from. */
const AS_TABLE = `
import json, sys, datetime, pyarrow as pa, pyarrow.parquet as pq
rows = [json.loads(line) for line in open(sys.argv[1])]
at = lambda text: datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=datetime.timezone.utc)
texts = pa.list_(pa.string())
pq.write_table(pa.table({
    "request_id": pa.array([row["request_id"] for row in rows], pa.string()),
    "logging_time": pa.array([at(row["logging_time"]) for row in rows], pa.timestamp("us", "UTC")),
    "request_payload": pa.array([row["request_payload"] for row in rows], texts),
    "response_payload": pa.array([row["response_payload"] for row in rows], texts)}), sys.argv[2])`;

/** A version in the fake's registry. */
interface Version {
  readonly labels: Readonly<Record<string, string>>;
  readonly aliases: readonly string[];
  readonly fields: { readonly artifactUri: string; readonly versionDescription: string };
}

interface Operation {
  readonly of: string;
  readonly kind: string;
  readonly done: boolean;
  readonly until: string;
  readonly effect: { readonly model: Json };
  readonly result: { readonly response: Json };
}

interface State {
  readonly storage: { readonly buckets: Record<string, Record<string, unknown>> };
  readonly bigquery: { readonly tables: Record<string, [string, unknown][]> };
  readonly aiplatform: {
    readonly models: Record<string, { readonly versions: Record<string, Version> }>;
    readonly endpoints: Record<
      string,
      {
        readonly trafficSplit?: Record<string, number>;
        readonly deployedModels?: readonly { readonly id: string; readonly modelVersionId: string }[];
      }
    >;
    readonly pipelineJobs: Record<
      string,
      Json & { readonly ran?: readonly { readonly name: string; readonly command: readonly string[] }[] }
    >;
    readonly operations: Record<string, Operation>;
    readonly behaviours: Record<string, Json>;
  };
}

/** Names of jobs, which their step follows. */
const JOB = /^.*-pipeline-(?=[a-z]+$)/;

const UPLOAD = 'google.cloud.aiplatform.v1.ModelService.UploadModel';
const UPDATE = 'google.cloud.aiplatform.v1.ModelService.UpdateModel';
const ALERTING = 'monitoring-itself';

/** Asks Monitoring for a query as its alerting does. */
const alerting = (query: string) => ({
  main: {
    steps: [
      {
        ask: {
          call: 'http.post',
          args: {
            url: `https://monitoring.googleapis.com/v1/projects/${PROJECT.project}/location/global/prometheus/api/v1/query`,
            auth: { type: 'OAuth2' },
            body: { query },
          },
          result: 'answer',
        },
      },
      { give: { return: expr('answer.body.data.result') } },
    ],
  },
});

/**
 * A platform that was deployed to the fake Google, at one moment: what is true of it is in the world of that alone. What
 * happens makes another moment of it, and the one before stays as it was, to go on from in another way.
 */
export class Deployed {
  private constructor(
    private readonly judge: WorkflowsJudge,
    private readonly wires: TerraformWires,
    private readonly world: WorkflowsRun['world'],
    /** What happened last. */
    readonly run?: WorkflowsRun,
  ) {}

  static first(judge: WorkflowsJudge, machines: Machines, now: string): Deployed {
    const wires = new TerraformWires(synthGcpPlatform(spec()).stacks);
    const [repository] = wires.of('google_artifact_registry_repository');
    const imageUri = `${PROJECT.region}-docker.pkg.dev/${PROJECT.project}/${repository?.repository_id}/training`;
    const state = {
      storage: { buckets: wires.buckets },
      bigquery: { tables: {} },
      artifactregistry: { tags: { [IMAGE_TAG]: 'sha256:4f1c' } },
      aiplatform: {
        models: {},
        endpoints: Object.fromEntries(
          wires
            .of('google_vertex_ai_endpoint')
            .map(({ name, display_name }) => [String(name), { displayName: display_name }]),
        ),
        behaviours: {},
        runner: machines.runner(imageUri),
        python: judgePython('drift'),
        keep: machines.folder,
        pipelineSeconds: 1200,
        jobSeconds: 120,
        seconds: { deploy: 300, undeploy: 60 },
      },
    };
    return new Deployed(judge, wires, { now, project: {}, state } as unknown as WorkflowsRun['world']);
  }

  private get state(): State {
    return this.world.state as unknown as State;
  }

  /** Lets executions begin, and gives the platform as they left it when all have ended. */
  async after(
    started: readonly (Started & { readonly at?: number })[],
    more: { readonly seconds?: number; readonly faults?: readonly WorkflowsFault[]; readonly workflows?: Json } = {},
  ): Promise<Deployed> {
    const workflows = { ...this.wires.workflows, ...more.workflows } as WorkflowsRequest['workflows'];
    const request: WorkflowsRequest = {
      workflows,
      env: this.wires.envOf(Object.keys(workflows)),
      start: started,
      maxSeconds: MAX_SECONDS,
    };
    const at = resume(request, { world: this.world }, { afterSeconds: more.seconds ?? 60 });
    const run = await this.judge.run({ ...at, faults: more.faults ?? [] });
    return new Deployed(this.judge, this.wires, run.world, run);
  }

  /** The same platform in a world that others changed meanwhile. */
  with(change: (state: State) => void, now = this.world.now): Deployed {
    const state = structuredClone(this.world.state);
    change(state as unknown as State);
    return new Deployed(this.judge, this.wires, { ...this.world, now, state }, this.run);
  }

  /** Somebody wrote to a table of BigQuery. */
  written(table: string, file: string, at: string): Deployed {
    return this.with(({ bigquery }) => {
      bigquery.tables[table] = [...(bigquery.tables[table] ?? []), [at, { file }]];
    }, at);
  }

  /** A moment as Cloud Scheduler meets it. */
  schedule(name: string): Started {
    return this.wires.scheduled(name);
  }

  /** What the signal starts, where the condition of its alert policy holds in the metrics that were written. */
  async incidents(signal: string): Promise<readonly Started[]> {
    const policy = this.wires.policy(signal);
    const [condition] = policy.conditions as readonly {
      readonly display_name: string;
      readonly condition_prometheus_query_language: { readonly query: string };
    }[];
    if (condition === undefined) throw new Error(`the policy of ${signal} has no condition`);
    const { query } = condition.condition_prometheus_query_language;
    const { run } = await this.after([{ workflow: ALERTING, argument: null }], {
      workflows: { [ALERTING]: alerting(query) },
    });
    const found = run?.executions[0]?.result as readonly Json[];
    if (found.length === 0) return [];
    const opened = { incident_id: 'i-1', state: 'open', started_at: Date.parse(this.world.now) / 1000, ended_at: null };
    return this.wires.incident(policy, { ...opened, condition_name: condition.display_name });
  }

  /** What hears of the version that was registered last. */
  registered(): readonly Started[] {
    const uploads = Object.values(this.state.aiplatform.operations).filter(
      ({ kind, done }) => kind === 'upload' && done,
    );
    const last = uploads.at(-1);
    if (last === undefined) throw new Error('nothing was registered');
    return this.wires.audited({
      insertId: 'audit-1',
      timestamp: last.until,
      operation: { id: last.of, producer: 'aiplatform.googleapis.com', last: true },
      protoPayload: {
        serviceName: 'aiplatform.googleapis.com',
        methodName: UPLOAD,
        resourceName: last.of,
        request: { model: last.effect.model },
        response: last.result.response,
      },
    });
  }

  /** What hears of the labels that were set in the last run. */
  labelled(): readonly Started[] {
    const patches = (this.run?.calls ?? []).filter(({ method }) => method.endsWith('models.patch'));
    return patches.flatMap(({ params, body, at }) =>
      this.wires.audited({
        timestamp: at,
        protoPayload: {
          serviceName: 'aiplatform.googleapis.com',
          methodName: UPDATE,
          resourceName: params.name,
          request: { model: { ...(body as Json), name: params.name }, updateMask: params.updateMask },
        },
      }),
    );
  }

  /** Table that the endpoint records requests in, `dataset.table`. */
  get captures(): string {
    const [endpoint] = this.wires.of('google_vertex_ai_endpoint');
    const logging = endpoint?.predict_request_response_logging_config as
      | { readonly bigquery_destination: { readonly output_uri: string } }
      | undefined;
    return String(logging?.bigquery_destination.output_uri).replace(`bq://${PROJECT.project}.`, '');
  }

  /** Table of a dataset of the lake. */
  tableOf(dataset: string): string {
    const table = this.wires.of('google_bigquery_table').find(({ table_id }) => table_id === dataset);
    return `${table?.dataset_id}.${table?.table_id}`;
  }

  /** Percent of the endpoint's traffic by version. */
  get traffic(): Readonly<Record<string, number>> {
    const [endpoint] = Object.values(this.state.aiplatform.endpoints);
    const versions = new Map((endpoint?.deployedModels ?? []).map(({ id, modelVersionId }) => [id, modelVersionId]));
    return Object.fromEntries(
      Object.entries(endpoint?.trafficSplit ?? {}).map(([id, share]) => [versions.get(id) ?? id, share]),
    );
  }

  /** Number of the version that serves, by the platform's record of it. */
  get champion(): string | undefined {
    const text = Object.values(this.state.storage.buckets).flatMap(
      (bucket) => bucket[`models/${MODEL}/champion`] ?? [],
    );
    return (JSON.parse((text[0] as { text: string } | undefined)?.text ?? '{}') as { version?: string }).version;
  }

  get versions(): Readonly<Record<string, Version>> {
    return Object.values(this.state.aiplatform.models)[0]?.versions ?? {};
  }

  /** What a version says that it was made of. */
  lineage(version: string): VersionLineage {
    return JSON.parse(this.versions[version]?.fields.versionDescription ?? 'null') as VersionLineage;
  }

  approval(version: string): string | undefined {
    return this.versions[version]?.labels[APPROVAL_LABEL];
  }

  /** Lays a model down as a container that serves it finds it. */
  model(version: string, folder: string): string {
    const [, bucket = '', prefix = ''] =
      /^gs:\/\/([^/]+)\/(.*)$/.exec(this.versions[version]?.fields.artifactUri ?? '') ?? [];
    mkdirSync(folder, { recursive: true });
    for (const [name, held] of Object.entries(this.state.storage.buckets[bucket] ?? {})) {
      if (dirname(name) !== prefix.replace(/\/$/, '')) continue;
      const target = join(folder, basename(name));
      if (typeof held === 'string') writeFileSync(target, held);
      else copyFileSync((held as { file: string }).file, target);
    }
    return folder;
  }

  get runs(): State['aiplatform']['pipelineJobs'] {
    return this.state.aiplatform.pipelineJobs ?? {};
  }

  /** Steps that ran as processes in the newest run, in order, without the tasks that watch them. */
  get steps(): readonly string[] {
    return Object.keys(this.arguments);
  }

  /** What the container of each step was given in the newest run, by the argument. */
  get arguments(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    const processes = Object.values(this.runs).at(-1)?.ran ?? [];
    return Object.fromEntries(
      processes
        .filter(({ name }) => JOB.test(name))
        .map(({ name, command }) => [
          name.replace(JOB, ''),
          Object.fromEntries(
            command.flatMap((part, i) => (part.startsWith('--') ? [[part.slice(2), command[i + 1] ?? '']] : [])),
          ),
        ]),
    );
  }

  /** Floor of the gate of the newest run. */
  get floor(): number {
    const { runtimeConfig } = Object.values(this.runs).at(-1) as { runtimeConfig: { parameterValues: Json } };
    return Number(runtimeConfig.parameterValues['gate-floor']);
  }

  /** The newest figures of the drift job, by name. */
  get published(): Readonly<Record<string, number>> {
    const { written } = this.world.state.monitoring as {
      written: readonly { metric: { type: string }; points: readonly { value: { doubleValue: number } }[] }[];
    };
    return Object.fromEntries(
      written.map(({ metric, points }) => [
        metric.type.replace(/^.*\//, ''),
        points[0]?.value.doubleValue ?? Number.NaN,
      ]),
    );
  }

  /** A version that, once it serves, does something else than to be well. */
  behaving(version: string, does: Json): Deployed {
    return this.with(({ aiplatform }) => {
      const [id] = Object.keys(aiplatform.models);
      aiplatform.behaviours[`${id}@${version}`] = does;
    });
  }

  /** Addresses that are told of a signal. */
  receivers(signal: string): readonly string[] {
    return this.wires.addresses(this.wires.policy(signal));
  }

  /** Signals that were announced in the last run. */
  get announced(): readonly string[] {
    return (this.run?.log ?? []).flatMap(({ json }) => (json as { signal?: string } | undefined)?.signal ?? []);
  }

  /** Reports of the executions of a workflow in the last run. */
  reports(workflow: string): readonly Json[] {
    return (this.run?.executions ?? [])
      .filter((execution) => execution.workflow === workflow)
      .map(({ status, result, error }) => ({ status, result, error }));
  }
}
