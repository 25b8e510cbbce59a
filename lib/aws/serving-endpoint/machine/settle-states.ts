import { ENDPOINT_TAG } from '../../../plan/tags';
import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { listStates } from '../../operations/machine/list-states';
import {
  GUARD_SUFFIXES,
  noTrafficAlarm,
  ownStart,
  SCALABLE_DIMENSION,
  SCALING_POLICY,
  scalableResource,
  servedPattern,
} from '../endpoint-names';
import { MADE } from './decide-states';
import { gaveUpState, lookStates, looksOf } from './look-states';
import { POLL_SECONDS, type RolloutMachineProps } from './rollout-props';
import { MOVING } from './see-states';

const NO_ALARM = 'CloudWatch.ResourceNotFoundException';

/** Looks at an endpoint that is on its way again after the work: two hours. */
const MAX_WAITS = 120;

/** Alarms that one call deletes at most. */
const MAX_ALARMS = 100;

/**
 * Puts in order what is around the endpoint, whatever became of the work: registers its scaling again, deletes guards, and
 * removes models and configurations but for the version that serves and the one before. It looks first, because the work
 * may have lost sight: an endpoint that is on its way keeps everything that it needs, and SageMaker goes on by itself.
 */
export function settleStates(props: RolloutMachineProps): Readonly<Record<string, AslState>> {
  return {
    Settle: {
      Type: 'Choice',
      Choices: [
        { Condition: expr("$endpoint.status = 'InService'"), Next: 'RegisterScaling' },
        { Condition: expr("$endpoint.status = 'Absent'"), Next: 'ModelsList' },
        { Condition: expr(`${MOVING} and $work.outcome = 'broken'`), Next: 'Settled' },
        {
          Condition: expr(`${MOVING} and $waits < ${MAX_WAITS}`),
          Assign: { waits: expr('$waits + 1') },
          Next: 'WaitToSettle',
        },
        { Condition: expr(MOVING), Next: 'StillMovingOn' },
      ],
      Default: 'Settled',
    },
    // SageMaker maintains endpoints when it sees fit, and takes nothing for them meanwhile.
    WaitToSettle: { Type: 'Wait', Seconds: POLL_SECONDS, Next: 'OrderLockAcquire' },
    StillMovingOn: {
      Type: 'Fail',
      Error: 'StillMoving',
      Cause: expr("'The endpoint is in status ' & $endpoint.status & ', so its scaling cannot be registered.'"),
    },
    ...scalingStates(props),
    ...listStates({
      prefix: 'Models',
      action: 'sagemaker:listModels',
      args: { NameContains: ownStart(props.endpoint), MaxResults: 100 },
      keep: `$page.Models[$count($match(ModelName, ${servedPattern(props.endpoint)})) = 1].{ "name": ModelName, "arn": ModelArn }`,
      into: 'models',
      next: 'IsAnyAlarm',
    }),
    IsAnyAlarm: {
      Type: 'Choice',
      Choices: [{ Condition: expr(`$count(${alarms(props)}) > 0`), Next: 'DeleteAlarms' }],
      Default: 'RemoveOld',
    },
    // Those that are there are deleted even if others are not. Source: CloudWatch API reference, DeleteAlarms.
    DeleteAlarms: call(
      'cloudwatch:deleteAlarms',
      { AlarmNames: expr(alarms(props)) },
      { Retry: retry(NO_ALARM), Catch: [{ ErrorEquals: [NO_ALARM], Next: 'RemoveOld' }], Next: 'RemoveOld' },
    ),
    RemoveOld: {
      Type: 'Map',
      Items: expr('[$models[$not(name in [$endpoint.config, $record.config, $record.previous.config])]]'),
      MaxConcurrency: 1,
      ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'ReadTags', States: removeStates(props.endpoint) },
      Next: 'Settled',
    },
    Settled: { Type: 'Pass', Output: expr(REPORT), End: true },
  };
}

/** Source: SageMaker developer guide, "Automatic scaling of models". Registering again sets new limits. */
function scalingStates({ endpoint, settings, requestsPerReplica }: RolloutMachineProps) {
  const target = {
    ServiceNamespace: 'sagemaker',
    ResourceId: scalableResource(endpoint),
    ScalableDimension: SCALABLE_DIMENSION,
  };
  return {
    RegisterScaling: call(
      'applicationautoscaling:registerScalableTarget',
      { ...target, MinCapacity: settings.replicas.min, MaxCapacity: settings.replicas.max },
      { Retry: retry(), Next: 'PutScalingPolicy' },
    ),
    PutScalingPolicy: call(
      'applicationautoscaling:putScalingPolicy',
      {
        ...target,
        PolicyName: SCALING_POLICY,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: requestsPerReplica,
          PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
        },
      },
      { Retry: retry(), Next: 'ModelsList' },
    ),
  } as const satisfies Readonly<Record<string, AslState>>;
}

/** Guards of all versions, and the alarm for no traffic where the spec has none any more. */
const alarms = ({ endpoint, noTraffic }: RolloutMachineProps): string =>
  oneLine(`(
  $guards := [$models.( $model := name; ${JSON.stringify(GUARD_SUFFIXES)}.($model & $) )];
  [${noTraffic === undefined ? `'${noTrafficAlarm(endpoint)}', ` : ''}$guards][[0..${MAX_ALARMS - 1}]]
)`);

/** A name may be like ours by chance; the tag is ours. */
const removeStates = (endpoint: string): Readonly<Record<string, AslState>> => ({
  ReadTags: call(
    'sagemaker:listTags',
    { ResourceArn: expr('$states.input.arn') },
    {
      Retry: retry(),
      Assign: {
        old: expr('$states.input.name'),
        ours: expr(`$count($states.result.Tags[Key = '${ENDPOINT_TAG}' and Value = '${endpoint}']) = 1`),
        [looksOf('removal')]: 0,
      },
      Next: 'IsOurs',
    },
  ),
  IsOurs: { Type: 'Choice', Choices: [{ Condition: expr('$ours'), Next: 'RemoveConfig' }], Default: 'Removed' },
  ...lookStates({
    name: 'RemoveConfig',
    action: 'sagemaker:deleteEndpointConfig',
    args: { EndpointConfigName: expr('$old') },
    found: 'RemoveModel',
    absent: 'RemoveModel',
    scope: 'removal',
  }),
  ...lookStates({
    name: 'RemoveModel',
    action: 'sagemaker:deleteModel',
    args: { ModelName: expr('$old') },
    found: 'Removed',
    absent: 'Removed',
    scope: 'removal',
  }),
  ...gaveUpState('removal'),
  Removed: { Type: 'Succeed' },
});

/**
 * What is told. The work that broke off ended before any machine was touched, unless the endpoint is on its way or may
 * have been changed by this decision.
 */
const REPORT = oneLine(`(
  $begun := ${MOVING} or (${MADE})
    or ($exists($record.trying) and $record.trying.millis = $request.millis and $record.trying.since != $endpoint.modified);
  $merge([$work, {
    'outcome': $work.outcome != 'broken' ? $work.outcome : $begun ? 'unfinished' : 'failed',
    'serves': $endpoint.status = 'Absent' ? 'nothing'
      : $endpoint.status = 'InService' and $endpoint.config = $record.config
        ? 'version ' & $record.version & ' (' & $record.config & ')'
      : $endpoint.config & ', the endpoint is in status ' & $endpoint.status,
    'record': $record,
    'created': $endpoint.created
  }])
)`);
