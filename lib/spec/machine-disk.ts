import { size } from './quantity';

/** Disk of one machine, in whole GiB. */
export const machineDisk = (usual: string, copied: string) =>
  size({ min: '30 GiB', max: '16 TiB', wholeGiB: true })
    .prefault(usual)
    .describe(`Disk of one machine, where storage is not local. On AWS ${copied} is copied to it.`);
