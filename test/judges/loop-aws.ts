import { loadPlatformSpec } from '../../lib/plan/load';
import { PlatformNames } from '../../lib/plan/names';
import { championPath } from '../../lib/plan/serving-access';
import type { PlatformSpec } from '../../lib/spec/platform';
import type { AslFault, AslJudge, AslRequest, AslRun, AslWorld } from '../support/asl-judge';
import type { Delivery, DeployedModel } from '../support/deployed-model';
import { transformInput } from '../support/event-pattern';
import { fraudDetector } from '../support/fraud-example';
import { nextTime } from '../support/own-time';

/**
 * A model's whole life on AWS: the fakes hold all state, tell a fake EventBridge of what changes as AWS does, and that keeps
 * it for what the rules of the template name. What waits there is started here, and time passes here.
 */

export const MODEL = 'fraud-detector';
export const NAMES = new PlatformNames('fraud');
export const ENDPOINT = NAMES.of('endpoint', MODEL);
const CHAMPION = NAMES.parameter(...championPath(MODEL));
const ACCOUNT = '111111111111';

/** The example, with small samples. */
export function loopSpec(): PlatformSpec {
  const spec = fraudDetector();
  const { serving, monitoring } = spec.models[MODEL];
  spec.aws.account = ACCOUNT;
  spec.dataLake.datasets.transactions.rules = {
    columns: { transaction_id: { maxNulls: '0%', unique: true }, amount: { min: 0 } },
  };
  spec.models[MODEL].registry = { approval: 'automatic' };
  serving.replicas = { min: 2, max: 4 };
  serving.rollout = { strategy: 'canary', bake: '5 minutes' };
  serving.capture = { sampling: '100%' };
  monitoring.drift.minRows = 100;
  return loadPlatformSpec(JSON.stringify(spec));
}

type Json = Readonly<Record<string, unknown>>;

/** An event that waits for what it is to start. */
export interface Waiting {
  readonly event: Json;
  readonly target: Delivery;
}

/** What the fakes hold, as far as this test looks at it. */
export interface LoopState {
  readonly eventbridge: { waiting: readonly Waiting[] };
  readonly s3: {
    readonly buckets: Readonly<Record<string, Readonly<Record<string, { text?: string; base64?: string }>>>>;
  };
  readonly ssm: { readonly parameters: Readonly<Record<string, { readonly value: string }>> };
  readonly sns: { readonly published: readonly { readonly Message: string }[] };
  readonly cloudwatch: {
    readonly alarms: Readonly<Record<string, Json & { readonly state?: string }>>;
    readonly published: readonly {
      readonly MetricData: readonly { readonly MetricName: string; readonly Value: number }[];
    }[];
  };
  readonly sagemaker: {
    readonly versions: Readonly<Record<string, string>>;
    readonly packages: Readonly<Record<string, Json>>;
    readonly behaviours: Readonly<Record<string, Json>>;
    readonly endpoints: Readonly<
      Record<string, { readonly config: string; readonly traffic: Readonly<Record<string, number>> }>
    >;
    readonly configs: Readonly<
      Record<string, { readonly DataCaptureConfig: Json; readonly ProductionVariants: readonly Json[] }>
    >;
    readonly processing: Readonly<Record<string, { readonly status: string; readonly failure?: string }>>;
    readonly executions: Readonly<
      Record<string, { readonly parameters: Readonly<Record<string, string>>; readonly run: LoopRun }>
    >;
  };
}

export interface LoopRun {
  readonly steps: readonly { readonly name: string; readonly status?: string; readonly reason?: string }[];
  readonly ran: readonly {
    readonly step: string;
    readonly image: string;
    readonly command: readonly string[];
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
  }[];
}

/** An execution of a machine of the stack. */
export interface Ran {
  /** start, drift, approve, rollout. */
  readonly kind: string;
  readonly run: AslRun;
}

const KINDS = [
  ['start', /^Start/],
  ['drift', /^Drift/],
  ['approve', /^Registry/],
  ['rollout', /^Serving/],
] as const;
const kindOf = (machine: string): string => KINDS.find(([, begins]) => begins.test(machine))?.[0] ?? machine;

/** A world at a moment of it. */
export class Loop {
  private count = 0;
  /** What ran so far. */
  public readonly ran: Ran[] = [];

  constructor(
    private readonly judge: AslJudge,
    public readonly stack: DeployedModel,
    private world: Required<AslWorld>,
  ) {}

  get state(): LoopState {
    return this.world.state as unknown as LoopState;
  }

  /** Another world that begins as this one is, with what is waiting in it. */
  fork(): Loop {
    const other = new Loop(this.judge, this.stack, structuredClone(this.world));
    other.count = this.count + 100;
    return other;
  }

  /** Changes what the outside world would. */
  change(by: (state: LoopState) => void): void {
    const state = structuredClone(this.world.state);
    by(state as unknown as LoopState);
    this.world = { ...this.world, state };
  }

