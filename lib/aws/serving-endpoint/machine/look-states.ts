import { type AslState, call, expr } from '../../machine/asl';

/** Calls of one kind in a row that may fail. */
export const LOOKS = 5;
const AGAIN_SECONDS = 5;

/** Where a look that keeps failing ends. */
export const CANNOT_LOOK: Readonly<Record<string, AslState>> = {
  CannotLook: { Type: 'Fail', Error: expr('$failure.Error'), Cause: expr('$failure.Cause') },
};

export interface LookProps {
  /** Name of the state. */
  readonly name: string;
  readonly action: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Where to go on when the thing is there, and variables to set then. */
  readonly found: string;
  readonly assign?: Readonly<Record<string, unknown>>;
  /** Where to go on when there is no such thing, and variables to set then. */
  readonly absent: string;
  readonly assignAbsent?: Readonly<Record<string, unknown>>;
}

/**
 * States that look at a thing of SageMaker, or delete it. That there is none is an answer, though SageMaker gives it as the
 * error that it gives for everything: only its text tells, and it may not be retried like the others. The machine counts in
 * `$looks`, 0 to begin with, and has CANNOT_LOOK.
 */
export function lookStates(props: LookProps): Readonly<Record<string, AslState>> {
  const { name, action, args, found, assign, absent, assignAbsent } = props;
  return {
    [name]: call(action, args, {
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Assign: { failure: expr(FAILURE), looks: expr('$looks + 1') },
          Next: `${name}Failed`,
        },
      ],
      Assign: { ...assign, looks: 0 },
      Next: found,
    }),
    [`${name}Failed`]: {
      Type: 'Choice',
      Choices: [
        {
          Condition: expr("$contains($failure.Cause, 'Could not find')"),
          Assign: { ...assignAbsent, looks: 0 },
          Next: absent,
        },
        { Condition: expr(`$looks < ${LOOKS}`), Next: `${name}Again` },
      ],
      Default: 'CannotLook',
    },
    [`${name}Again`]: { Type: 'Wait', Seconds: AGAIN_SECONDS, Next: name },
  };
}

/** What went wrong; a timeout has no cause. */
export const FAILURE = "{ 'Error': $states.errorOutput.Error, 'Cause': $states.errorOutput.Cause & '' }";
