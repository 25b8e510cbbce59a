import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { result } from './decide-states';
import { FAILURE } from './look-states';
import { guardNames } from './resolve-states';
import { servesAgain } from './retired';
import { POLL_SECONDS, type RolloutMachineProps } from './rollout-props';
import { guarded, putRecord } from './see-states';

/** Creates, updates and deletes the endpoint, waits for it, and finds out why it took an update back. */
export function moveStates(props: RolloutMachineProps): Readonly<Record<string, AslState>> {
  const { endpoint, settings } = props;
  const refused = [
    {
      ErrorEquals: ['States.ALL'],
      Assign: { refused: expr(`(${FAILURE}).(Error & ': ' & Cause)`), refusals: expr('$refusals + 1') },
      // It may have worked all the same. That is seen in the next round.
      Next: 'WaitForEndpoint',
    },
  ];
  return {
    ServeAgain: putRecord(props, servesAgain('$record'), { Next: 'CreateEndpoint' }),
    CreateEndpoint: call(
      'sagemaker:createEndpoint',
      { EndpointName: endpoint, EndpointConfigName: expr('$name'), Tags: props.tags },
      { Catch: refused, Next: 'WaitForEndpoint' },
    ),
    MarkTrying: putRecord(props, MARKED, { Assign: { record: expr(MARKED) }, Next: 'UpdateEndpoint' }),
    UpdateEndpoint: call(
      'sagemaker:updateEndpoint',
      {
        EndpointName: endpoint,
        EndpointConfigName: expr('$name'),
        RetainAllVariantProperties: true,
        ExcludeRetainedVariantProperties: expr(excluded(settings.replicas)),
        DeploymentConfig: expr("$request.action = 'rollback' ? $wanted.rollback : $wanted.promote"),
      },
      { Catch: refused, Next: 'MarkBegun' },
    ),
    // A look may not show the update yet, nor a reading of the record the mark.
    MarkBegun: putRecord(props, BEGUN, { Next: 'WaitForEndpoint' }),
    DeleteEndpoint: call(
      'sagemaker:deleteEndpoint',
      { EndpointName: endpoint },
      { Catch: refused, Next: 'WaitForEndpoint' },
    ),
    WaitForEndpoint: { Type: 'Wait', Seconds: POLL_SECONDS, Next: 'LockAcquire' },
    ...reasonStates(props),
  };
}

/** Before the update: a crash may come at any time after it. It proves nothing until it is confirmed. */
const MARKED = oneLine(`$merge([${servesAgain('$record')}, { 'trying': {
  'millis': $request.millis, 'version': $version, 'packageArn': $target.packageArn, 'config': $name,
  'since': $endpoint.modified, 'guarded': ${guarded('$name')}
} }])`);

/** SageMaker took the update. */
const BEGUN = "$merge([$record, { 'trying': $merge([$record.trying, { 'begun': true }]) }])";

/**
 * A fleet keeps its size, unless that is no longer what the spec allows; requests are recorded as the new configuration
 * says.
 */
const excluded = ({ min, max }: { readonly min: number; readonly max: number }): string =>
  oneLine(`[
  { 'VariantPropertyType': 'DataCaptureConfig' },
  $endpoint.replicas < ${min} or $endpoint.replicas > ${max} ? { 'VariantPropertyType': 'DesiredInstanceCount' }
]`);

/**
 * Why an update was taken back: the guards that went off since it began. They may be quiet again by now, because nobody
 * asks the new machines any more, but their history tells. Whoever cannot read it still knows that it was taken back.
 */
function reasonStates(props: RolloutMachineProps): Readonly<Record<string, AslState>> {
  const names = guardNames(props);
  const states = props.guards.map((_, i) => `ReadHistory${i + 1}`);
  return {
    TakenBack: { Type: 'Pass', Assign: { why: [] }, Next: states[0] ?? 'WasTakenBack' },
    ...Object.fromEntries(
      states.map((state, i) => [
        state,
        call(
          'cloudwatch:describeAlarmHistory',
          { AlarmName: names[i], HistoryItemType: 'StateUpdate', MaxRecords: 100 },
          {
            Retry: retry(),
            Catch: [{ ErrorEquals: ['States.ALL'], Next: states[i + 1] ?? 'WasTakenBack' }],
            Assign: { why: expr(`[$why, ${wentOff(props.guards[i]?.watches ?? '')}]`) },
            Next: states[i + 1] ?? 'WasTakenBack',
          },
        ),
      ]),
    ),
    WasTakenBack: { Type: 'Pass', Output: result("'rolled-back'", WHY), End: true },
  };
}

const wentOff = (guard: string): string =>
  oneLine(`(
  $offs := [$states.result.AlarmHistoryItems[$contains(HistorySummary, 'to ALARM')]];
  $count($offs) = 0 ? [] : ['The guard ${guard} went off: ' & $parse($offs[0].HistoryData).newState.stateReason]
)`);

const WHY = oneLine(`(
  $reasons := [$why, $exists($endpoint.failure) ? [$endpoint.failure] : []];
  $count($reasons) = 0
    ? 'No guard went off; the service itself took it back, as it does when a container does not start.'
    : $join($reasons, ' ')
)`);
