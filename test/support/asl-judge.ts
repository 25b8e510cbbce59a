import { resolve } from 'node:path';
import { judgePython } from './describe-judge';
import { JudgeProcess } from './python-process';

/**
 * What a machine acts on: fakes of AWS services and their state. `test/judges/asl/world.py` says how to add some.
 * `basic` has a DynamoDB table, parameters and records; `scripted` adds calls that answer what the test wrote down.
 */
export interface AslWorld {
  /** `test/judges/asl/worlds/<kind>.py`. */
  readonly kind: string;
  /** By service, such as `{ ssm: { parameters: {} } }`. Default: empty. */
  readonly state?: Readonly<Record<string, unknown>>;
  /** Virtual time when the execution starts, ISO 8601. Default: 2026-01-01T00:00:00Z. */
  readonly now?: string;
}

/** An error instead of a call's effect, or with `afterEffect` although the call took effect: its answer was lost. */
interface AslErrorFault {
  /** A code that the service model lists for the operation, such as `ConflictException`, or a common error. */
  readonly code: string;
  readonly message?: string;
  readonly afterEffect?: boolean;
}

export type AslFault =
  /** The nth call of an operation, from 1; every call without `nth`. */
  | (AslErrorFault & { readonly service: string; readonly operation: string; readonly nth?: number })
  /** The nth call of all, from 1. */
  | (AslErrorFault & { readonly atCall: number })
  /** The execution is cut when the nth call of all has taken effect. */
  | { readonly crashAfterCall: number }
  /** The execution is cut when it first comes to this state. */
  | { readonly crashBeforeState: string };

export interface AslRequest {
  /** The machine, in JSONata or JSONPath. */
  readonly definition: object;
  /** Default: `{}`. */
  readonly input?: unknown;
  readonly world: AslWorld;
  readonly faults?: readonly AslFault[];
  /** What others do before it starts, in worlds that have such: `outside_<do>` of `test/judges/asl/worlds`. */
  readonly outside?: readonly { readonly do: string; readonly [argument: string]: unknown }[];
  /** Real time that the run may take. Default: 60. Time a machine waits costs nothing. */
  readonly maxSeconds?: number;
  /** What the machine sees as `$states.context.Execution` and `StateMachine`. */
  readonly execution?: {
    readonly name?: string;
    readonly machine?: string;
    readonly account?: string;
    readonly region?: string;
  };
}

export interface AslCall {
  /** As in an SDK integration's ARN: `dynamodb`, `sfn`, `eventbridge`, `applicationautoscaling`. */
  readonly service: string;
  /** As in the service model: `PutItem`. */
  readonly operation: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly state: string;
  /** Virtual time, ISO 8601. */
  readonly at: string;
  /** Code of the error it ended with. */
  readonly error?: string;
}

export interface AslRun {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'CRASHED';
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly calls: readonly AslCall[];
  /** Seconds of every Wait state and before every retry, in order. */
  readonly waits: readonly number[];
  /** Those of them before retries. */
  readonly retries: readonly { readonly state: string; readonly error: string | null; readonly seconds: number }[];
  /** Names of the states entered, in order. */
  readonly states: readonly string[];
  /** The world as the execution left it: a world to go on with. */
  readonly world: Required<AslWorld>;
}

/**
 * The machine breaks a contract (parameters, names of services, actions and errors, syntax), or makes a call that its
 * world has no fake of, or a fake answers what AWS cannot. No Catch of the machine sees this.
 */
export class AslRejectedError extends Error {
  constructor(
    readonly findings: readonly string[],
    /** What happened until then. */
    readonly run: Omit<AslRun, 'status'>,
  ) {
    super(`The machine was rejected:\n${findings.map((finding) => `- ${finding}`).join('\n')}`);
    this.name = 'AslRejectedError';
  }
}

const SCRIPT = resolve(__dirname, '../judges/asl/judge.py');

/** An interpreter of Step Functions machines. Start one per file of tests: starting takes seconds, a run milliseconds. */
export class AslJudge implements AsyncDisposable {
  private constructor(private readonly process: JudgeProcess) {}

  /** @throws Error where the judge cannot run: use it within `describeJudge('asl', …)`. */
  static async start(): Promise<AslJudge> {
    const process = new JudgeProcess(judgePython('asl'), SCRIPT, []);
    await process.greeting;
    return new AslJudge(process);
  }

  /** @throws AslRejectedError, or JudgeError where the request itself is wrong (an unknown world or fault). */
  async run(request: AslRequest): Promise<AslRun> {
    const answer = (await this.process.request(request)) as
      | AslRun
      | (Omit<AslRun, 'status'> & { readonly status: 'REJECTED'; readonly findings: readonly string[] });
    if (answer.status !== 'REJECTED') return answer;
    const { status: _, findings, ...run } = answer;
    throw new AslRejectedError(findings, run);
  }

  /** Cuts the execution after each of its calls in turn. */
  async *cutAfterEachCall(request: AslRequest): AsyncGenerator<{ readonly call: AslCall; readonly cut: AslRun }> {
    const { calls } = await this.run(request);
    for (const [index, call] of calls.entries()) {
      yield { call, cut: await this.run(withFault(request, { crashAfterCall: index + 1 })) };
    }
  }

  /** Lets each call fail once in turn, before its effect or after it. The code must be one that every call may end with. */
  async *failEachCall(
    request: AslRequest,
    fault: AslErrorFault,
  ): AsyncGenerator<{ readonly call: AslCall; readonly run: AslRun }> {
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
  request: AslRequest,
  left: Pick<AslRun, 'world'>,
  later: { readonly afterSeconds?: number } = {},
): AslRequest {
  const now = new Date(Date.parse(left.world.now) + (later.afterSeconds ?? 0) * 1000).toISOString();
  return { ...request, faults: [], world: { ...left.world, now } };
}

/** `service:Operation` of every call, for assertions. */
export function callNames(run: Pick<AslRun, 'calls'>): readonly string[] {
  return run.calls.map(({ service, operation }) => `${service}:${operation}`);
}

function withFault(request: AslRequest, fault: AslFault): AslRequest {
  return { ...request, faults: [...(request.faults ?? []), fault] };
}
