import { namedProblems } from './workflows-stdlib';
import { isMap, type Step } from './workflows-steps';

/** Source: Workflows, "Quotas and limits": seconds of an HTTP request. */
const LONGEST_TIMEOUT = 1800;

/** A parameter of a subworkflow; with a default value it may be left out. */
export interface Param {
  readonly name: unknown;
  readonly optional: boolean;
}

/** What is wrong with the name and the arguments of a `call`. */
export function callProblems(step: Step, subworkflows: ReadonlyMap<string, readonly Param[]>): readonly string[] {
  const { call, args = {} } = step;
  if (typeof call !== 'string') return ['call: a name is missing'];
  if (!isMap(args)) return [`call ${call}: args is no map`];
  const params = subworkflows.get(call);
  if (!params || call === 'main') return namedProblems(call, Object.keys(args));
  return [
    ...Object.keys(args)
      .filter((arg) => !params.some(({ name }) => name === arg))
      .map((arg) => `${call} has no parameter ${arg}`),
    ...params
      .filter(({ name, optional }) => !optional && !(String(name) in args))
      .map(({ name }) => `${call} needs ${name}`),
  ];
}

/** Arguments of `http.*` that must be as they are for the service to answer. */
export function httpProblems({ call, args }: Step): readonly string[] {
  if (typeof call !== 'string' || !call.startsWith('http.') || !isMap(args)) return [];
  const { url, auth, timeout } = args;
  const literal = typeof url === 'string' && !url.startsWith('${');
  // Whose a computed address is shows when it is called: the judge sends no token to others, and Google no answer without.
  const google = JSON.stringify(url).includes('.googleapis.com');
  const authorized = isMap(auth) && auth.type === 'OAuth2' && Object.keys(auth).length === 1;
  return [
    ...(authorized || (auth === undefined && !google) ? [] : ['auth: { type: OAuth2 } is missing']),
    ...(literal && (!url.startsWith('https://') || url.includes('?'))
      ? [`url: ${url} is not https, or has a query`]
      : []),
    ...(typeof timeout === 'number' && (timeout <= 0 || timeout > LONGEST_TIMEOUT)
      ? [`timeout: ${timeout} s, ${LONGEST_TIMEOUT} are allowed`]
      : []),
  ];
}
