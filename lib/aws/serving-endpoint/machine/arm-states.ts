import { type AslState, call, expr } from '../../machine/asl';
import { retry } from '../../machine/retry';
import { noTrafficAlarm } from '../endpoint-names';
import { alarmRequest, type EndpointAlarm } from './endpoint-requests';
import { gaveUpState, lookStates, looksOf } from './look-states';
import { type RolloutMachineProps, spanOf } from './rollout-props';

/**
 * Arms the alarm for no traffic, once the endpoint has been there for as long as the alarm looks back. Before that, time
 * without an endpoint would count as time without traffic, and the alarm would go off with the first promotion. Nobody
 * needs to wait for it, so the lock is given back by now; an endpoint that went meanwhile gets no alarm.
 */
export function armStates(props: RolloutMachineProps): Readonly<Record<string, AslState>> {
  const { noTraffic } = props;
  if (noTraffic === undefined) return { IsToArm: { Type: 'Pass', Next: 'Done' } };
  return {
    IsToArm: {
      Type: 'Choice',
      Choices: [
        {
          Condition: expr("$report.outcome in ['promoted', 'noop'] and $exists($report.created)"),
          Next: 'Arm',
        },
      ],
      Default: 'Done',
    },
    Arm: {
      Type: 'Parallel',
      Branches: [{ StartAt: 'WaitToArm', States: armingStates(props, noTraffic) }],
      Catch: [{ ErrorEquals: ['States.ALL'], Assign: { unarmed: expr('$states.errorOutput') }, Next: 'NotArmed' }],
      Next: 'Done',
    },
    NotArmed: {
      Type: 'Fail',
      Error: 'NotArmed',
      Cause: expr("'Nobody will be told when there is no traffic: ' & $unarmed.Error & ': ' & $unarmed.Cause"),
    },
  };
}

function armingStates(
  { endpoint, topicArn, noTrafficTopicArn, tags }: RolloutMachineProps,
  noTraffic: EndpointAlarm,
): Readonly<Record<string, AslState>> {
  return {
    WaitToArm: {
      Type: 'Wait',
      Seconds: expr(`$max([0, $ceil(($report.created - $millis()) / 1000) + ${spanOf(noTraffic)}])`),
      Assign: { [looksOf('arming')]: 0 },
      Next: 'LookToArm',
    },
    ...lookStates({
      name: 'LookToArm',
      action: 'sagemaker:describeEndpoint',
      args: { EndpointName: endpoint },
      assign: { status: expr('$states.result.EndpointStatus') },
      found: 'IsThere',
      absent: 'Armed',
      scope: 'arming',
    }),
    ...gaveUpState('arming'),
    IsThere: {
      Type: 'Choice',
      Choices: [{ Condition: expr("$status in ['Deleting', 'Failed']"), Next: 'Armed' }],
      Default: 'ArmNoTraffic',
    },
    ArmNoTraffic: call(
      'cloudwatch:putMetricAlarm',
      {
        ...alarmRequest(noTraffic, noTrafficAlarm(endpoint), { endpoint }),
        AlarmActions: [noTrafficTopicArn ?? topicArn],
        Tags: tags,
      },
      { Retry: retry(), Next: 'Armed' },
    ),
    Armed: { Type: 'Succeed' },
  };
}
