import type { PlatformNames } from '../plan/names';
import type { PlatformSpec } from '../spec/platform';
import { CommandFailed } from './command-failed';
import type { Io } from './io';

/** An endpoint as its shell published it. */
export interface Serving {
  /** What the cloud calls it. */
  readonly endpoint: string;
  /** The machine that decides which version it serves. */
  readonly machine: string;
}

/** The record of the version that serves. */
export interface Champion {
  readonly version: string;
  /** When it was seen to serve, ISO 8601. */
  readonly at: string;
  readonly previous?: { readonly version: string };
  /** What is being rolled out. */
  readonly trying?: { readonly version: string };
}

/** An execution of a machine. */
export interface Execution {
  readonly state: 'running' | 'succeeded' | 'failed';
  /** JSON that it put out. */
  readonly output?: string;
  /** Why it failed. */
  readonly why?: string;
}

/** The stacks of a platform, or the one of a model, as far as a command can take them away. */
export interface Stacks {
  /** Models that have one. */
  readonly models: readonly string[];
  /** What `remove` does, in its order, for whoever has to agree. Nothing where there is nothing to do. */
  readonly steps: readonly string[];
  /** What becomes of data, for whoever has to agree. */
  readonly data: string;
  /** Does that, and says so. */
  remove(io: Io, wait: () => Promise<void>): Promise<void>;
}

/** What the commands need of a platform where it lives. All calls throw CommandFailed where the cloud refuses them. */
export interface LivePlatform {
  readonly spec: PlatformSpec;
  readonly names: PlatformNames;
  /** As it is said: `eu-central-1`. */
  readonly where: string;
  /** What the cloud calls what is published at a path: `parameter /mlops/…`, `object gs://…`. */
  publishedName(path: readonly string[]): string;
  /** What is published there, if anything. */
  published(path: readonly string[]): Promise<string | undefined>;
  /** Models of which anything is published, also of those that left the spec. */
  publishedModels(): Promise<readonly string[]>;
  /** An endpoint by what its shell published. */
  serving(facts: unknown): Serving;
  /** The machine that retires models: its name, and itself if it is there. */
  retireMachine(): Promise<{ readonly name: string; readonly machine?: string }>;
  /** The machine that starts runs of a model's pipeline: its name, and itself if it is there. */
  startMachine(model: string): Promise<{ readonly name: string; readonly machine?: string }>;
  /** Starts a machine and gives the execution. */
  start(machine: string, name: string, input: object): Promise<string>;
  execution(execution: string): Promise<Execution>;
  /** Command that shows an execution. */
  look(execution: string): string;
  /** Stacks of the platform, or of one of its models. */
  stacks(model: string | undefined): Promise<Stacks>;
}

/** Name of an execution that a person starts: what it does, and when it was started. */
export const executionName = (action: string, model: string, now = new Date()): string =>
  `${action}-${model}-${now.toISOString().replaceAll(/[-:.]/g, '')}`;

/**
 * What somebody published, given what the cloud calls it.
 * @throws CommandFailed for what is no JSON.
 */
export function parseFacts(text: string, publishedName: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandFailed(`The ${publishedName} is no JSON; somebody else wrote it. Deploy the model again.`);
  }
}
