import type { Finding } from '../spec/problem';
import type { MachineChoice } from './machines/find-machine';
import type { MachineRequest } from './machines/machines';

/** What a spec says of the machines of a part of it. */
type MachineWish = Pick<MachineRequest, 'accelerator'> &
  Required<Pick<MachineRequest, 'size'>> &
  Partial<Pick<MachineRequest, 'capacity'>>;

/** What is wrong where a part of a spec wants a machine that does not exist, and what could be had instead. */
export function machineFinding(
  at: Finding['path'],
  { accelerator, size, capacity }: MachineWish,
  { reason, allowed }: Extract<MachineChoice, { ok: false }>,
): Finding {
  const [first] = allowed;
  const machine = accelerator === undefined ? (size ?? '') : `${accelerator.count} × ${accelerator.type}`;
  return {
    path: [...at, accelerator === undefined ? 'machine' : 'accelerator'],
    message: reason,
    received: [machine, ...(capacity === undefined ? [] : [capacity])].join(', '),
    allowed: allowed.length === 0 ? 'nothing close to it' : allowed.join('; '),
    fix: first === undefined ? 'choose another accelerator or region' : `for example ${first}`,
  };
}
