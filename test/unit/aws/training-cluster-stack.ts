import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type INetwork, Network } from '../../../lib/aws/network/network';
import type { TrainingClusterInput } from '../../../lib/aws/training-cluster/cluster-spec';
import { TrainingCluster, type TrainingClusterProps } from '../../../lib/aws/training-cluster/training-cluster';
import { testStack } from '../../support/synth';

export type BatchCluster = Extract<TrainingClusterInput, { kind: 'batch' }>;

export const SUBNETS = ['subnet-0a1b2c3d4e5f67890', 'subnet-0a1b2c3d4e5f67891'] as const;

/** A network of somebody else. */
export const network = (stack: Stack): INetwork =>
  Network.fromIds(stack, 'Net', { vpcId: 'vpc-0a1b2c3d4e5f67890', subnetIds: SUBNETS });

/** A cluster alone in a stack of a region. */
export function clusterIn(
  region: string | undefined,
  props: Omit<TrainingClusterProps, 'network'> & { readonly build?: (stack: Stack) => Partial<TrainingClusterProps> },
): { readonly stack: Stack; readonly cluster: TrainingCluster; readonly template: Template } {
  const stack = testStack(region === undefined ? {} : { env: { region } });
  const { build, ...rest } = props;
  const cluster = new TrainingCluster(stack, 'Training', { network: network(stack), ...rest, ...build?.(stack) });
  return { stack, cluster, template: Template.fromStack(stack) };
}

export interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Statements of the managed policies of a template whose logical id starts so. */
export function statements(template: Template, logicalId: string): readonly Statement[] {
  return Object.entries(template.findResources('AWS::IAM::ManagedPolicy'))
    .filter(([id]) => id.startsWith(logicalId))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
}

/** All actions that statements allow, sorted. */
export const actions = (all: readonly Statement[]): readonly string[] =>
  [...new Set(all.flatMap(({ Action }) => Action))].sort();

/** The one resource of a type. */
export function only(template: Template, type: string): Readonly<Record<string, unknown>> {
  const found = Object.values(template.findResources(type));
  if (found.length !== 1) throw new Error(`${found.length} of ${type}`);
  return found[0]?.Properties;
}

/** JSON text of a template as an object. Whatever is known at deployment only becomes its own JSON as text. */
export function json(value: unknown): Readonly<Record<string, unknown>> {
  const join = value as { readonly 'Fn::Join': readonly [string, readonly unknown[]] };
  const text = typeof value === 'string' ? value : join['Fn::Join'][1].map(written).join('');
  return JSON.parse(text);
}

const written = (part: unknown): string =>
  typeof part === 'string' ? part : JSON.stringify(part).replaceAll('"', "'");
