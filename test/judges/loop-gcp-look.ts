import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { APPROVAL_LABEL } from '../../lib/gcp/model-registry/approval-convention';
import type { VersionLineage } from '../../lib/gcp/training-pipeline/lineage';
import type { Json, WorkflowsRun } from '../support/workflows-judge';
import { MODEL } from './loop-gcp-spec';

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

export interface LoopState {
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

/** What can be seen of the platform in the world of the fake Google, and of what happened last. */
export class Look {
  constructor(
    readonly world: WorkflowsRun['world'],
    /** What happened last. */
    readonly run?: WorkflowsRun,
  ) {}

  protected get state(): LoopState {
    return this.world.state as unknown as LoopState;
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

  get runs(): LoopState['aiplatform']['pipelineJobs'] {
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
