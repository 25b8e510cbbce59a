/**
 * Executes generated Cloud Workflows (JSON) offline, against a fake Google and in virtual time.
 *
 * ```ts
 * describeJudge('workflows', 'the rollout', () => {
 *   let judge: WorkflowsJudge;
 *   beforeAll(async () => { judge = await WorkflowsJudge.start(); });
 *   afterAll(() => judge?.close());
 *
 *   test('locks', async () => {
 *     const run = await judge.run({
 *       workflows: { rollout: document },                    // checked first, see workflows-check.ts
 *       env: { BUCKET: 'state' },                            // for sys.get_env, besides Google's own GOOGLE_CLOUD_…
 *       start: [{ workflow: 'rollout', argument: event }],   // two of them interleave at their calls; `at` in seconds
 *       world: { state: { storage: { buckets: { state: {} } }, aiplatform: { models: {}, endpoints: {} } } },
 *       faults: [{ method: 'endpoints.deployModel', nth: 1, code: 503, afterEffect: true }],
 *     });
 *     expect(run.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'promoted' } });
 *     expect(callNames(run)).toContain('aiplatform.projects.locations.endpoints.deployModel');
 *   });
 * });
 * ```
 *
 * Every request is matched to its method in Google's discovery documents and held against it, and so is every answer of a
 * fake. What breaks a contract (an unknown field, a path of no method, no auth, a missing environment variable, an
 * expression that is none) ends the run with `WorkflowsRejectedError`, whatever the workflow catches. Errors that Google
 * answers with are the workflow's business. What each fake does and its state: `test/judges/workflows/services/*.py`.
 *
 * The project is fraud-prod, 123456789012, in europe-west4 unless `world.project` says otherwise; Google answers with
 * names that have the number. A world that a run left is one to go on with: `resume`.
 */
import { resolve } from 'node:path';
import { judgePython } from './describe-judge';
import { JudgeProcess } from './python-process';
import { workflowProblems } from './workflows-check';

export type Json = Readonly<Record<string, unknown>>;

/** The source of a workflow: `{ main: { params, steps }, <subworkflow>: … }`. */
export type WorkflowDocument = object;

export interface WorkflowsWorld {
  /** Virtual time when the run starts, ISO 8601. Default: 2026-01-01T00:00:00Z. */
  readonly now?: string;
  readonly project?: { readonly id?: string; readonly number?: string; readonly region?: string };
  /**
   * By API: `aiplatform`, `storage`, `monitoring`, … The classes in `services/` say what each has. Under `replies`, by a
   * method's full name, what it answers instead: a list used up one by one, of which the last stays; `{ error: { code } }`.
   */
  readonly state?: Json;
}

/** An HTTP status, or no answer at all. */
type FaultCode =
  | 400
  | 401
  | 403
  | 404
  | 409
  | 412
  | 429
  | 499
  | 500
  | 501
  | 502
  | 503
  | 504
  | 'ConnectionError'
  | 'TimeoutError';

/** An error instead of a call's effect, or with `afterEffect` although the call took effect: its answer was lost. */
interface CallFault {
  readonly code: FaultCode;
  readonly message?: string;
  readonly afterEffect?: boolean;
  /** Only calls of this execution, from 0. */
  readonly execution?: number;
}

export type WorkflowsFault =
  /** The nth call of a method, from 1, and with `times` those after it; every call without `nth`. Method: the end of its name. */
  | (CallFault & { readonly method: string; readonly nth?: number; readonly times?: number })
  /** The nth call of all, from 1. */
  | (CallFault & { readonly atCall: number })
  /** The execution is cut when the nth call has taken effect. */
  | { readonly crashAfterCall: number; readonly execution?: number }
  /** The execution is cut when it first comes to this step. */
  | { readonly crashBeforeStep: string; readonly execution?: number };

export interface WorkflowsRequest {
  /** By the names that they are deployed under: one may start another through the Executions API. */
  readonly workflows: Readonly<Record<string, WorkflowDocument>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly start: readonly {
    readonly workflow: string;
    readonly argument?: unknown;
    /** Virtual seconds after the run starts. Default: 0. */
    readonly at?: number;
  }[];
  readonly world?: WorkflowsWorld;
  readonly faults?: readonly WorkflowsFault[];
  /** Draws whose turn it is where several executions could go on. Default: they take turns, call by call. */
  readonly seed?: number;
  /** Real time that the run may take. Default: 60. */
  readonly maxSeconds?: number;
  /** Virtual time that the run may take. Default: 30 days. */
  readonly maxVirtualSeconds?: number;
}

export interface WorkflowsCall {
  /** `aiplatform.projects.locations.endpoints.deployModel` */
  readonly method: string;
  /** Of the path and of the query. */
  readonly params: Json;
  readonly body?: unknown;
  /** HTTP status of the answer; 0 where none came. */
  readonly status: number;
  /** Virtual time, ISO 8601. */
  readonly at: string;
  /** Index of the execution. */
  readonly execution: number;
}

