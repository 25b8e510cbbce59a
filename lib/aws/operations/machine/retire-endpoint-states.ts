import { type AslState, call, expr } from '../../machine/asl';
import { retry } from '../../machine/retry';
import { SCALABLE_DIMENSION, scalableResource } from '../../serving-endpoint/endpoint-names';
import { listStates } from './list-states';
import { literal } from './machine-props';
import { ofEndpoint, RETIRE_WAIT_SECONDS, type RetireMachineProps, tryAgain } from './retire-props';

const NO_TARGET = 'ApplicationAutoScaling.ObjectNotFoundException';

/** Statuses in which SageMaker lets nobody delete an endpoint. Source: its API reference, DescribeEndpoint. */
const UNDER_WAY = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'];

/** Rounds that may fail in one execution before it gives up. */
const MAX_FAILURES = 3;
const FAILURE_WAIT_SECONDS = 10;

/**
 * Looks at the endpoint, round after round, until it is gone: waits while it is under way, ends its scaling, deletes it.
 * An endpoint of the same name without the tags is somebody else's and stays.
 */
export function retireEndpointStates(props: RetireMachineProps): Readonly<Record<string, AslState>> {
  return {
    ...listStates({
      prefix: 'Endpoint',
      action: 'sagemaker:listEndpoints',
      args: { NameContains: expr('$endpoint'), MaxResults: 100 },
      keep: '$page.Endpoints[EndpointName = $endpoint].{ "arn": EndpointArn, "status": EndpointStatus }',
      into: 'found',
      next: 'IsUnderWay',
    }),
    IsUnderWay: {
      Type: 'Choice',
      Choices: [
        { Condition: expr('$count($found) = 0'), Next: 'EndScaling' },
        { Condition: expr(`$found[0].status in ${literal(UNDER_WAY)}`), Next: 'WaitForEndpoint' },
      ],
      Default: 'ReadTags',
    },
    WaitForEndpoint: { Type: 'Wait', Seconds: RETIRE_WAIT_SECONDS, Next: 'LockAcquire' },
    ReadTags: call(
      'sagemaker:listTags',
      { ResourceArn: expr('$found[0].arn') },
      { Retry: retry(), Assign: { ours: expr(ofEndpoint(props.slug)) }, Next: 'IsOurs' },
    ),
    IsOurs: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$ours'), Next: 'EndScaling' }],
      Default: 'AlarmsList',
    },
    // Its policies and their alarms go with the target. Source: Application Auto Scaling API reference.
    EndScaling: call(
      'applicationautoscaling:deregisterScalableTarget',
      {
        ServiceNamespace: 'sagemaker',
        ResourceId: expr(`'${scalableResource("' & $endpoint & '")}'`),
        ScalableDimension: SCALABLE_DIMENSION,
      },
      {
        Retry: retry(NO_TARGET),
        Catch: [{ ErrorEquals: [NO_TARGET], Next: 'HasEndpoint' }, ...tryAgain],
        Assign: { begun: true, removed: expr("[$removed, 'its scaling']") },
        Next: 'HasEndpoint',
      },
    ),
    HasEndpoint: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$count($found) = 0'), Next: 'AlarmsList' }],
      Default: 'DeleteEndpoint',
    },
    DeleteEndpoint: call(
      'sagemaker:deleteEndpoint',
      { EndpointName: expr('$endpoint') },
      {
        Retry: retry(),
        Catch: tryAgain,
        Assign: { begun: true, removed: expr("[$removed, 'the endpoint ' & $endpoint]") },
        Next: 'WaitForEndpoint',
      },
    ),
    MayTryAgain: {
      Type: 'Choice',
      Choices: [
        {
          Condition: expr(`$failures + 1 < ${MAX_FAILURES}`),
          Assign: { failures: expr('$failures + 1') },
          Next: 'WaitAfterFailure',
        },
      ],
      Default: 'GiveUp',
    },
    WaitAfterFailure: { Type: 'Wait', Seconds: FAILURE_WAIT_SECONDS, Next: 'LockAcquire' },
    GiveUp: { Type: 'Fail', Error: 'NotDeleted', Cause: expr('$failure') },
  };
}
