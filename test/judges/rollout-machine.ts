import { Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Alerts } from '../../lib/aws/alerts/alerts';
import { ArtifactStore } from '../../lib/aws/artifact-store/artifact-store';
import { ModelRegistry } from '../../lib/aws/model-registry/model-registry';
import { Network } from '../../lib/aws/network/network';
import type { ChampionRecord } from '../../lib/aws/serving-endpoint/records';
import { ServingEndpoint, type ServingEndpointProps } from '../../lib/aws/serving-endpoint/serving-endpoint';
import { PlatformNames } from '../../lib/plan/names';
import { aslFromTemplate, type TemplateWithMachines } from '../support/asl-from-template';
import type { AslRequest, AslRun } from '../support/asl-judge';
import { testStack } from '../support/synth';

/** What the tests of the rollout machine share: the machine itself, its world, and what to look at when it has ended. */

const NAMES = new PlatformNames('fraud', 'prod');
const GROUP = 'fraud-prod-detector';
export const ENDPOINT = NAMES.of('endpoint', 'detector');
export const CHAMPION = NAMES.parameter('models', 'detector', 'champion');
export const FACTS = NAMES.parameter('models', 'detector', 'serving');
export const LOCK = `endpoints/${ENDPOINT}`;
const SCALABLE = `endpoint/${ENDPOINT}/variant/main`;
export const NO_TRAFFIC = `${ENDPOINT}--no-traffic`;
export const START = Date.parse('2026-01-01T00:00:00Z');

export const packageArn = (version: number | string): string =>
  `arn:aws:sagemaker:eu-central-1:111111111111:model-package/${GROUP}/${version}`;

export type ServingProps = Pick<ServingEndpointProps, 'serving' | 'monitoring'>;

/** Five minutes: the shortest that guards allow, and few polls. */
export const CANARY: ServingProps = { serving: { rollout: { strategy: 'canary', bake: '5 minutes' } } };
export const LINEAR: ServingProps = {
  serving: { replicas: { min: 4, max: 8 }, rollout: { strategy: 'linear', step: '25%', bake: '5 minutes' } },
};
export const AT_ONCE: ServingProps = {
  serving: { replicas: { min: 1, max: 2 }, rollout: { strategy: 'allAtOnce', bake: '5 minutes' } },
};

const synthesised = new Map<string, Readonly<Record<string, unknown>>>();

/** The machine as it stands in the template of an endpoint. */
export function rolloutMachineOfTemplate(props: ServingProps = CANARY): Readonly<Record<string, unknown>> {
  const key = JSON.stringify(props);
  const known = synthesised.get(key) ?? synthesise(props);
  synthesised.set(key, known);
  return known;
}

function synthesise(props: ServingProps): Readonly<Record<string, unknown>> {
  const stack = testStack({ env: { account: '111111111111', region: 'eu-central-1' } });
  Tags.of(stack).add('mlops-platform', 'fraud-prod');
  const alerts = new Alerts(stack, 'Alerts', { platform: 'fraud-prod' });
  const artifacts = new ArtifactStore(stack, 'Artifacts');
  new ServingEndpoint(stack, 'Serving', {
    registry: new ModelRegistry(stack, 'Registry', { model: 'detector', groupName: GROUP, alerts }),
    network: Network.fromIds(stack, 'Network', { vpcId: 'vpc-0a', subnetIds: ['subnet-0a', 'subnet-0b'] }),
    repository: new ecr.Repository(stack, 'Images'),
    artifacts,
    encryptionKey: artifacts.encryptionKey,
    alerts,
    names: NAMES,
    ...props,
  });
  const template = Template.fromStack(stack).toJSON() as TemplateWithMachines;
  const machine = Object.keys(template.Resources ?? {}).find((id) => /^ServingRolloutMachine.*StateMachine/.test(id));
  return aslFromTemplate(template, machine ?? 'none', {
    ref: (id) => (id.includes('LocksTable') ? 'locks' : id.includes('AlertsTopic') ? 'arn:aws:sns:::alerts' : id),
    attribute: (id, name) =>
      name === 'GroupId' ? 'sg-0a' : `arn:aws:${id.includes('Role') ? 'iam::111111111111:role' : 'kms:::key'}/${id}`,
  });
}