export interface WorkflowsExecution {
  readonly id: string;
  readonly workflow: string;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'CRASHED';
  readonly result?: unknown;
  /** What was raised: a map with `message` and `tags`, or whatever a `raise` step gave. */
  readonly error?: unknown;
  /** Names of the steps entered, in order. */
  readonly steps: readonly string[];
}

/** What `sys.log` wrote. */
export interface WorkflowsLogEntry {
  readonly severity: string;
  readonly text?: string;
  readonly json?: unknown;
  /** Id of the execution. */
  readonly execution: string;
  readonly at: string;
}

export interface WorkflowsRun {
  /** Those of `start` in their order, then those that they started. */
  readonly executions: readonly WorkflowsExecution[];
  readonly calls: readonly WorkflowsCall[];
  readonly log: readonly WorkflowsLogEntry[];
  /** Seconds of every sleep and before every retry, in order. */
  readonly slept: readonly number[];
  /** Virtual time at the end. */
  readonly now: string;
  /** The world as the run left it: a world to go on with. */
  readonly world: Required<WorkflowsWorld> & { readonly state: Readonly<Record<string, Json>> };
}

/** A workflow breaks a contract, or a fake answers what Google cannot. No except-block of a workflow sees this. */
export class WorkflowsRejectedError extends Error {
  constructor(
    readonly findings: readonly string[],
    /** What happened until then. */
    readonly run?: WorkflowsRun,
  ) {
    super(`The workflow was rejected:\n${findings.map((finding) => `- ${finding}`).join('\n')}`);
    this.name = 'WorkflowsRejectedError';
  }
}

const SCRIPT = resolve(__dirname, '../judges/workflows/judge.py');

/** An interpreter of workflows. Start one per file of tests: starting takes a second, a run milliseconds. */
export class WorkflowsJudge implements AsyncDisposable {
  private constructor(private readonly process: JudgeProcess) {}

  /** @throws Error where the judge cannot run: use it within `describeJudge('workflows', …)`. */
  static async start(): Promise<WorkflowsJudge> {
    const process = new JudgeProcess(judgePython('workflows'), SCRIPT, []);
    await process.greeting;
    return new WorkflowsJudge(process);
  }

  /** @throws WorkflowsRejectedError, or JudgeError where the request itself is wrong (an unknown fault or workflow). */
  async run(request: WorkflowsRequest): Promise<WorkflowsRun> {
    const problems = Object.entries(request.workflows).flatMap(([name, document]) => checked(name, document));
    if (problems.length > 0) throw new WorkflowsRejectedError(problems);
    const { findings, ...run } = (await this.process.request(request)) as WorkflowsRun & { findings?: string[] };
    if (findings) throw new WorkflowsRejectedError(findings, run);
    return run;
  }

  /** Cuts the execution after each of its calls in turn. Only for one that starts no other. */
  async *cutAfterEachCall(
    request: WorkflowsRequest,
  ): AsyncGenerator<{ readonly call: WorkflowsCall; readonly cut: WorkflowsRun }> {
    const { calls } = await this.run(request);
    for (const [index, call] of calls.entries()) {
      yield { call, cut: await this.run(withFault(request, { crashAfterCall: index + 1 })) };
    }
  }

  /** Lets each call fail once in turn, before its effect or after it. */
  async *failEachCall(
    request: WorkflowsRequest,
    fault: CallFault,
  ): AsyncGenerator<{ readonly call: WorkflowsCall; readonly run: WorkflowsRun }> {
    const { calls } = await this.run(request);
    for (const [index, call] of calls.entries()) {
      yield { call, run: await this.run(withFault(request, { ...fault, atCall: index + 1 })) };
    }
  }

  async close(): Promise<void> {
    await this.process.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The same request in the world that an earlier run left, some virtual seconds later and without that run's faults. */
export function resume(
  request: WorkflowsRequest,
  left: Pick<WorkflowsRun, 'world'>,
  later: { readonly afterSeconds?: number } = {},
): WorkflowsRequest {
  const now = new Date(Date.parse(left.world.now) + (later.afterSeconds ?? 0) * 1000).toISOString();
  return { ...request, faults: [], world: { ...left.world, now } };
}

/** The method of every call, for assertions. */
export function callNames(run: Pick<WorkflowsRun, 'calls'>): readonly string[] {
  return run.calls.map(({ method }) => method);
}

/** Documents are checked once, however often they run. */
const known = new WeakMap<WorkflowDocument, readonly string[]>();

function checked(name: string, document: WorkflowDocument): readonly string[] {
  const problems = known.get(document) ?? workflowProblems(document);
  known.set(document, problems);
  return problems.map((problem) => `workflow ${name}: ${problem}`);
}

function withFault(request: WorkflowsRequest, fault: WorkflowsFault): WorkflowsRequest {
  return { ...request, faults: [...(request.faults ?? []), fault] };
}
