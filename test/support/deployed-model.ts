import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import type { PlatformSpec } from '../../lib/spec/platform';
import { aslFromTemplate, machinesOf, resolvedValue, type TemplateValues } from './asl-from-template';
import { synthPlatform } from './examples';
import type { OwnTimes } from './own-time';

type Json = Readonly<Record<string, unknown>>;

/** What an event or a schedule hands to a machine: a text, or a template that is filled from the event. */
export interface Delivery {
  /** Logical id of the machine. */
  readonly machine: string;
  readonly input?: string;
  readonly transformer?: {
    readonly InputPathsMap: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/** The stack of a model as CloudFormation would have made it, from its template. */
export interface DeployedModel {
  /** Definitions of machines by logical id. */
  readonly machines: Readonly<Record<string, object>>;
  readonly rules: readonly { readonly pattern: object; readonly targets: readonly Delivery[] }[];
  readonly schedules: readonly (Delivery & OwnTimes)[];
  /** Alarms on one metric by their name, as PutMetricAlarm has them. */
  readonly alarms: Readonly<Record<string, Json>>;
  readonly parameters: Readonly<Record<string, { readonly value: string }>>;
  /** The definition of its pipeline, and the name of that. */
  readonly pipeline: { readonly name: string; readonly definition: object };
  /** Files of the bucket of the bootstrap that anything names: keys, and content in base64. */
  readonly assets: (python: string) => Readonly<Record<string, Readonly<Record<string, { readonly base64: string }>>>>;
}

const ACCOUNT = '111111111111';
const KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/11111111-1111-4111-8111-111111111111`;
const MACHINE = `arn:aws:states:eu-central-1:${ACCOUNT}:stateMachine:`;

function valuesOf(template: {
  readonly Resources?: Readonly<Record<string, { readonly Type: string }>>;
}): TemplateValues {
  const typeOf = (id: string): string => template.Resources?.[id]?.Type ?? '';
  const arn = (id: string): string => {
    if (typeOf(id) === 'AWS::StepFunctions::StateMachine') return `${MACHINE}${id}`;
    if (typeOf(id) === 'AWS::IAM::Role') return `arn:aws:iam::${ACCOUNT}:role/${id.slice(0, 40)}`;
    return `arn:aws:sns:eu-central-1:${ACCOUNT}:${id}`;
  };
  return {
    ref: (id) => {
      if (typeOf(id) !== '') return arn(id);
      if (/topic/i.test(id)) return `arn:aws:sns:eu-central-1:${ACCOUNT}:alerts`;
      return /subnets/i.test(id) ? 'subnet-1,subnet-2' : /vpc/i.test(id) ? 'vpc-1' : KEY;
    },
    attribute: (id, name) => (name === 'GroupId' ? 'sg-1' : arn(id)),
  };
}

interface Target {
  readonly Arn: string;
  readonly Input?: string;
  readonly InputTransformer?: Delivery['transformer'];
}

/** The five fields of cron that EventBridge Scheduler was given with a sixth for the year, which is any. */
function fiveFields(expression: string): string {
  const [, cron] = /^cron\((\S+(?: \S+){4}) \*\)$/.exec(expression) ?? [];
  if (cron === undefined) throw new Error(`${expression} is no cron of every year`);
  return cron;
}

/** Synthesises a platform and reads the stack of its one model with a pipeline. */
export function deployedModel(spec: PlatformSpec, model: string): DeployedModel {
  const { platform, assembly } = synthPlatform(spec);
  const stack = platform.models[model];
  if (stack === undefined) throw new Error(`there is no model ${model}`);
  const template = Template.fromStack(stack).toJSON();
  const values = valuesOf(template);
  const of = (type: string): readonly Json[] =>
    Object.values(template.Resources as Readonly<Record<string, { Type: string; Properties: unknown }>>)
      .filter(({ Type }) => Type === type)
      .map(({ Properties }) => resolvedValue(Properties, values) as Json);
  const machines = Object.fromEntries(machinesOf(template).map((id) => [id, aslFromTemplate(template, id, values)]));
  const deliveriesOf = (targets: readonly Target[]): readonly Delivery[] =>
    targets
      .filter(({ Arn }) => Arn.startsWith(MACHINE))
      .map(({ Arn, Input, InputTransformer }) => ({
        machine: Arn.replace(MACHINE, ''),
        ...(Input === undefined ? {} : { input: Input }),
        ...(InputTransformer === undefined ? {} : { transformer: InputTransformer }),
      }));
  const [pipeline] = of('AWS::SageMaker::Pipeline');
  if (pipeline === undefined) throw new Error(`${model} has no pipeline`);
  const { PipelineDefinitionBody } = pipeline.PipelineDefinition as { readonly PipelineDefinitionBody: string };
  const text = JSON.stringify(machines) + PipelineDefinitionBody;
  return {
    machines,
    rules: of('AWS::Events::Rule').map(({ EventPattern: pattern, Targets }) => ({
      pattern: pattern as object,
      targets: deliveriesOf(Targets as readonly Target[]),
    })),
    schedules: of('AWS::Scheduler::Schedule').flatMap(
      ({ Target: target, ScheduleExpression, ScheduleExpressionTimezone }) =>
        deliveriesOf([target as Target]).map((delivery) => ({
          ...delivery,
          cron: fiveFields(String(ScheduleExpression)),
          timeZone: String(ScheduleExpressionTimezone),
        })),
    ),
    alarms: Object.fromEntries(
      of('AWS::CloudWatch::Alarm')
        .filter((alarm) => 'MetricName' in alarm && 'AlarmName' in alarm)
        .map(({ AlarmName, Tags: _, ...alarm }) => [AlarmName, alarm]),
    ),
    parameters: Object.fromEntries(
      of('AWS::SSM::Parameter').map(({ Name, Value }) => [Name, { value: String(Value) }]),
    ),
    pipeline: { name: String(pipeline.PipelineName), definition: JSON.parse(PipelineDefinitionBody) },
    assets: (python) => {
      const named = new Map(
        [...text.matchAll(/s3:\/\/(cdk-[^/'"]+)\/([0-9a-f]{64})\.zip/g)].map((found) => [found[2], found[1]]),
      );
      const files: Record<string, Record<string, { base64: string }>> = {};
      for (const [hash = '', bucket = ''] of named)
        files[bucket] = {
          ...files[bucket],
          [`${hash}.zip`]: { base64: zipped(python, join(assembly.directory, `asset.${hash}`)) },
        };
      return files;
    },
  };
}

/** A folder as `cdk deploy` uploads it. */
function zipped(python: string, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'asset-'));
  try {
    const make = 'import shutil, sys; shutil.make_archive(sys.argv[1], "zip", sys.argv[2])';
    execFileSync(python, ['-c', make, join(folder, 'asset'), content]);
    return readFileSync(join(folder, 'asset.zip')).toString('base64');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