/** What a version does, where it differs from one that is well. */
export interface Behaviour {
  /** p95 of its latency in microseconds. */
  readonly latency?: number;
  /** Share of the requests that it fails to answer. */
  readonly errors?: number;
  /** Whether its container starts, whether an update to it breaks the endpoint, whether the way back from it works. */
  readonly starts?: boolean;
  readonly breaks?: boolean;
  readonly rollsBack?: boolean;
}

export interface Situation {
  readonly props?: ServingProps;
  /** Versions in the registry by number. */
  readonly approvals?: Readonly<Record<string, 'Approved' | 'Rejected' | 'PendingManualApproval'>>;
  readonly behaviours?: Readonly<Record<string, Behaviour>>;
  /** What people decide about versions, and when. */
  readonly decisions?: readonly { readonly arn: string; readonly at: string; readonly approval: string }[];
  /** When the lock that another execution holds is free again, in seconds since 1970. */
  readonly lockedUntil?: number;
  /** Whether the model has a shell. Default: true. */
  readonly owned?: boolean;
  /** Seconds of virtual time that machines take to start. */
  readonly startSeconds?: number;
}

/** A world in which nothing serves yet. */
export function request(situation: Situation = {}, rest: Partial<AslRequest> = {}): AslRequest {
  const { props, approvals = { 5: 'Approved' }, behaviours = {}, decisions = [], lockedUntil } = situation;
  const lock = { lock: { S: LOCK }, owner: { S: 'another' }, expiresAt: { N: `${lockedUntil}` } };
  return {
    definition: rolloutMachineOfTemplate(props),
    input: approvalOf(5),
    world: {
      kind: 'endpoints',
      state: {
        dynamodb: { tables: { locks: { key: { lock: 'S' }, items: lockedUntil === undefined ? [] : [lock] } } },
        ssm: { parameters: situation.owned === false ? {} : { [FACTS]: { value: '{}' } } },
        sagemaker: {
          versions: Object.fromEntries(
            Object.entries(approvals).map(([version, status]) => [packageArn(version), status]),
          ),
          behaviours,
          decisions,
          seconds: { start: situation.startSeconds ?? 120, rollback: 90, delete: 60 },
        },
      },
    },
    ...rest,
  };
}

/** What the rule hands to the machine when a version was approved, just before it starts unless told otherwise. */
export const approvalOf = (version: number, millis = START - 10_000) => ({
  action: 'promote',
  packageArn: packageArn(version),
  reason: 'It was approved.',
  changedAt: instant(millis),
  sentAt: instant(millis + 1000),
});

/** As the registry writes it: without fractions of a second. */
export const instant = (millis: number): string => new Date(millis).toISOString().replace(/\.\d+/, '');

type Json = Readonly<Record<string, unknown>>;

/** The same request in the world that another run left, changed. */
export function later(
  run: Pick<AslRun, 'world'>,
  changes: {
    readonly input?: unknown;
    /** Instead of an input: the version that was approved just before. */
    readonly approved?: number;
    readonly name?: string;
    readonly afterSeconds?: number;
    readonly props?: ServingProps;
    readonly approvals?: Situation['approvals'];
    readonly behaviours?: Situation['behaviours'];
    readonly rest?: Partial<AslRequest>;
  } = {},
): AslRequest {
  const { approved, behaviours = {}, afterSeconds = 60 } = changes;
  const approvals = { ...(approved === undefined ? {} : { [approved]: 'Approved' }), ...changes.approvals };
  const state = structuredClone(run.world.state) as Record<string, Json>;
  const millis = Date.parse(run.world.now) + afterSeconds * 1000;
  const now = new Date(millis).toISOString();
  const { sagemaker = {} } = state;
  return {
    definition: rolloutMachineOfTemplate(changes.props),
    input: changes.input ?? approvalOf(approved ?? 5, millis - 10_000),
    execution: { name: changes.name ?? 'another' },
    world: {
      ...run.world,
      now,
      state: {
        ...state,
        sagemaker: {
          ...sagemaker,
          versions: {
            ...(sagemaker.versions as Json),
            ...Object.fromEntries(Object.entries(approvals).map(([v, status]) => [packageArn(v), status])),
          },
          behaviours: { ...(sagemaker.behaviours as Json), ...behaviours },
        },
      },
    },
    ...changes.rest,
  };
}

