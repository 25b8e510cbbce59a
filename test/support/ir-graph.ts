import type { PipelineDocument, TaskSpec } from '../../lib/gcp/training-pipeline/ir/pipeline-spec';

/** The graph of a document, without the groups that its tasks are in. */
export interface IrGraph {
  /** Folders and numbers that a task takes, `prepare.train > train.train`, sorted. */
  readonly data: readonly string[];
  /** All tasks that are done before a task begins. */
  readonly before: Readonly<Record<string, readonly string[]>>;
  /** What has to hold for a task to run, `evaluate.auc >= 0.5`, where something has to. */
  readonly conditions: Readonly<Record<string, string>>;
}

/** A graph of tasks within the document: the tasks beside one another, and the group that they are in. */
interface Place {
  readonly tasks: Readonly<Record<string, TaskSpec>>;
  readonly group?: { readonly task: TaskSpec; readonly name: string; readonly within: Place };
}

export function graphOf(document: PipelineDocument): IrGraph {
  const leaves = leavesIn(document, { tasks: document.root.dag.tasks });
  const under = (place: Place, name: string): readonly string[] =>
    leaves.filter((leaf) => isUnder(leaf.place, leaf.name, place, name)).map(({ name: leaf }) => leaf);
  const direct = Object.fromEntries(
    leaves.map(({ name, place, task }) => [name, waits(place, task).flatMap(([where, other]) => under(where, other))]),
  );
  return {
    data: leaves
      .flatMap(({ name, place, task }) => sources(place, task).map(([from, to]) => `${from} > ${name}.${to}`))
      .sort(),
    before: Object.fromEntries(leaves.map(({ name }) => [name, closure(name, direct)])),
    conditions: Object.fromEntries(
      leaves.flatMap(({ name, place }) => {
        const found = conditionsAbove(place);
        return found.length === 0 ? [] : [[name, found.join(' && ')]];
      }),
    ),
  };
}

interface Leaf {
  readonly name: string;
  readonly place: Place;
  readonly task: TaskSpec;
}

function leavesIn(document: PipelineDocument, place: Place): readonly Leaf[] {
  return Object.entries(place.tasks).flatMap(([name, task]) => {
    const component = document.components[task.componentRef.name];
    if (component === undefined || !('dag' in component)) return [{ name, place, task }];
    return leavesIn(document, { tasks: component.dag.tasks, group: { task, name, within: place } });
  });
}

const isUnder = (place: Place, name: string, where: Place, group: string): boolean =>
  place.tasks === where.tasks
    ? name === group
    : place.group !== undefined && isUnder(place.group.within, place.group.name, where, group);

/** What a task and the groups around it wait for. */
const waits = (place: Place, task: TaskSpec): readonly (readonly [Place, string])[] => [
  ...(task.dependentTasks ?? []).map((other) => [place, other] as const),
  ...(place.group === undefined ? [] : waits(place.group.within, place.group.task)),
];

const conditionsAbove = ({ group }: Place): readonly string[] =>
  group === undefined
    ? []
    : [
        ...conditionsAbove(group.within),
        ...(group.task.triggerPolicy?.condition === undefined
          ? []
          : [
              group.task.triggerPolicy.condition.replaceAll(
                /inputs\.parameter_values\['([^']+)'\]/g,
                (_, name: string) => number({ tasks: {}, group }, { componentInputParameter: name }),
              ),
            ]),
      ];

/** Where what a task takes comes from, through the groups around it. */
function sources(place: Place, { inputs = {} }: TaskSpec): readonly (readonly [string, string])[] {
  return [
    ...Object.entries(inputs.artifacts ?? {}).map(([to, from]) => [folder(place, from), to] as const),
    ...Object.entries(inputs.parameters ?? {}).map(([to, from]) => [number(place, from), to] as const),
  ];
}

type Inputs = NonNullable<TaskSpec['inputs']>;
type Of<K extends keyof Inputs> = NonNullable<Inputs[K]>[string];

function folder({ group }: Place, from: Of<'artifacts'>): string {
  if ('taskOutputArtifact' in from)
    return `${from.taskOutputArtifact.producerTask}.${from.taskOutputArtifact.outputArtifactKey}`;
  const outer = group?.task.inputs?.artifacts?.[from.componentInputArtifact];
  return group === undefined || outer === undefined
    ? `nothing ${from.componentInputArtifact}`
    : folder(group.within, outer);
}

function number({ group }: Place, from: Of<'parameters'>): string {
  if ('taskOutputParameter' in from)
    return `${from.taskOutputParameter.producerTask}.${from.taskOutputParameter.outputParameterKey}`;
  if ('taskFinalStatus' in from) return `end of ${from.taskFinalStatus.producerTask}`;
  if (group === undefined) return `run.${from.componentInputParameter}`;
  const outer = group.task.inputs?.parameters?.[from.componentInputParameter];
  return outer === undefined ? `nothing ${from.componentInputParameter}` : number(group.within, outer);
}

function closure(name: string, direct: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const found = new Set<string>();
  const add = (task: string): void => {
    for (const other of direct[task] ?? []) {
      if (found.has(other)) continue;
      found.add(other);
      add(other);
    }
  };
  add(name);
  return [...found].sort();
}
