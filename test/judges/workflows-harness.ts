import type { WorkflowDocument, WorkflowsJudge, WorkflowsRequest, WorkflowsRun } from '../support/workflows-judge';
import { WorkflowsRejectedError } from '../support/workflows-judge';

/** What the tests of the judge of workflows share. */

export const LOCATION = 'projects/fraud-prod/locations/europe-west4';
export const NUMBERED = 'projects/123456789012/locations/europe-west4';
export const VERTEX = 'https://europe-west4-aiplatform.googleapis.com/v1';
export const ENDPOINT = `${VERTEX}/${LOCATION}/endpoints/9`;
export const OBJECTS = 'https://storage.googleapis.com/storage/v1/b/state/o';
export const UPLOAD = 'https://storage.googleapis.com/upload/storage/v1/b/state/o';
const auth = { type: 'OAuth2' };

/** An expression. */
export const $ = (code: string): string => `\${${code}}`;

type Fields = Readonly<Record<string, unknown>>;
export type NamedSteps = Readonly<Record<string, Fields>>;

/** Steps by name, in the order they are written. */
export const steps = (named: NamedSteps): readonly NamedSteps[] =>
  Object.entries(named).map(([name, step]) => ({ [name]: step }));

export const workflow = (named: NamedSteps, others: Readonly<Record<string, Fields>> = {}): WorkflowDocument => ({
  main: { params: ['event'], steps: steps(named) },
  ...others,
});

/** A call of Google with its answer in `r`. */
export const http = (verb: string, url: string, args: Fields = {}, result = 'r'): Fields => ({
  call: `http.${verb}`,
  args: { url, auth, ...args },
  result,
});

export const give = (expression: string): Fields => ({ return: $(expression) });

/** Whatever `body` raises is the result. */
export const caught = (body: Fields): NamedSteps => ({
  attempt: { try: body, except: { as: 'e', steps: steps({ seen: { return: $('e') } }) } },
});

/** Runs one workflow by the name of `w`. */
export const request = (document: WorkflowDocument, rest: Partial<WorkflowsRequest> = {}): WorkflowsRequest => ({
  workflows: { w: document },
  start: [{ workflow: 'w', argument: {} }],
  ...rest,
});

export async function resultOf(
  judge: WorkflowsJudge,
  document: WorkflowDocument,
  rest: Partial<WorkflowsRequest> = {},
): Promise<unknown> {
  const [execution] = (await judge.run(request(document, rest))).executions;
  if (execution?.status !== 'SUCCEEDED') throw new Error(`ended otherwise: ${JSON.stringify(execution)}`);
  return execution.result;
}

/** Why a workflow is rejected. */
export async function findings(
  judge: WorkflowsJudge,
  document: WorkflowDocument,
  rest: Partial<WorkflowsRequest> = {},
): Promise<string> {
  const outcome = await judge.run(request(document, rest)).catch((error: unknown) => error);
  if (outcome instanceof WorkflowsRejectedError) return outcome.findings.join('\n');
  throw new Error(`not rejected: ${JSON.stringify(outcome)} ${outcome}`);
}

/** The API's part of the world that a run left. */
export const left = (run: WorkflowsRun, api: string): Fields => run.world.state[api] ?? {};

/** A world where version 3 of model 7 serves on endpoint 9 and version 4 could, and with an empty bucket. */
export function serving(changes: Fields = {}): Fields {
  return {
    aiplatform: {
      models: { 7: { versions: { 3: { aliases: ['champion'] }, 4: { labels: { approval: 'approved' } } } } },
      endpoints: {
        9: {
          deployedModels: [{ id: '1003', model: `${NUMBERED}/models/7`, modelVersionId: '3' }],
          trafficSplit: { 1003: 100 },
          history: [['2025-01-01T00:00:00Z', { 1003: 100 }]],
        },
      },
      ...changes,
    },
    storage: { buckets: { state: {} } },
  };
}
