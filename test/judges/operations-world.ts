import { Template } from 'aws-cdk-lib/assertions';
import { Alerts } from '../../lib/aws/alerts/alerts';
import { Locks } from '../../lib/aws/locks/locks';
import { Operations } from '../../lib/aws/operations/operations';
import { noTrafficAlarm, scalableResource } from '../../lib/aws/serving-endpoint/endpoint-names';
import type { ChampionRecord } from '../../lib/aws/serving-endpoint/records';
import { PlatformNames } from '../../lib/plan/names';
import { VARIANT } from '../../lib/plan/rollout';
import { championPath, endpointLock, servingPath } from '../../lib/plan/serving-access';
import { ENDPOINT_TAG, MODEL_TAG, PLATFORM_TAG } from '../../lib/plan/tags';
import { aslFromTemplate, machinesOf } from '../support/asl-from-template';
import type { AslRequest, AslRun, AslWorld } from '../support/asl-judge';
import { testStack } from '../support/synth';

/** What the tests of the machines share that look after all endpoints: the machines, worlds with models that serve, and what is left. */

export const NAMES = new PlatformNames('fraud', 'prod');
export const NOW = '2026-01-01T00:00:00Z';
const TOPIC = 'arn:aws:sns:eu-central-1:111111111111:alerts';

let template: object | undefined;

/** A machine as it stands in the template of `Operations`. */
export function operationsMachine(which: 'Retire' | 'Sweep' | 'Scorecard'): object {
  template ??= synthesise();
  const id = machinesOf(template).find((machine) => machine.startsWith(`Operations${which}`)) ?? '';
  return aslFromTemplate(template, id, {
    ref: (name) => (name.includes('LocksTable') ? 'locks' : name.includes('AlertsTopic') ? TOPIC : undefined),
  });
}

function synthesise(): object {
  const stack = testStack({ env: { account: '111111111111', region: 'eu-central-1' } });
  new Operations(stack, 'Operations', {
    names: NAMES,
    alerts: new Alerts(stack, 'Alerts', { platform: NAMES.slug }),
    locks: new Locks(stack, 'Locks'),
  });
  return Template.fromStack(stack).toJSON();
}

/** A model of a platform, and what there is of it. */
export interface Served {
  readonly model: string;
  /** Whose it is. Default: NAMES. */
  readonly names?: PlatformNames;
  /** Default: InService. */
  readonly status?: string;
  /** What its endpoint is busy with, as services/fleet.py writes it. */
  readonly move?: object;
  /** Whether its shell is there. Default: false. */
  readonly shell?: boolean;
  /** The record of the version that serves: a part of it, a text that is none, or null for none. */
  readonly champion?: Partial<ChampionRecord> | string | null;
  /** What of it is there. Default: everything. */
  readonly only?: readonly ('endpoint' | 'scaling' | 'alarms' | 'configs' | 'models')[];
}

export const endpointOf = ({ model, names = NAMES }: Pick<Served, 'model' | 'names'>): string =>
  names.of('endpoint', model);
export const configOf = (served: Pick<Served, 'model' | 'names'>, version: number): string =>
  `${endpointOf(served)}--${version}-0123abcd`;

/** State of the services with these models, of which versions 4 and 5 were served. */
export function worldOf(served: readonly Served[], other: Readonly<Record<string, unknown>> = {}): Required<AslWorld> {
  const state = {
    dynamodb: { tables: { locks: { key: { lock: 'S' }, items: [] as object[] } } },
    ssm: { parameters: {} as Record<string, { value: string }> },
    sagemaker: {
      endpoints: {} as Record<string, object>,
      configs: {} as Record<string, object>,
      models: {} as Record<string, object>,
    },
    cloudwatch: { alarms: {} as Record<string, object>, published: [] },
    sns: { published: [] },
    applicationautoscaling: { targets: {} as Record<string, object>, policies: {} as Record<string, object> },
  };
  for (const one of served) add(one, state);
  return { kind: 'endpoints', now: NOW, state: { ...state, ...other } };
}

type State = {
  ssm: { parameters: Record<string, { value: string }> };
  sagemaker: Record<'endpoints' | 'configs' | 'models', Record<string, object>>;
  cloudwatch: { alarms: Record<string, object> };
  applicationautoscaling: { targets: Record<string, object>; policies: Record<string, object> };
};

const CREATED = '2025-12-01T00:00:00Z';

