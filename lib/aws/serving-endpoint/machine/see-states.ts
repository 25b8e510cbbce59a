import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { type LookScope, lookStates } from './look-states';
import { shellOf } from './retired';
import type { RolloutMachineProps } from './rollout-props';

/** Statuses in which an endpoint is on its way and takes no other update. Source: SageMaker API reference, DescribeEndpoint. */
export const MOVING = "$endpoint.status in ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting']";

export interface SeeProps {
  readonly scope: LookScope;
  /**
   * JSONata for the record where it is known better than by reading, which may not show yet what was just written.
   * Default: it is not.
   */
  readonly known?: string;
  /** Start of the names of these states, of which `<prefix>ReadRecord` is the first. */
  readonly prefix: string;
  readonly next: string;
}

/**
 * Reads what is: `$record` of the version that serves, `{}` where none ever did; whether the model has its shell still
 * (`$owned`), and the digest of what that published (`$shell`, '' without one); and the `$endpoint` itself, of status
 * `Absent` where there is none.
 */
export function seeStates(
  props: RolloutMachineProps,
  { scope, known, prefix, next }: SeeProps,
): Readonly<Record<string, AslState>> {
  const { championParameter, factsParameter, endpoint } = props;
  return {
    [`${prefix}ReadRecord`]: call(
      'ssm:getParameters',
      { Names: [championParameter, factsParameter] },
      {
        Retry: retry(),
        Assign: {
          record: expr(record(championParameter, known)),
          owned: expr(`'${factsParameter}' in ${NAMES}`),
          shell: expr(shellOf(`$states.result.Parameters[Name = '${factsParameter}'].Value`)),
        },
        Next: `${prefix}LookAtEndpoint`,
      },
    ),
    ...lookStates({
      name: `${prefix}LookAtEndpoint`,
      action: 'sagemaker:describeEndpoint',
      args: { EndpointName: endpoint },
      assign: { endpoint: expr(ENDPOINT) },
      found: next,
      assignAbsent: { endpoint: { status: 'Absent' } },
      absent: next,
      scope,
    }),
  };
}

const NAMES = '$states.result.Parameters.Name';

const record = (name: string, known?: string): string =>
  oneLine(`(
  $value := $states.result.Parameters[Name = '${name}'].Value;
  ${known === undefined ? '' : `$exists(${known}) ? ${known} : `}$exists($value) ? $parse($value) : {}
)`);

const ENDPOINT = oneLine(`(
  $found := $states.result;
  {
    'status': $found.EndpointStatus,
    'config': $found.EndpointConfigName,
    'created': $toMillis($found.CreationTime),
    'modified': $found.LastModifiedTime,
    'replicas': $found.ProductionVariants[0].DesiredInstanceCount,
    'pending': $found.PendingDeploymentSummary.EndpointConfigName,
    'guards': [$found.LastDeploymentConfig.AutoRollbackConfiguration.Alarms.AlarmName],
    'failure': $found.FailureReason
  }
)`);

/** JSONata for whether the last update of `$endpoint` asked for guards of a configuration, given JSONata for its name. */
export const guarded = (config: string): string => `$count($endpoint.guards[$contains($, ${config} & '-')]) > 0`;

/**
 * Makes the record follow the endpoint, from `FollowConfig` on: whoever serves now was promoted, be it by an execution
 * that crashed before it could say so or by a person; the version before it is the one to go back to. A configuration that
 * serves no version of the registry has none.
 */
export function followStates(props: RolloutMachineProps, next: string): Readonly<Record<string, AslState>> {
  return {
    FollowConfig: call(
      'sagemaker:describeEndpointConfig',
      { EndpointConfigName: expr('$endpoint.config') },
      {
        Retry: retry(),
        Assign: { model: expr('$states.result.ProductionVariants[0].ModelName') },
        Next: 'FollowModel',
      },
    ),
    FollowModel: call(
      'sagemaker:describeModel',
      { ModelName: expr('$model') },
      { Retry: retry(), Assign: { record: expr(FOLLOWING) }, Next: 'PutRecord' },
    ),
    PutRecord: putRecord(props, '$record', { Next: next }),
  };
}

const FOLLOWING = oneLine(`(
  $container := [$states.result.Containers, $states.result.PrimaryContainer][0];
  $package := $container.ModelPackageName & '';
  $version := $match($package, /\\/([0-9]+)$/).groups[0] & '';
  {
    'version': $version,
    'packageArn': $package,
    'config': $endpoint.config,
    'at': $record.version = $version and $exists($record.at) ? $record.at : $now(),
    'previous': $exists($record.version) and $record.version != $version
      ? { 'version': $record.version, 'packageArn': $record.packageArn, 'config': $record.config }
      : $record.previous,
    'trying': $record.trying,
    'decided': $record.decided
  }
)`);

/** Writes the record. `value` is JSONata for it. */
export function putRecord(
  { championParameter }: Pick<RolloutMachineProps, 'championParameter'>,
  value: string,
  rest: Readonly<Record<string, unknown>>,
): AslState {
  return call(
    'ssm:putParameter',
    { Name: championParameter, Type: 'String', Overwrite: true, Value: expr(`$string(${value})`) },
    { Retry: retry(), ...rest },
  );
}
