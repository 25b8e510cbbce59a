import type { ChildProcess } from 'node:child_process';

/** Whether what a process begins can be ended with it: Windows has no groups of processes. */
export const OWN_GROUP = process.platform !== 'win32';

/** Signals by which people and their programs end this one. */
const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends a process that leads a group of its own, and all that is left of the group. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (!OWN_GROUP) {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // Nothing is left; macOS says EPERM of what has ended already.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/**
 * Has a group end when this program is ended: a terminal tells its own group alone.
 *
 * @returns what to call once the group has ended
 */
export function endedWith(child: ChildProcess): () => void {
  const end = (signal: NodeJS.Signals) => {
    release();
    killGroup(child);
    // As it would have ended without a listener.
    process.kill(process.pid, signal);
  };
  const release = () => {
    for (const signal of ENDINGS) process.off(signal, end);
  };
  for (const signal of ENDINGS) process.on(signal, end);
  return release;
}
