import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { SCALABLE_DIMENSION, scalableResource } from '../endpoint-names';
import { alarmRequest, configRequest, modelRequest } from './endpoint-requests';
import { FAILURE, lookStates } from './look-states';
import { guardNames } from './resolve-states';
import type { RolloutMachineProps } from './rollout-props';

/** Calls that create one thing before the machine gives up. */
const MAX_CREATIONS = 4;
const AGAIN_SECONDS = 5;

const NO_TARGET = 'ApplicationAutoScaling.ObjectNotFoundException';

/**
 * Sees to everything that an update needs, from `ModelLook` on: the model, the configuration, guards that see the new
 * machines alone, and no scaling, which would get in the way of an update and make one fail that changes the machines.
 * Scaling is ended last, so that nothing which can fail leaves an endpoint without it.
 */
export function prepareStates(props: RolloutMachineProps): Readonly<Record<string, AslState>> {
  const [firstGuard = 'EndScaling'] = props.guards.map(guardState);
  const alarms = guardNames(props);
  return {
    ...ensureStates({
      prefix: 'Model',
      describe: ['sagemaker:describeModel', { ModelName: expr('$name') }],
      create: [
        'sagemaker:createModel',
        {
          ModelName: expr('$name'),
          ...modelRequest(props.settings, expr('$target.packageArn')),
          Tags: props.tags,
        },
      ],
      wanted: '$wanted.model',
      next: 'ConfigLook',
    }),
    ...ensureStates({
      prefix: 'Config',
      describe: ['sagemaker:describeEndpointConfig', { EndpointConfigName: expr('$name') }],
      create: [
        'sagemaker:createEndpointConfig',
        { EndpointConfigName: expr('$name'), ...configRequest(props.settings), Tags: props.tags },
      ],
      wanted: '$wanted.config',
      next: 'IsUpdate',
    }),
    IsUpdate: {
      Type: 'Choice',
      // A first version has nothing to go back to, so nothing guards it.
      Choices: [{ Condition: expr("$endpoint.status != 'Absent'"), Next: firstGuard }],
      Default: 'EndScaling',
    },
    ...Object.fromEntries(
      props.guards.map((guard, i) => [
        guardState(guard),
        call(
          'cloudwatch:putMetricAlarm',
          {
            ...alarmRequest(guard, alarms[i] ?? '', { endpoint: props.endpoint, config: expr('$name') }),
            Tags: props.tags,
          },
          { Retry: retry(), Next: props.guards.map(guardState)[i + 1] ?? 'EndScaling' },
        ),
      ]),
    ),
    EndScaling: call(
      'applicationautoscaling:deregisterScalableTarget',
      {
        ServiceNamespace: 'sagemaker',
        ResourceId: scalableResource(props.endpoint),
        ScalableDimension: SCALABLE_DIMENSION,
      },
      {
        Retry: retry(NO_TARGET),
        Catch: [{ ErrorEquals: [NO_TARGET], Assign: { prepared: true }, Next: 'LockAcquire' }],
        Assign: { prepared: true },
        // It may have been changing the number of machines: everything is read anew.
        Next: 'LockAcquire',
      },
    ),
  };
}

const guardState = ({ watches }: RolloutMachineProps['guards'][number]): string =>
  `Guard${watches.charAt(0).toUpperCase()}${watches.slice(1)}`;

interface EnsureProps {
  readonly prefix: string;
  readonly describe: readonly [action: string, args: Readonly<Record<string, unknown>>];
  readonly create: readonly [action: string, args: Readonly<Record<string, unknown>>];
  /** JSONata for what must be in what is described. */
  readonly wanted: string;
  readonly next: string;
}

/**
 * States that create a thing of SageMaker unless it is there. A name that is taken proves nothing: what has it is looked at
 * and must be what is wanted, whoever made it.
 */
function ensureStates(props: EnsureProps): Readonly<Record<string, AslState>> {
  const { prefix, describe, create, wanted, next } = props;
  const refused = { refused: expr(`(${FAILURE}).(Error & ': ' & Cause)`) };
  return {
    ...lookStates({
      name: `${prefix}Look`,
      action: describe[0],
      args: describe[1],
      assign: { same: expr(within(wanted)), creations: 0 },
      found: `${prefix}IsSame`,
      absent: `${prefix}MayCreate`,
      scope: 'work',
    }),
    [`${prefix}IsSame`]: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$same'), Next: next }],
      Default: `${prefix}Differs`,
    },
    [`${prefix}Differs`]: {
      Type: 'Fail',
      Error: 'NameTaken',
      Cause: expr(`'There is something else by the name ' & $name & '. Delete it.'`),
    },
    [`${prefix}MayCreate`]: {
      Type: 'Choice',
      Choices: [{ Condition: expr(`$creations < ${MAX_CREATIONS}`), Next: `${prefix}Create` }],
      Default: 'Refused',
    },
    [`${prefix}Create`]: call(...create, {
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Assign: { ...refused, creations: expr('$creations + 1') },
          Next: `${prefix}CreateAgain`,
        },
      ],
      Assign: { refused: 'It was created and is not there.', creations: expr('$creations + 1') },
      Next: `${prefix}Look`,
    }),
    [`${prefix}CreateAgain`]: { Type: 'Wait', Seconds: AGAIN_SECONDS, Next: `${prefix}Look` },
  };
}

/** Whether all that is wanted is there. What else is there are settings of SageMaker's own. */
const within = (wanted: string): string =>
  oneLine(`(
  $within := function($wanted, $found) {
    $type($wanted) = 'object' ? $count($keys($wanted)[$not($within($lookup($wanted, $), $lookup($found, $)))]) = 0
    : $type($wanted) = 'array' ? $count($wanted) = $count($found)
      and $count($wanted[( $one := $; $count([$found][$within($one, $)]) = 0 )]) = 0
    : $wanted = $found
  };
  $within(${wanted}, $states.result)
)`);
