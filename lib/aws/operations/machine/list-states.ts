import { type AslState, call, expr } from '../../machine/asl';
import { retry } from '../../machine/retry';

export interface ListStatesProps {
  /** Start of the names of these states, unique within the machine: `Configs`. The first is `<prefix>List`. */
  readonly prefix: string;
  /** As in `sagemaker:listEndpoints`. */
  readonly action: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** JSONata over `$page`, a page of the reply, that gives what to keep of it. */
  readonly keep: string;
  /** Variable that gets the list of all that is kept. */
  readonly into: string;
  readonly next: string;
  /** State that works on a page, which `into` then holds alone. It goes on at `<prefix>More`. Default: pages are joined. */
  readonly eachPage?: string;
  /** Member of a reply with the token of the next page, and argument that takes it. Default: NextToken, both. */
  readonly tokens?: readonly [reply: string, argument: string];
}

/** Reads every page of a list. */
export function listStates(props: ListStatesProps): Readonly<Record<string, AslState>> {
  const { prefix, action, args, keep, into, next, eachPage, tokens = ['NextToken', 'NextToken'] } = props;
  const [reply, argument] = tokens;
  // Of its own, as lists may be read for each entry of another.
  const token = `${into}Token`;
  const page = (before: string) => ({
    [into]: expr(`($page := $states.result; [${before}${keep}])`),
    [token]: expr(`$exists($states.result.${reply}) ? $states.result.${reply} : ''`),
  });
  const more = `${prefix}More`;
  const done = eachPage ?? more;
  return {
    [`${prefix}List`]: call(action, args, { Retry: retry(), Assign: page(''), Next: done }),
    [more]: {
      Type: 'Choice',
      Choices: [{ Condition: expr(`$${token} != ''`), Next: `${prefix}Page` }],
      Default: next,
    },
    [`${prefix}Page`]: call(
      action,
      { ...args, [argument]: expr(`$${token}`) },
      { Retry: retry(), Assign: page(eachPage === undefined ? `$${into}, ` : ''), Next: done },
    ),
  };
}
