import { Command, CommanderError, Option } from 'commander';
import { CLOUDS } from '../spec/clouds';
import { contextOption } from './context-option';
import { faultText } from './fault-text';
import { EXIT, type ExitCode, type Io, processIo } from './io';
import { version } from './version';

/** What a command does, once it is known which: the spec named, the options that it declares, where to write. */
export type Run = (spec: string, options: never, io: Io) => Promise<ExitCode>;

/** What a command does that reads no spec. */
export type RunWithoutSpec = (options: never, io: Io) => Promise<ExitCode>;

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly Option[];
}

/** Imported only when the command runs, so that help is quick and `validate` loads no cloud SDK. */
type CommandEntry = Entry &
  ({ readonly load: () => Promise<Run> } | { readonly loadWithoutSpec: () => Promise<RunWithoutSpec> });

const environment = new Option('-e, --environment <name>', 'environment of the spec');
const json = new Option('--json', 'print one JSON document');
const cloud = new Option('--cloud <name>', 'cloud to make it for').choices([...CLOUDS]).makeOptionMandatory();
const onCloud = new Option('--cloud <name>', 'cloud to act on, where the spec lives on more than one').choices([
  ...CLOUDS,
]);
const model = () => new Option('-m, --model <name>', 'model of the spec');
const versionOf = () => new Option('--version <number>', 'version of the model in the registry');
const reason = new Option('--reason <text>', 'why, for whoever is told how it ends');
const yes = new Option('-y, --yes', 'do it without asking');
const trigger = new Option('--trigger <name>', 'trigger of the spec that the run is begun for, instead of a person');
const data = new Option('--data <dir>', 'folder with one of Parquet files for each dataset');
const results = new Option('--out <dir>', 'folder for snapshots, results and registered versions');
const code = new Option(
  '--code <dir>',
  'folder that commands run in, as the work folder of their image; the current one unless said',
);
const venv = new Option('--venv <dir>', 'virtual environment of Python whose programs commands use');
const out = new Option('-o, --out <dir>', 'folder for the templates; cdk.out or cdktf.out unless said');

const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'validate',
    summary: 'check a spec and all its environments, and say what it costs while nothing runs',
    options: [environment, json],
    load: async () => (await import('./validate.js')).validate,
  },
  {
    name: 'synth',
    summary: 'write the templates of one environment',
    options: [cloud, environment, out, contextOption()],
    load: async () => (await import('./synth.js')).synth,
  },
  {
    name: 'bootstrap',
    summary: 'print what an account needs once, to review and run',
    options: [cloud, environment],
    load: async () => (await import('./bootstrap.js')).bootstrap,
  },
  {
    name: 'run',
    summary: 'run the training pipeline of a model on this machine',
    options: [
      environment,
      model().makeOptionMandatory(),
      data.makeOptionMandatory(),
      results.makeOptionMandatory(),
      code,
      venv,
      trigger,
      json,
    ],
    load: async () => (await import('./run.js')).run,
  },
  {
    name: 'parity',
    summary: 'print how each cloud does what each option of a spec says',
    options: [json],
    loadWithoutSpec: async () => (await import('./parity.js')).parity,
  },
  {
    name: 'train',
    summary: 'start a run of the training pipeline of a model',
    options: [onCloud, environment, model().makeOptionMandatory(), reason],
    load: async () => (await import('./train.js')).train,
  },
  {
    name: 'promote',
    summary: 'roll out a version of a model that the registry has approved',
    options: [onCloud, environment, model().makeOptionMandatory(), versionOf().makeOptionMandatory(), reason, yes],
    load: async () => (await import('./promote.js')).promote,
  },
  {
    name: 'rollback',
    summary: 'take a model back to the version that served before',
    options: [onCloud, environment, model().makeOptionMandatory(), versionOf(), reason, yes],
    load: async () => (await import('./rollback.js')).rollback,
  },
  {
    name: 'destroy',
    summary: 'retire a model and delete its stack, or all of a platform',
    options: [onCloud, environment, model(), yes],
    load: async () => (await import('./destroy.js')).destroy,
  },
];

/**
 * The `mlops` command.
 *
 * @param args - what follows the command's own name
 * @returns the exit code: 0 fine, 1 wrong spec, 2 wrong usage or broken, 3 data or model not good enough
 */
export async function main(args: readonly string[], io: Io = processIo()): Promise<ExitCode> {
  let code: ExitCode = EXIT.fine;
  const program = new Command('mlops')
    .description('One spec for an ML platform: check it, turn it into templates, prepare accounts.')
    .version(version)
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError('(mlops --help says more)')
    // A command may have a --version of its own.
    .enablePositionalOptions()
    .exitOverride();
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).description(entry.summary);
    for (const option of entry.options) command.addOption(option);
    if ('loadWithoutSpec' in entry)
      command.action(async (given: Readonly<Record<string, unknown>>) => {
        const run = await entry.loadWithoutSpec();
        code = await run(given as never, io);
      });
    else
      command
        .argument('<spec>', 'YAML or JSON file with the spec')
        .action(async (spec: string, given: Readonly<Record<string, unknown>>) => {
          const run = await entry.load();
          code = await run(spec, given as never, io);
        });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has said what is wrong; help and version that were asked for are fine.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.broken;
    io.err(`${faultText(error)}\n`);
    return EXIT.broken;
  }
}
