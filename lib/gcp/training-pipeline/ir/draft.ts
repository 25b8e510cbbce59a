import type { Executor, ParameterType, SchemaTitle, TaskSpec } from './pipeline-spec';

/** Where a value comes from: a parameter of the run, or an output of a task. */
export type ValueSource = { readonly run: string } | { readonly task: string; readonly output: string };

/** Where a folder comes from. */
export interface FolderSource {
  readonly task: string;
  readonly output: string;
}

/** A task, before it is known which part of a document it is in. */
export interface TaskDraft {
  readonly name: string;
  /** Tasks that have to be done before, beside those it takes something from. */
  readonly after: readonly string[];
  readonly values: Readonly<Record<string, ValueSource>>;
  readonly folders: Readonly<Record<string, FolderSource>>;
  readonly gives: {
    readonly values: Readonly<Record<string, ParameterType>>;
    readonly folders: Readonly<Record<string, SchemaTitle>>;
  };
  readonly executor: Executor;
  readonly cached: boolean;
  /** Times that it is tried again. */
  readonly retries: number;
}

/** Tasks that run if something holds, or that something waits for as one. */
export interface GroupDraft {
  readonly name: string;
  readonly items: readonly Draft[];
  /** What has to hold, and the values that it compares by the names that it has for them. */
  readonly condition?: { readonly text: string; readonly values: Readonly<Record<string, ValueSource>> };
}

export type Draft = TaskDraft | GroupDraft;

export const isGroup = (draft: Draft): draft is GroupDraft => 'items' in draft;

/** Seconds before the first and the longest before a later attempt: machines may be short for a while. */
const BACKOFF = { backoffDuration: '60s', backoffFactor: 2, backoffMaxDuration: '3600s' } as const;

/** How often a task is tried again. */
export const retryPolicy = (retries: number): Pick<TaskSpec, 'retryPolicy'> =>
  retries === 0 ? {} : { retryPolicy: { maxRetryCount: retries, ...BACKOFF } };
