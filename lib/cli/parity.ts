import { MEANING, type Parity, type ParityRow, SUPPORTS } from '../plan/parity/parity';
import { PARITY } from '../plan/parity/parity-table';
import { CLOUD_NAMES, CLOUDS, type Cloud } from '../spec/clouds';
import { EXIT, type ExitCode, type Io } from './io';
import { printJson } from './report';

/** `mlops parity`: prints how each cloud does what each option of a spec says. */
export async function parity({ json = false }: { readonly json?: boolean }, io: Io): Promise<ExitCode> {
  if (json) printJson(io, { options: Object.entries(PARITY).map(([option, row]) => ({ option, ...row })) });
  else
    io.out(
      Object.entries(PARITY)
        .map(([option, row]) => text(option, row, io))
        .join('') + summary(),
    );
  return EXIT.fine;
}

function text(option: string, row: ParityRow, { colors }: Io): string {
  const lines = CLOUDS.map(
    (cloud) => `  ${CLOUD_NAMES[cloud].padEnd(13)}${colored(row[cloud], colors)}${remarks(row[cloud])}\n`,
  );
  return `${colors.bold(option)}\n${lines.join('')}`;
}

function colored({ support }: Parity, { green, yellow, red }: Io['colors']): string {
  const color = { native: green, emulated: yellow, unsupported: red }[support];
  return color(support);
}

const remarks = ({ reason, limits, always }: Parity): string =>
  [
    ...(reason === undefined ? [] : [reason]),
    ...(limits === undefined ? [] : [`limits: ${limits}`]),
    ...(always === undefined ? [] : ['always so, whatever is written']),
  ]
    .map((remark) => `; ${remark}`)
    .join('');

function summary(): string {
  const count = (cloud: Cloud) =>
    SUPPORTS.map(
      (support) => `${Object.values(PARITY).filter((row) => row[cloud].support === support).length} ${support}`,
    );
  const words = SUPPORTS.map((support) => `  ${support.padEnd(13)}${MEANING[support]}\n`).join('');
  return `${words}${Object.keys(PARITY).length} options\n${CLOUDS.map((cloud) => `  ${CLOUD_NAMES[cloud].padEnd(13)}${count(cloud).join(', ')}\n`).join('')}`;
}
