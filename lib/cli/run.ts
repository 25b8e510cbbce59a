import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadPlatformSpec } from '../plan/load';
import { PlatformNames } from '../plan/names';
import { type PipelinePlan, planPipeline, type Reason } from '../plan/pipeline/pipeline-plan';
import type { PlatformSpec } from '../spec/platform';
import { CommandFailed } from './command-failed';
import { EXIT, type ExitCode, type Io } from './io';
import type { LocalSnapshot } from './local-run/freeze';
import { rounded, runLocally, type Teller } from './local-run/local-run';
import { LocalStore } from './local-run/local-store';
import type { Metrics } from './local-run/metrics';
import { type LocalReport, told } from './local-run/run-report';
import { printJson, reportFailure } from './report';
import { reporting } from './with-spec';

export interface RunOptions {
  readonly environment?: string;
  readonly model: string;
  /** Folder with the data. */
  readonly data: string;
  /** Folder for snapshots, results and versions. */
  readonly out: string;
  /** Folder that commands run in. Default: the current one. */
  readonly code?: string;
  readonly venv?: string;
  /** Trigger of the spec that the run is begun for. Default: a person. */
  readonly trigger?: string;
  readonly json?: boolean;
}

/** `mlops run`: runs the pipeline of a model on this machine. */
export async function run(file: string, options: RunOptions, io: Io): Promise<ExitCode> {
  const { environment, json = false } = options;
  return reporting(json, io, async () => {
    const spec = loadPlatformSpec(file, environment === undefined ? {} : { environment });
    try {
      const plan = planOf(spec, options.model);
      const report = await runLocally({
        plan,
        datasets: spec.dataLake?.datasets ?? {},
        data: folder('--data', options.data),
        store: new LocalStore(resolve(options.out)),
        place: {
          code: folder('--code', options.code ?? '.'),
          ...(options.venv === undefined ? {} : { venv: folder('--venv', options.venv) }),
        },
        ...begunBy(plan, options.trigger),
        tell: teller(plan, json ? { ...io, out: io.err } : io),
      });
      const code = EXIT_OF[report.outcome];
      if (json) printJson(io, report, code === EXIT.fine);
      else io.out(summary(plan, report, io));
      return code;
    } catch (error) {
      return reportFailure(told(error), json, io);
    }
  });
}

const EXIT_OF: Readonly<Record<LocalReport['outcome'], ExitCode>> = {
  registered: EXIT.fine,
  done: EXIT.fine,
  'registered-and-failed': EXIT.broken,
  'gate-failed': EXIT.notGoodEnough,
  'data-invalid': EXIT.notGoodEnough,
  failed: EXIT.broken,
};

function planOf({ name, environment, models }: PlatformSpec, model: string): PipelinePlan {
  const pipeline = models[model]?.pipeline;
  if (pipeline !== undefined) return planPipeline(model, pipeline, new PlatformNames(name, environment));
  const others = Object.entries(models).flatMap(([other, spec]) => (spec.pipeline === undefined ? [] : [other]));
  throw new CommandFailed(
    `The spec has no ${Object.hasOwn(models, model) ? `pipeline of the model ${model}` : `model ${model}`}. Models with a pipeline are: ${others.join(', ') || 'none'}.`,
  );
}

function folder(option: string, path: string): string {
  if (existsSync(path) && statSync(path).isDirectory()) return resolve(path);
  throw new CommandFailed(`${option} ${path} is no folder.`);
}

const REASON_OF = { schedule: 'schedule', 'new-data': 'new-data', signal: 'signal' } as const;

function begunBy(
  { triggers }: PipelinePlan,
  name: string | undefined,
): { readonly reason: Reason; readonly trigger: string } {
  if (name === undefined) return { reason: 'manual', trigger: 'person' };
  const trigger = triggers.find((one) => one.name === name);
  if (trigger !== undefined) return { reason: REASON_OF[trigger.kind], trigger: name };
  throw new CommandFailed(
    `The pipeline has no trigger ${name}. Its triggers are: ${triggers.map((one) => one.name).join(', ') || 'none'}.`,
  );
}

const MADE = {
  before: ', as before',
  anew: ', frozen anew: the files of before were changed',
  now: '',
} as const satisfies Readonly<Record<LocalSnapshot['made'], string>>;

function teller(
  { model, steps, datasets }: PipelinePlan,
  { out, err, colors: { bold, dim, green, yellow } }: Io,
): Teller {
  const width = Math.max(...[...steps.map(({ name }) => name), ...datasets].map(({ length }) => length));
  const column = (text: string) => text.padEnd(width);
  return {
    begun: (id) => out(`${bold(model)}, run ${id}\n`),
    frozen: ({ dataset, id, made }) => out(`${green('✓')} ${column(dataset)}  snapshot ${id}${MADE[made]}\n`),
    began: () => undefined,
    printed: ({ name }, line) => err(dim(`  ${column(name)}  ${line}\n`)),
    done: ({ name }, metrics) => out(`${green('✓')} ${[column(name), metricsText(metrics)].join('  ').trimEnd()}\n`),
    skipped: ({ name }, why) => out(`${yellow('–')} ${column(name)}  skipped: ${why}\n`),
  };
}

const metricsText = (metrics: Metrics): string =>
  Object.entries(metrics)
    .map(([name, value]) => `${name} ${rounded(value)}`)
    .join(', ');

function summary({ model }: PipelinePlan, report: LocalReport, { colors: { green, red } }: Io): string {
  const { outcome, detail, folder: where, version, registered } = report;
  const texts: Readonly<Record<LocalReport['outcome'], string>> = {
    registered: `${green('✓')} ${detail} Version ${version} of ${model} is registered:\n  ${registered}\n`,
    'registered-and-failed': `${red('✗')} ${detail}\nVersion ${version} of ${model} is registered all the same:\n  ${registered}\n`,
    done: `${green('✓')} ${detail}\n`,
    'gate-failed': `${red('✗')} The gate is closed: ${detail} Nothing is registered.\n`,
    'data-invalid': `${red('✗')} The data is not as it should be, nothing is registered. ${detail}\n`,
    failed: `${red('✗')} ${detail}\n`,
  };
  return `${texts[outcome]}What the steps wrote is in ${where}\n`;
}
