import { channel } from './channel';
import {
  type Draft,
  type FolderSource,
  type GroupDraft,
  isGroup,
  retryPolicy,
  type TaskDraft,
  type ValueSource,
} from './draft';
import type {
  ArtifactInput,
  Component,
  DagComponent,
  Definitions,
  Executor,
  ParameterInput,
  ParameterType,
  SchemaTitle,
  TaskSpec,
} from './pipeline-spec';

/** What a graph of tasks is made of, beside the graph itself. */
export interface Parts {
  readonly components: Record<string, Component>;
  readonly executors: Record<string, Executor>;
}

/** What everything in a document can refer to. */
export interface Known {
  /** Types of the run's parameters. */
  readonly run: Readonly<Record<string, ParameterType>>;
  /** Every task, however deep in groups. */
  readonly tasks: ReadonlyMap<string, TaskDraft>;
}

/** What comes into a group from outside, by the name that it has within. */
interface Needs {
  readonly values: Readonly<Record<string, ValueSource>>;
  readonly folders: Readonly<Record<string, FolderSource>>;
  /** Tasks outside that have to be done before. */
  readonly after: readonly string[];
}

export const componentName = (task: string): string => `comp-${task}`;
export const executorName = (task: string): string => `exec-${task}`;

/** Every task of drafts and of the groups among them. */
export const tasksIn = (drafts: readonly Draft[]): readonly TaskDraft[] =>
  drafts.flatMap((draft) => (isGroup(draft) ? tasksIn(draft.items) : [draft]));

/** Tasks of a graph by name. What they are made of goes to `parts`; what is not among them comes in as an input. */
export function renderTasks(drafts: readonly Draft[], known: Known, parts: Parts): Readonly<Record<string, TaskSpec>> {
  // A task within a group is, to what is outside, that group.
  const here = new Map(drafts.flatMap((draft) => tasksIn([draft]).map(({ name }) => [name, draft.name] as const)));
  return Object.fromEntries(
    drafts.map((draft) => {
      const needs = needsOf(draft);
      const before = [...sourcesOf(needs), ...needs.after].flatMap((task) => here.get(task) ?? []);
      parts.components[componentName(draft.name)] = isGroup(draft)
        ? group(draft, known, parts)
        : leaf(draft, known, parts);
      return [
        draft.name,
        {
          taskInfo: { name: draft.name },
          componentRef: { name: componentName(draft.name) },
          ...(before.length === 0 ? {} : { dependentTasks: [...new Set(before)].sort() }),
          ...inputs(needs, here),
          ...(isGroup(draft) ? policy(draft) : { cachingOptions: caching(draft), ...retryPolicy(draft.retries) }),
        },
      ];
    }),
  );
}

const caching = ({ cached }: TaskDraft): TaskSpec['cachingOptions'] => (cached ? { enableCache: true } : {});

const policy = ({ condition }: GroupDraft): Pick<TaskSpec, 'cachingOptions' | 'triggerPolicy'> => ({
  cachingOptions: {},
  ...(condition === undefined ? {} : { triggerPolicy: { condition: condition.text } }),
});

function leaf(draft: TaskDraft, known: Known, { executors }: Parts): Component {
  executors[executorName(draft.name)] = draft.executor;
  return {
    executorLabel: executorName(draft.name),
    ...definitions('inputDefinitions', needsOf(draft), known),
    ...(Object.keys(draft.gives.values).length + Object.keys(draft.gives.folders).length === 0
      ? {}
      : { outputDefinitions: { ...parameters(draft.gives.values), ...artifacts(draft.gives.folders) } }),
  };
}

const group = (draft: GroupDraft, known: Known, parts: Parts): DagComponent => ({
  dag: { tasks: renderTasks(draft.items, known, parts) },
  ...definitions('inputDefinitions', needsOf(draft), known),
});

function needsOf(draft: Draft): Needs {
  if (!isGroup(draft)) return { values: draft.values, folders: draft.folders, after: draft.after };
  const within = new Set(tasksIn(draft.items).map(({ name }) => name));
  const all = draft.items.map(needsOf);
  const outside = (source: ValueSource | FolderSource): boolean => 'run' in source || !within.has(source.task);
  const byChannel = <S extends ValueSource | FolderSource>(sources: readonly S[]): Readonly<Record<string, S>> =>
    Object.fromEntries(sources.filter(outside).map((source) => [channel(source), source]));
  return {
    values: {
      ...byChannel(all.flatMap(({ values }) => Object.values(values))),
      ...byChannel(Object.values(draft.condition?.values ?? {})),
    },
    folders: byChannel(all.flatMap(({ folders }) => Object.values(folders))),
    after: [...new Set(all.flatMap(({ after }) => after))].filter((task) => !within.has(task)),
  };
}

const sourcesOf = ({ values, folders }: Needs): readonly string[] =>
  [...Object.values(values), ...Object.values(folders)].flatMap((source) => ('run' in source ? [] : source.task));

/** @param here - tasks beside the one that takes these, each with the task of this graph that it is in */
function inputs({ values, folders }: Needs, here: ReadonlyMap<string, string>): Pick<TaskSpec, 'inputs'> {
  const value = (source: ValueSource): ParameterInput =>
    'run' in source || !here.has(source.task)
      ? { componentInputParameter: channel(source) }
      : { taskOutputParameter: { producerTask: source.task, outputParameterKey: source.output } };
  const folder = (source: FolderSource): ArtifactInput =>
    here.has(source.task)
      ? { taskOutputArtifact: { producerTask: source.task, outputArtifactKey: source.output } }
      : { componentInputArtifact: channel(source) };
  const given = {
    ...some('parameters', map(values, value)),
    ...some('artifacts', map(folders, folder)),
  };
  return Object.keys(given).length === 0 ? {} : { inputs: given };
}

function definitions(
  key: 'inputDefinitions',
  { values, folders }: Needs,
  known: Known,
): { inputDefinitions?: Definitions } {
  const types = map(values, (source) =>
    'run' in source ? known.run[source.run] : known.tasks.get(source.task)?.gives.values[source.output],
  );
  const titles = map(folders, ({ task, output }) => known.tasks.get(task)?.gives.folders[output]);
  const defined = { ...parameters(certain(types)), ...artifacts(certain(titles)) };
  return Object.keys(defined).length === 0 ? {} : { [key]: defined };
}

/** @throws Error for what refers to nothing: a plan has no such edge. */
function certain<T>(found: Readonly<Record<string, T | undefined>>): Readonly<Record<string, T>> {
  return map(found, (one, name) => {
    if (one === undefined) throw new Error(`the input ${name} of a task comes from nowhere`);
    return one;
  });
}

export const parameters = (types: Readonly<Record<string, ParameterType>>): Pick<Definitions, 'parameters'> =>
  some(
    'parameters',
    map(types, (parameterType) => ({ parameterType })),
  );

const artifacts = (titles: Readonly<Record<string, SchemaTitle>>): Pick<Definitions, 'artifacts'> =>
  some(
    'artifacts',
    map(titles, (schemaTitle) => ({ artifactType: { schemaTitle, schemaVersion: '0.0.1' } as const })),
  );

const map = <T, R>(of: Readonly<Record<string, T>>, to: (value: T, name: string) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, to(value, name)]));

const some = <K extends string, T extends object>(key: K, value: T): { readonly [P in K]?: T } =>
  Object.keys(value).length === 0 ? {} : ({ [key]: value } as { readonly [P in K]?: T });