interface EndpointState {
  readonly status: string;
  readonly config: string;
  readonly count: number;
  readonly traffic: Readonly<Record<string, number>>;
  readonly history: readonly (readonly [string, Readonly<Record<string, number>>])[];
  readonly tags: Readonly<Record<string, string>>;
}

interface EndpointsState {
  readonly dynamodb: { readonly tables: { readonly locks: { readonly items: readonly unknown[] } } };
  readonly ssm: { readonly parameters: Readonly<Record<string, { readonly value: string }>> };
  readonly sns: { readonly published: readonly { readonly Message: string; readonly at: string }[] };
  readonly sagemaker: {
    readonly endpoints: Readonly<Record<string, EndpointState>>;
    readonly models: Readonly<Record<string, Json>>;
    readonly configs: Readonly<Record<string, Json>>;
  };
  readonly cloudwatch: { readonly alarms: Readonly<Record<string, Json & { readonly state: string }>> };
  readonly applicationautoscaling: {
    readonly targets: Readonly<Record<string, { readonly min: number; readonly max: number }>>;
    readonly policies: Readonly<Record<string, Json>>;
  };
}

const versionOf = (config: string): string => config.replace(/^.*-(\d+)-[0-9a-f]{8}$/, '$1');
const byVersion = <T>(map: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(map).map(([config, value]) => [versionOf(config), value]));

/** What an execution left behind. */
export function left(run: Pick<AslRun, 'world'>) {
  const state = run.world.state as unknown as EndpointsState;
  const endpoint = state.sagemaker.endpoints[ENDPOINT];
  const messages = state.sns.published.map(({ Message }) => JSON.parse(Message) as AlertText);
  const record = state.ssm.parameters[CHAMPION]?.value;
  const scaling = '-AlarmHigh-';
  return {
    status: endpoint?.status ?? 'Absent',
    /** Percent of the traffic by version. */
    traffic: byVersion(endpoint?.traffic ?? {}),
    /** The same, one entry for each change. */
    history: (endpoint?.history ?? []).map(([, shares]) => byVersion(shares)),
    endpoint,
    record: record === undefined ? undefined : (JSON.parse(record) as ChampionRecord),
    /** Versions that there is a configuration and a model of. */
    configs: Object.keys(state.sagemaker.configs).map(versionOf).sort(),
    models: Object.keys(state.sagemaker.models).map(versionOf).sort(),
    configsByName: state.sagemaker.configs,
    modelsByName: state.sagemaker.models,
    /** Alarms, but for those of scaling. */
    alarms: Object.keys(state.cloudwatch.alarms)
      .filter((name) => !name.startsWith('TargetTracking-'))
      .sort(),
    alarmsByName: state.cloudwatch.alarms,
    scaling: state.applicationautoscaling.targets[SCALABLE],
    policies: Object.values(state.applicationautoscaling.policies[SCALABLE] ?? {}),
    scalingAlarms: Object.keys(state.cloudwatch.alarms).filter((name) => name.includes(scaling)).length,
    /** Signals that the alert channel heard of, in order, without the model. */
    announced: messages.map(({ metadata }) => metadata.eventType.replace(/^detector-/, '')),
    /** The last message as lines. */
    said: messages.at(-1)?.content.nextSteps ?? [],
    locks: state.dynamodb.tables.locks.items,
  };
}

interface AlertText {
  readonly content: { readonly nextSteps: readonly string[] };
  readonly metadata: { readonly eventType: string };
}
