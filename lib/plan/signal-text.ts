import type { Cloud } from '../spec/clouds';
import type { Signal } from './signals';

/** Commands that the texts of signals name. They act on one cloud, and a spec may live on several. */
const COMMANDS = /\bmlops (?:train|promote|rollback|destroy) SPEC\b/g;

/** The text of a signal as it is read on a cloud: its commands say which one they are for. */
export const textOn = (cloud: Cloud, { text }: Pick<Signal, 'text'>): string =>
  text.replaceAll(COMMANDS, `$& --cloud ${cloud}`);
