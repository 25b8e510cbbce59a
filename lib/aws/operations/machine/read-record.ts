import { type AslState, call, expr } from '../../machine/asl';
import { retry } from '../../machine/retry';
import { literal, PARAMETER_NOT_FOUND } from './machine-props';

export interface ReadRecordProps {
  /** Start of the names of the parameters of models. */
  readonly modelsPrefix: string;
  /** JSONata that gives the model. */
  readonly model: string;
  /** JSONata over `$served`, the record of the version that serves, that gives what to keep; may fail. */
  readonly keep: string;
  /** Variable that gets it, or one of the following. */
  readonly into: string;
  /** JSONata for where there is no record. */
  readonly absent: string;
  /** Where there is one that is no JSON or lacks what is to be kept. */
  readonly unreadable: unknown;
  readonly next: string;
}

/** JSONata for the name of the parameter with the record of a model, which is JSONata too. */
export const recordOf = ({ modelsPrefix }: Pick<ReadRecordProps, 'modelsPrefix'>, model: string): string =>
  `${literal(modelsPrefix)} & ${model} & '/champion'`;

/** The state `ReadRecord`, which reads the record of the version that serves. */
export function readRecord(props: ReadRecordProps): Readonly<Record<string, AslState>> {
  return {
    // Parallel, because what fails in its branch can be caught.
    ReadRecord: {
      Type: 'Parallel',
      Branches: [
        {
          StartAt: 'GetRecord',
          States: {
            GetRecord: call(
              'ssm:getParameter',
              { Name: expr(recordOf(props, props.model)) },
              {
                Retry: retry(PARAMETER_NOT_FOUND),
                Catch: [{ ErrorEquals: [PARAMETER_NOT_FOUND], Next: 'NoRecord' }],
                Output: expr(`($served := $parse($states.result.Parameter.Value); ${props.keep})`),
                End: true,
              },
            ),
            NoRecord: { Type: 'Pass', Output: expr(props.absent), End: true },
          },
        },
      ],
      Catch: [
        {
          ErrorEquals: ['States.QueryEvaluationError'],
          Assign: { [props.into]: props.unreadable },
          Next: props.next,
        },
      ],
      Assign: { [props.into]: expr('$states.result[0]') },
      Next: props.next,
    },
  };
}
