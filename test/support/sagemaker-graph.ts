import type { Step } from '../../lib/aws/training-pipeline/document/document-props';
import type { PipelineDocument } from '../../lib/aws/training-pipeline/document/pipeline-document';
import type { IrGraph } from './ir-graph';

/** A step of a definition and the condition that it is in. */
interface Placed {
  readonly step: Step;
  readonly within?: Step;
}

interface Condition {
  readonly Conditions: readonly { readonly Type: string; readonly LeftValue: unknown; readonly RightValue: unknown }[];
  readonly IfSteps: readonly Step[];
  readonly ElseSteps: readonly Step[];
}
const conditionOf = (step: Step): Condition => step.Arguments as unknown as Condition;

/** The graph of a definition as that of Vertex AI Pipelines is told, without conditions as steps of their own. */
export function sagemakerGraph(document: PipelineDocument): IrGraph {
  const placed = document.Steps.flatMap((step): readonly Placed[] => {
    if (step.Type !== 'Condition') return [{ step }];
    const { IfSteps, ElseSteps } = conditionOf(step);
    return [...IfSteps, ...ElseSteps].map((inner) => ({ step: inner, within: step }));
  });
  const direct = Object.fromEntries(
    placed.map(({ step, within }) => [step.Name, [...waits(step), ...(within === undefined ? [] : waits(within))]]),
  );
  return {
    data: placed.flatMap(({ step }) => data(document, step)).sort(),
    before: Object.fromEntries(placed.map(({ step }) => [step.Name, closure(step.Name, direct)])),
    conditions: Object.fromEntries(
      placed.flatMap(({ step, within }) => (within === undefined ? [] : [[step.Name, written(within, step)]])),
    ),
  };
}

const own = ({ Type, Arguments }: Step): unknown => (Type === 'Condition' ? Arguments.Conditions : Arguments);

/** Every `Get` within a value. */
export function gets(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Get' in value) return [String(value.Get)];
  return Object.values(value).flatMap(gets);
}

const waits = (step: Step): readonly string[] => [
  ...(step.DependsOn ?? []),
  ...gets(own(step)).flatMap((text) => /^Steps\.([\w-]+)\./.exec(text)?.[1] ?? []),
];

interface Channel {
  readonly InputName?: string;
  readonly ChannelName?: string;
}

/** Folders that a step reads: `prepare.train > train.train`. */
function data(document: PipelineDocument, step: Step): readonly string[] {
  const channels = [
    step.Arguments.ProcessingInputs ?? [],
    step.Arguments.InputDataConfig ?? [],
    step.Type === 'Callback' ? handedOver(step) : [],
  ].flat() as Channel[];
  return channels.flatMap((channel) => {
    const from = gets(channel).map((text) => source(document, text));
    return [...new Set(from)].map((one) => `${one} > ${step.Name}.${channel.InputName ?? channel.ChannelName}`);
  });
}

/** Inputs of a callback step: its arguments that are called so. */
const handedOver = ({ Arguments }: Step): readonly object[] =>
  Object.entries(Arguments).flatMap(([name, from]) =>
    name.startsWith('input-') ? [{ InputName: name.slice('input-'.length), from }] : [],
  );

function source({ Steps }: PipelineDocument, text: string): string {
  const [, step, path = ''] = /^Steps\.([\w-]+)\.(.*)$/.exec(text) ?? [];
  if (step === undefined) return text.replace('Parameters.', 'run.');
  const output = /Outputs\['([\w-]+)'\]/.exec(path)?.[1];
  const maker = Steps.find(({ Name }) => Name === step);
  if (maker?.Type === 'Callback') return `${step}.${outputFolder(maker)}`;
  const made = maker?.Arguments.AlgorithmSpecification as
    | { readonly ContainerArguments: readonly string[] }
    | undefined;
  const words = made?.ContainerArguments ?? [];
  return `${step}.${output ?? words[words.indexOf('/opt/ml/model') - 1]?.slice(2)}`;
}

/** Last part of the address that the output of a callback step is to be left at: `model`. */
function outputFolder({ Arguments }: Step): string | undefined {
  const { 'Std:Join': join } = Arguments.output as { readonly 'Std:Join': { readonly Values: readonly unknown[] } };
  return String(join.Values.at(-1)).split('/').at(-1);
}

const SIGNS: Readonly<Record<string, string>> = { GreaterThanOrEqualTo: '>=', LessThanOrEqualTo: '<=' };

interface FromFile {
  readonly 'Std:JsonGet': { readonly PropertyFile: { readonly Get: string }; readonly Path: string };
}

/** `evaluate.auc >= 0.5`, with `not` before it where a step runs if it does not hold. */
function written(condition: Step, { Name }: Step): string {
  const { Conditions, IfSteps } = conditionOf(condition);
  const text = Conditions.map(({ Type, LeftValue, RightValue }) => {
    const { PropertyFile, Path } = (LeftValue as FromFile)['Std:JsonGet'];
    const right = typeof RightValue === 'number' ? RightValue : gets(RightValue).join().replace('Parameters.', 'run.');
    const metric = Path.replace(/^\['(.*)'\]$/, '$1');
    return `${PropertyFile.Get.split('.')[1]}.${metric} ${SIGNS[Type]} ${right}`;
  }).join(' && ');
  return IfSteps.some((step) => step.Name === Name) ? text : `not ${text}`;
}

function closure(name: string, direct: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const found = new Set<string>();
  const add = (step: string): void => {
    for (const other of direct[step] ?? []) {
      if (found.has(other)) continue;
      found.add(other);
      add(other);
    }
  };
  add(name);
  return [...found].sort();
}
