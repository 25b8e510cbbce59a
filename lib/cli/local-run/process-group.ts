import type { ChildProcess } from 'node:child_process';

/** Whether what a process begins can be ended with it: Windows has no groups of processes. */
export const OWN_GROUP = process.platform !== 'win32';

/** Signals by which people and their programs end this one. */
const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Tells a process that leads a group of its own, and all that is left of the group. */
export function tellGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (!OWN_GROUP) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // Nothing is left; macOS says EPERM of what has ended already.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/**
 * Has a group end, stop and go on as this program does: a terminal tells its own group alone.
 *
 * @returns what to call once the group has ended
 */
export function goesWithUs(child: ChildProcess): () => void {
  const end = (signal: NodeJS.Signals) => {
    release();
    tellGroup(child, 'SIGKILL');
    // As it would have ended without a listener.
    process.kill(process.pid, signal);
  };
  const stop = () => {
    tellGroup(child, 'SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  };
  const goOn = () => tellGroup(child, 'SIGCONT');
  const release = () => {
    for (const signal of ENDINGS) process.off(signal, end);
    process.off('SIGTSTP', stop).off('SIGCONT', goOn);
  };
  for (const signal of ENDINGS) process.on(signal, end);
  process.on('SIGTSTP', stop).on('SIGCONT', goOn);
  return release;
}
