import { expr } from '../../lib/gcp/workflow/syntax';
import { judgePython } from '../support/describe-judge';
import { synthGcpPlatform } from '../support/examples-gcp';
import { nextTime } from '../support/own-time';
import { type Started, TerraformWires } from '../support/terraform-wires';
import {
  type Json,
  resume,
  type WorkflowsFault,
  type WorkflowsJudge,
  type WorkflowsRequest,
  type WorkflowsRun,
} from '../support/workflows-judge';
import { Look, type LoopState } from './loop-gcp-look';
import { IMAGE_TAG, type Machines } from './loop-gcp-machines';
import { loopSpec, PROJECT } from './loop-gcp-spec';

/** Real seconds that one part of the loop may take. */
const MAX_SECONDS = 300;

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
export class Deployed extends Look {
  private constructor(
    private readonly judge: WorkflowsJudge,
    private readonly wires: TerraformWires,
    world: WorkflowsRun['world'],
    run?: WorkflowsRun,
  ) {
    super(world, run);
  }

  static first(judge: WorkflowsJudge, machines: Machines, now: string): Deployed {
    const wires = new TerraformWires(synthGcpPlatform(loopSpec()).stacks);
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
  with(change: (state: LoopState) => void, now = this.world.now): Deployed {
    const state = structuredClone(this.world.state);
    change(state as unknown as LoopState);
    return new Deployed(this.judge, this.wires, { ...this.world, now, state }, this.run);
  }

  /** Somebody wrote to a table of BigQuery. */
  written(table: string, file: string, at: string): Deployed {
    return this.with(({ bigquery }) => {
      bigquery.tables[table] = [...(bigquery.tables[table] ?? []), [at, { file }]];
    }, at);
  }

  /** Waits for the next time of a job of Cloud Scheduler, and lets what it starts end. */
  schedule(name: string): Promise<Deployed> {
    const { workflow, argument, ...times } = this.wires.scheduled(name);
    const seconds = (Date.parse(nextTime(times, this.world.now)) - Date.parse(this.world.now)) / 1000;
    return this.after([{ workflow, argument }], { seconds });
  }

  /** What hears that a table was written to. */
  changed(table: string): readonly Started[] {
    const [datasetId, tableId] = table.split('.');
    return this.wires.logged({
      logName: `projects/${PROJECT.project}/logs/cloudaudit.googleapis.com%2Fdata_access`,
      protoPayload: {
        serviceName: 'bigquery.googleapis.com',
        methodName: 'google.cloud.bigquery.v2.JobService.InsertJob',
        resourceName: `projects/${PROJECT.project}/datasets/${datasetId}/tables/${tableId}`,
        metadata: { tableDataChange: { reason: 'QUERY' } },
      },
    });
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
}