function add(one: Served, { ssm, sagemaker, cloudwatch, applicationautoscaling }: State): void {
  const { model, names = NAMES, only } = one;
  const endpoint = endpointOf(one);
  const tags = { [PLATFORM_TAG]: names.slug, [ENDPOINT_TAG]: endpoint, [MODEL_TAG]: model };
  const has = (part: NonNullable<Served['only']>[number]) => only === undefined || only.includes(part);
  if (one.champion !== null)
    ssm.parameters[names.parameter(...championPath(model))] = { value: recordText(one.champion) };
  if (one.shell === true) ssm.parameters[names.parameter(...servingPath(model))] = { value: '{}' };
  for (const version of [4, 5]) {
    const name = configOf(one, version);
    if (has('models')) sagemaker.models[name] = { created: CREATED, tags };
    const variant = { VariantName: VARIANT, ModelName: name, InstanceType: 'ml.m7i.large', InitialInstanceCount: 2 };
    if (has('configs')) sagemaker.configs[name] = { created: CREATED, tags, ProductionVariants: [variant] };
  }
  if (has('endpoint'))
    sagemaker.endpoints[endpoint] = {
      config: configOf(one, 5),
      status: one.status ?? 'InService',
      created: CREATED,
      modified: CREATED,
      variant: VARIANT,
      count: 2,
      tags,
      history: [[CREATED, { [configOf(one, 5)]: 100 }]],
      ...(one.move === undefined ? {} : { move: one.move }),
    };
  if (has('scaling')) applicationautoscaling.targets[scalableResource(endpoint)] = { min: 2, max: 4 };
  if (has('alarms')) cloudwatch.alarms[noTrafficAlarm(endpoint)] = { ...ALARM, tags, ...about(endpoint) };
}

const ALARM = {
  Namespace: 'AWS/SageMaker',
  MetricName: 'Invocations',
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 12,
  Threshold: 1,
  ComparisonOperator: 'LessThanThreshold',
  created: CREATED,
};
const about = (endpoint: string) => ({ Dimensions: [{ Name: 'EndpointName', Value: endpoint }] });

/** An alarm of the stack of a model: it has the tags of the platform, and not those of the endpoint. */
export const stackAlarm = (endpoint: string) => ({
  ...ALARM,
  ...about(endpoint),
  tags: { [PLATFORM_TAG]: NAMES.slug },
});

const recordText = (record: Served['champion']): string =>
  typeof record === 'string' ? record : JSON.stringify({ version: '5', at: CREATED, ...record });

/** Starts a machine. */
export const start = (
  definition: object,
  world: AslWorld,
  input: unknown = {},
  rest: Partial<AslRequest> = {},
): AslRequest => ({
  definition,
  input,
  world,
  ...rest,
});

export const lockOf = (served: Pick<Served, 'model'>): string => endpointLock(endpointOf(served));

interface Left {
  readonly dynamodb: { readonly tables: { readonly locks: { readonly items: readonly unknown[] } } };
  readonly ssm: { readonly parameters: Readonly<Record<string, unknown>> };
  readonly sns: { readonly published: readonly { readonly Message: string }[] };
  readonly sagemaker: Readonly<Record<'endpoints' | 'configs' | 'models', Readonly<Record<string, unknown>>>>;
  readonly cloudwatch: {
    readonly alarms: Readonly<Record<string, unknown>>;
    readonly published: readonly { readonly Namespace: string; readonly MetricData: readonly object[] }[];
  };
  readonly applicationautoscaling: { readonly targets: Readonly<Record<string, unknown>> };
}

interface AlertText {
  readonly content: { readonly nextSteps: readonly string[] };
  readonly metadata: { readonly eventType: string };
}

/** What an execution left behind, by name. */
export function left(run: Pick<AslRun, 'world'>) {
  const { dynamodb, ssm, sns, sagemaker, cloudwatch, applicationautoscaling } = run.world.state as unknown as Left;
  const messages = sns.published.map(({ Message }) => JSON.parse(Message) as AlertText);
  return {
    things: [
      ...Object.keys(sagemaker.endpoints),
      ...Object.keys(applicationautoscaling.targets),
      ...Object.keys(cloudwatch.alarms),
      ...Object.keys(sagemaker.configs).map((name) => `config ${name}`),
      ...Object.keys(sagemaker.models).map((name) => `model ${name}`),
      ...Object.keys(ssm.parameters),
    ].sort(),
    announced: messages.map(({ metadata }) => metadata.eventType),
    said: messages.map(({ content }) => content.nextSteps),
    locks: dynamodb.tables.locks.items,
    metrics: cloudwatch.published,
  };
}
