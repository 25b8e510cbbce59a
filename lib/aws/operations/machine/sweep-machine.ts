import { OPERATIONS_SIGNALS } from '../../../plan/outcome-signals';
import { publishAlert } from '../../alerts/publish-state';
import { type AslMachine, call, expr } from '../../machine/asl';
import { retry } from '../../machine/retry';
import { dailyMachine } from './daily-machine';
import { literal, NOTHING, type OperationsMachineProps, PARAMETER_NOT_FOUND } from './machine-props';
import { platformEndpoints } from './platform-endpoints';

/**
 * The machine that looks for endpoints of the platform which no model owns, as after a shell that was deleted while the
 * platform could not see it. It tells of each and deletes none: what serves may be needed.
 */
export function sweepMachine(props: OperationsMachineProps): AslMachine {
  return dailyMachine(props, {
    comment: 'Tells of endpoints that no model owns.',
    failed: OPERATIONS_SIGNALS.sweepFailed,
    work: {
      StartAt: 'EndpointsList',
      States: platformEndpoints(
        props.slug,
        {
          StartAt: 'HasModel',
          States: {
            HasModel: {
              Type: 'Choice',
              Choices: [{ Condition: expr("$endpoint.model != ''"), Next: 'ReadShell' }],
              Default: 'TellOfOrphan',
            },
            ReadShell: call(
              'ssm:getParameter',
              { Name: expr(`${literal(props.modelsPrefix)} & $endpoint.model & '/serving'`) },
              {
                Retry: retry(PARAMETER_NOT_FOUND),
                Catch: [{ ErrorEquals: [PARAMETER_NOT_FOUND], Next: 'TellOfOrphan' }],
                Output: NOTHING,
                Next: 'EndpointDone',
              },
            ),
            TellOfOrphan: publishAlert(
              {
                topicArn: props.topicArn,
                signal: OPERATIONS_SIGNALS.orphaned,
                details: {
                  platform: props.slug,
                  where: [`${props.endpointsLink}/`, { from: '$endpoint.name' }],
                  fields: {
                    Endpoint: { from: '$endpoint.name' },
                    Status: { from: '$endpoint.status' },
                    Model: { from: "($endpoint.model = '' ? 'its tags say none' : $endpoint.model)" },
                  },
                },
              },
              { Retry: retry(), Output: expr('$endpoint.name'), Next: 'EndpointDone' },
            ),
          },
        },
        { Output: { outcome: 'swept', orphans: expr("[$states.result[$ != '']]") }, End: true },
      ),
    },
  });
}
