import { CLOUD_NAMES, CLOUDS, type Cloud } from '../../spec/clouds';
import { SMALLEST_DISK } from '../vertex-disk';

/** How a cloud does what an option says, by the word for it. */
export const MEANING = {
  native: 'a service of the cloud does it, told by a setting or by a call that hands it on as it is written',
  emulated: 'no service can be told; a program of the platform does it: a generated workflow, or a job of its own',
  unsupported: 'nothing does it, and a spec that asks for it on that cloud is refused',
} as const;

export type Support = keyof typeof MEANING;
export const SUPPORTS: readonly Support[] = ['native', 'emulated', 'unsupported'];

export interface Parity {
  readonly support: Support;
  /** How it is emulated, or why it is not supported; of native ones what is worth knowing. */
  readonly reason?: string;
  /** Limits of values that the other cloud does not have, with semicolons between. */
  readonly limits?: string;
  /** The cloud does it in one way only, whatever the option says. */
  readonly always?: true;
}

/** What each cloud does of one option. */
export type ParityRow = Readonly<Record<Cloud, Parity>>;

export const NATIVE: Parity = { support: 'native' };
export const native = (reason: string, ...limits: readonly string[]): Parity =>
  limited({ support: 'native', reason }, ...limits);
export const emulated = (reason: string, ...limits: readonly string[]): Parity => ({
  ...native(reason, ...limits),
  support: 'emulated',
});
export const unsupported = (reason: string): Parity => ({ support: 'unsupported', reason });

/** The same within limits. */
export const limited = (parity: Parity, ...limits: readonly string[]): Parity =>
  limits.length === 0 ? parity : { ...parity, limits: limits.join('; ') };

/** The same whatever the option says. */
export const always = (parity: Parity): Parity => ({ ...parity, always: true });

/** A row where both clouds do it alike. */
export const both = (parity: Parity): ParityRow => ({ aws: parity, gcp: parity });

/** A row where both clouds do it themselves. */
export const BOTH: ParityRow = both(NATIVE);

/** A row of what a machine has. */
export const MACHINES: ParityRow = both(
  native('by the table of machines: what a region does not have is refused with what it has'),
);

/** A row of the disk of a machine that runs jobs. */
export const DISK: ParityRow = { aws: NATIVE, gcp: native('boot disk of the job', SMALLEST_DISK) };

/** The cloud whose own block an option is in: `network[existing].aws.vpc`. */
export const cloudOfOption = (option: string): Cloud | undefined =>
  CLOUDS.find((cloud) => option.split('.').includes(cloud));

/** A row of an option in one cloud's own block: the other has nothing to do with it. */
export function ownOf(cloud: Cloud, parity: Parity = NATIVE): ParityRow {
  const other = unsupported(`an option of ${CLOUD_NAMES[cloud]}, which means nothing elsewhere`);
  return cloud === 'aws' ? { aws: parity, gcp: other } : { aws: other, gcp: parity };
}
