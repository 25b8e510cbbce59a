import type { PipelineDocument } from '../../lib/aws/training-pipeline/document/pipeline-document';
import type { PlatformSpec } from '../../lib/spec/platform';
import { resolvedValue } from './asl-from-template';
import { synthPlatform } from './examples';
import { gets, sagemakerGraph } from './sagemaker-graph';
import { alone, byName, REGISTRATION, type ToldPipeline, type ToldTrigger, textsIn } from './told-pipeline';

/** The pipeline of a platform's only model, read out of the templates for CloudFormation. */
export function toldOnAws(spec: PlatformSpec): ToldPipeline {
  const resources = synthPlatform(spec).templates.flatMap(({ template }) => Object.values(template.Resources));
  const of = (type: string) =>
    resources
      .filter(({ Type }) => Type === type)
      .map(({ Properties }) => resolvedValue(Properties, KNOWN) as Record<string, unknown>);
  const [pipeline] = of('AWS::SageMaker::Pipeline');
  const definition = pipeline?.PipelineDefinition as { readonly PipelineDefinitionBody: string } | undefined;
  const document = JSON.parse(definition?.PipelineDefinitionBody ?? '{}') as PipelineDocument;
  const { data, ...graph } = sagemakerGraph(document);
  return {
    parameters: Object.fromEntries(
      // By the last one a run says whose document it is of; elsewhere that has a name of its own.
      document.Parameters.filter(({ Name }) => !Name.startsWith('document-')).map(({ Name, Type }) => [
        Name,
        Type === 'Float' ? 'number' : 'text',
      ]),
    ),
    // Code and rules of a check are files there, and mounted elsewhere.
    edges: data.filter((edge) => !/^[^.]*\/.* > [\w-]+\.(code|rules)$/.test(edge)),
    ...alone(graph, 'Register', (name) => name === 'GateFailed'),
    images: imagesOnAws(document, of('AWS::Batch::JobDefinition') as unknown as readonly JobDefinition[]),
    lineage: lineageOnAws(document),
    triggers: [
      ...of('AWS::Scheduler::Schedule').flatMap(scheduleOnAws),
      ...of('AWS::Events::Rule').flatMap(ruleOnAws),
    ].sort(byName),
  };
}

/** What a template refers to is called after what it is. */
const KNOWN = { ref: (id: string) => id, attribute: (id: string, attribute: string) => `${id}.${attribute}` };

interface JobDefinition {
  /** Of a step: whoever trains on the cluster otherwise has one container alone. */
  readonly EcsProperties?: unknown;
}

/** Programs of the platform's own run on images of SageMaker. */
const TAG = /amazonaws\.com\/(?!sagemaker-)[\w-]+:([\w.-]+)"/g;

function imagesOnAws(
  document: PipelineDocument,
  definitions: readonly JobDefinition[],
): Readonly<Record<string, string>> {
  const ofSteps = stepsOf(document).map(({ Name, Arguments: { IfSteps: _, ...own } }) => [Name, textsIn(own, TAG)]);
  const onCluster = definitions.flatMap(({ EcsProperties: own }) =>
    own === undefined ? [] : [[textsIn(own, /"awslogs-stream-prefix":"([^"]+)"/g), textsIn(own, TAG)]],
  );
  return Object.fromEntries(
    [...ofSteps, ...onCluster].flatMap(([name, tag]) =>
      tag === '' ? [] : [[name === 'Register' ? REGISTRATION : name, tag]],
    ),
  );
}

interface Registered {
  readonly Name: string;
  readonly Arguments: {
    readonly IfSteps?: readonly Registered[];
    readonly InferenceSpecification: { readonly Containers: readonly unknown[] };
    readonly CustomerMetadataProperties: Readonly<Record<string, unknown>>;
    readonly MetadataProperties: { readonly Repository: unknown };
    readonly ModelMetrics: unknown;
  };
}

/** Every step, those below a condition after it. */
const stepsOf = ({ Steps }: PipelineDocument): readonly Registered[] =>
  (Steps as unknown as readonly Registered[]).flatMap((step) => [step, ...(step.Arguments.IfSteps ?? [])]);

function lineageOnAws(document: PipelineDocument): Readonly<Record<string, string>> {
  const found = stepsOf(document).find(({ Name }) => Name === 'Register');
  if (found === undefined) return {};
  const { InferenceSpecification, CustomerMetadataProperties, MetadataProperties, ModelMetrics } = found.Arguments;
  const from = (value: unknown): string => [...new Set(gets(value).map(shortened))].join(' ');
  return {
    ...Object.fromEntries(
      Object.entries(CustomerMetadataProperties).map(([field, value]) => [field.replace(/^mlops-/, ''), from(value)]),
    ),
    model: from(InferenceSpecification.Containers),
    images: from(MetadataProperties.Repository),
    metrics: from(ModelMetrics),
  };
}

/** `run.reason`; `prepare.train`; the model and the metrics of a step have one place there, so they are called like that. */
const shortened = (text: string): string =>
  text
    .replace(/^Parameters\./, 'run.')
    .replace(/^Steps\.([\w-]+)\.ProcessingOutputConfig\.Outputs\['metrics'\].*$/, '$1')
    .replace(/^Steps\.([\w-]+)\.ProcessingOutputConfig\.Outputs\['([\w-]+)'\].*$/, '$1.$2')
    .replace(/^Steps\.([\w-]+)\.(OutputDataConfig|TrainingJobName|OutputParameters).*$/, '$1');

interface Schedule {
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone: string;
  readonly Target: { readonly Input?: string };
}

const startedBy = (input: string | undefined): { readonly reason?: string; readonly trigger?: string } =>
  input === undefined ? {} : JSON.parse(input);

function scheduleOnAws(resource: unknown): readonly ToldTrigger[] {
  const { ScheduleExpression, ScheduleExpressionTimezone, Target } = resource as Schedule;
  const { reason, trigger } = startedBy(Target.Input);
  if (reason !== 'schedule' || trigger === undefined) return [];
  const [, times, weekday = ''] = /^cron\((.*) (\S+) \S+\)$/.exec(ScheduleExpression) ?? [];
  // Elsewhere Sunday is 0, and there it is 1; the last field are years.
  const fields = `${times} ${weekday.replaceAll(/\d/g, (day) => String(Number(day) - 1))}`;
  return [{ name: trigger, on: `${fields.replaceAll('?', '*')} in ${ScheduleExpressionTimezone}` }];
}

interface Rule {
  readonly EventPattern: {
    readonly detail?: { readonly tableName?: readonly string[]; readonly alarmName?: readonly string[] };
  };
  readonly Targets: readonly { readonly Input?: string }[];
}

function ruleOnAws(resource: unknown): readonly ToldTrigger[] {
  const { EventPattern, Targets } = resource as Rule;
  const { reason, trigger } = startedBy(Targets.find(({ Input }) => Input?.includes('"trigger"'))?.Input);
  if (trigger === undefined) return [];
  const { tableName = [], alarmName = [] } = EventPattern.detail ?? {};
  if (reason === 'new-data') return [{ name: trigger, on: `table ${tableName.join()}` }];
  return [{ name: trigger, on: `signal ${alarmName.map((name) => name.replace(/^[^-]+-/, '')).join()}` }];
}