  /** Time that passes until then, ISO 8601. */
  until(now: string): Promise<void> {
    return this.pass((Date.parse(now) - Date.parse(this.world.now)) / 1000);
  }

  /** Seconds that pass: what moves by itself moves, and alarms turn. */
  async pass(seconds: number, outside: AslRequest['outside'] = []): Promise<void> {
    const definition = {
      QueryLanguage: 'JSONata',
      StartAt: 'Later',
      States: { Later: { Type: 'Wait', Seconds: seconds, End: true } },
    };
    this.world = (await this.judge.run({ definition, world: this.world, outside })).world;
  }

  /** Something that others do than machines. */
  outside(deed: NonNullable<AslRequest['outside']>[number]): Promise<void> {
    return this.pass(0, [deed]);
  }

  /** Waits for the next time of the schedule whose input has this in it, and starts what it starts. */
  async schedule(has: string, more: { readonly faults?: readonly AslFault[] } = {}): Promise<AslRun> {
    const found = this.stack.schedules.find(({ input }) => input?.includes(has));
    if (found?.input === undefined) throw new Error(`no schedule with ${has}`);
    await this.until(nextTime(found, this.now));
    return this.start(found, found.input.replace('<aws.scheduler.scheduled-time>', this.now), more);
  }

  /** Starts a run as a person does. */
  async person(): Promise<AslRun> {
    const machine = Object.keys(this.stack.machines).find((id) => kindOf(id) === 'start') ?? '';
    return this.start({ machine }, JSON.stringify({ reason: 'manual', trigger: 'person' }));
  }

  /** Starts what the first event that waits is for. */
  async deliver(more: { readonly faults?: readonly AslFault[]; readonly name?: string } = {}): Promise<readonly Ran[]> {
    const [first, ...rest] = this.waiting;
    if (first === undefined) return [];
    this.change(({ eventbridge }) => {
      eventbridge.waiting = rest;
    });
    return this.send(first, more);
  }

  /** Starts what an event is for, whether it waits or has been delivered before: EventBridge delivers at least once. */
  async send(
    { event, target }: Waiting,
    more: { readonly faults?: readonly AslFault[]; readonly name?: string } = {},
  ): Promise<readonly Ran[]> {
    const before = this.ran.length;
    const { input = JSON.stringify(event), transformer } = target;
    await this.start(
      target,
      transformer === undefined ? input : JSON.stringify(transformInput(transformer, event)),
      more,
    );
    return this.ran.slice(before);
  }

  /** Delivers until nothing waits, or an event of which this holds is next. */
  async settle(until: (next: Waiting) => boolean = () => false): Promise<readonly Ran[]> {
    const before = this.ran.length;
    for (let [next] = this.waiting; next !== undefined && !until(next); [next] = this.waiting) await this.deliver();
    return this.ran.slice(before);
  }

  /** What EventBridge has not delivered yet. */
  get waiting(): readonly Waiting[] {
    return this.state.eventbridge.waiting;
  }

  get now(): string {
    return this.world.now;
  }

  private async start(
    { machine }: Pick<Delivery, 'machine'>,
    input: string,
    { faults = [], name }: { readonly faults?: readonly AslFault[]; readonly name?: string } = {},
  ): Promise<AslRun> {
    const definition = this.stack.machines[machine];
    if (definition === undefined) throw new Error(`no machine ${machine}`);
    this.count += 1;
    const run = await this.judge.run({
      definition,
      input: JSON.parse(input),
      world: this.world,
      faults,
      execution: { name: name ?? `execution-${this.count}`, machine },
      maxSeconds: 180,
    });
    this.ran.push({ kind: kindOf(machine), run });
    this.world = run.world;
    return run;
  }

  /** What serves, by the endpoint and by the record. */
  get serving(): { readonly traffic: Readonly<Record<string, number>>; readonly champion: string | undefined } {
    const { traffic = {} } = this.state.sagemaker.endpoints[ENDPOINT] ?? {};
    const record = this.state.ssm.parameters[CHAMPION]?.value;
    return {
      traffic: Object.fromEntries(
        Object.entries(traffic).map(([config, share]) => [config.replace(/^.*-(\d+)-[0-9a-f]{8}$/, '$1'), share]),
      ),
      champion: record === undefined ? undefined : (JSON.parse(record) as { version: string }).version,
    };
  }

  /** Signals that the alert channel heard of, without the model. */
  get told(): readonly string[] {
    return this.state.sns.published.map(({ Message }) =>
      (JSON.parse(Message) as { metadata: { eventType: string } }).metadata.eventType.replace(`${MODEL}-`, ''),
    );
  }

  /** Runs of the pipeline in the order in which they began. */
  get runs() {
    return Object.values(this.state.sagemaker.executions);
  }
}
