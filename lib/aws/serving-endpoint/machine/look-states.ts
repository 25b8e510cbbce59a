import { type AslState, call, expr } from '../../machine/asl';

/** Calls of one kind in a row that may fail. */
export const LOOKS = 5;
const AGAIN_SECONDS = 5;

/**
 * Where looks are made: a Parallel or Map state has scopes of its own, in which no state and no variable may have the name
 * of one outside. Source: Step Functions developer guide, "Variable scope".
 */
export type LookScope = 'work' | 'order' | 'removal' | 'arming';

/** Variable that counts looks which failed; 0 to begin with. */
export const looksOf = (scope: LookScope): string => `${scope}Looks`;
const failureOf = (scope: LookScope): string => `${scope}Failure`;
const gaveUp = (scope: LookScope): string => `${scope.charAt(0).toUpperCase()}${scope.slice(1)}GaveUp`;

/** Where looks that keep failing end. */
export const gaveUpState = (scope: LookScope): Readonly<Record<string, AslState>> => ({
  [gaveUp(scope)]: {
    Type: 'Fail',
    Error: expr(`$${failureOf(scope)}.Error`),
    Cause: expr(`$${failureOf(scope)}.Cause`),
  },
});

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
  readonly scope: LookScope;
}

/**
 * States that look at a thing of SageMaker, or delete it. That there is none is an answer, though SageMaker gives it as the
 * error that it gives for everything: only its text tells, and it may not be retried like the others. The machine has the
 * state of `gaveUpState`.
 */
export function lookStates(props: LookProps): Readonly<Record<string, AslState>> {
  const { name, action, args, found, assign, absent, assignAbsent, scope } = props;
  const looks = looksOf(scope);
  const failure = failureOf(scope);
  return {
    [name]: call(action, args, {
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Assign: { [failure]: expr(FAILURE), [looks]: expr(`$${looks} + 1`) },
          Next: `${name}Failed`,
        },
      ],
      Assign: { ...assign, [looks]: 0 },
      Next: found,
    }),
    [`${name}Failed`]: {
      Type: 'Choice',
      Choices: [
        {
          Condition: expr(`$contains($${failure}.Cause, 'Could not find')`),
          Assign: { ...assignAbsent, [looks]: 0 },
          Next: absent,
        },
        { Condition: expr(`$${looks} < ${LOOKS}`), Next: `${name}Again` },
      ],
      Default: gaveUp(scope),
    },
    [`${name}Again`]: { Type: 'Wait', Seconds: AGAIN_SECONDS, Next: name },
  };
}

/** What went wrong; a timeout has no cause. */
export const FAILURE = "{ 'Error': $states.errorOutput.Error, 'Cause': $states.errorOutput.Cause & '' }";
