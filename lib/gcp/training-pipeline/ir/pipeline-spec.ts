/**
 * A pipeline as Vertex AI Pipelines takes it, as far as it is used here. Source: Kubeflow Pipelines,
 * api/v2alpha1/pipeline_spec.proto, schema version 2.1.0, in the JSON form of protocol buffers.
 */
export interface PipelineDocument {
  readonly pipelineInfo: { readonly name: string; readonly description?: string };
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly sdkVersion: string;
  readonly root: DagComponent;
  readonly components: Readonly<Record<string, Component>>;
  readonly deploymentSpec: { readonly executors: Readonly<Record<string, Executor>> };
}

export const SCHEMA_VERSION = '2.1.0';
/** The compiler whose documents these are like: what reads a document looks at it. */
export const SDK_VERSION = 'kfp-2.17.0';

export type ParameterType = 'NUMBER_DOUBLE' | 'STRING' | 'TASK_FINAL_STATUS';
/** Kinds of artifacts. */
export type SchemaTitle = 'system.Artifact' | 'system.Dataset' | 'system.Model';

export interface Definitions {
  readonly parameters?: Readonly<
    Record<string, { readonly parameterType: ParameterType; readonly isOptional?: boolean }>
  >;
  readonly artifacts?: Readonly<
    Record<string, { readonly artifactType: { readonly schemaTitle: SchemaTitle; readonly schemaVersion: '0.0.1' } }>
  >;
}

interface Interface {
  readonly inputDefinitions?: Definitions;
  readonly outputDefinitions?: Definitions;
}

export interface DagComponent extends Interface {
  readonly dag: { readonly tasks: Readonly<Record<string, TaskSpec>> };
}

export type Component = DagComponent | (Interface & { readonly executorLabel: string });

export type ParameterInput =
  | { readonly taskOutputParameter: { readonly producerTask: string; readonly outputParameterKey: string } }
  | { readonly componentInputParameter: string }
  | { readonly taskFinalStatus: { readonly producerTask: string } };

export type ArtifactInput =
  | { readonly taskOutputArtifact: { readonly producerTask: string; readonly outputArtifactKey: string } }
  | { readonly componentInputArtifact: string };

export interface TaskSpec {
  readonly taskInfo: { readonly name: string };
  readonly componentRef: { readonly name: string };
  readonly dependentTasks?: readonly string[];
  readonly inputs?: {
    readonly parameters?: Readonly<Record<string, ParameterInput>>;
    readonly artifacts?: Readonly<Record<string, ArtifactInput>>;
  };
  /** Without `enableCache` a task runs each time. */
  readonly cachingOptions: { readonly enableCache?: true };
  readonly triggerPolicy?: { readonly condition?: string; readonly strategy?: 'ALL_UPSTREAM_TASKS_COMPLETED' };
  readonly retryPolicy?: {
    readonly maxRetryCount: number;
    readonly backoffDuration: string;
    readonly backoffFactor: number;
    readonly backoffMaxDuration: string;
  };
}

export interface ContainerExecutor {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly resources: {
    readonly cpuLimit: number;
    readonly memoryLimit: number;
    readonly resourceCpuLimit: string;
    readonly resourceMemoryLimit: string;
  };
}

export type Executor =
  | { readonly container: ContainerExecutor }
  | {
      readonly importer: {
        readonly artifactUri: { readonly runtimeParameter: string };
        readonly typeSchema: { readonly schemaTitle: SchemaTitle; readonly schemaVersion: '0.0.1' };
      };
    };
