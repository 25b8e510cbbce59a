import { eachEntry } from '../../spec/each-entry';
import type { SpecCheck } from '../../spec/references';
import { machineFinding } from '../machine-finding';
import { findMachine } from '../machines/find-machine';
import { gcpMachines } from '../machines/gcp-machines';

const machines: SpecCheck = ({ gcp, models }, report) => {
  if (gcp === undefined) return;
  eachEntry(models, ({ monitoring }, model) => {
    const size = monitoring?.drift?.machine;
    if (size === undefined) return;
    const choice = findMachine(gcpMachines, { size, role: 'processing', region: gcp.region, capacity: 'on-demand' });
    if (!choice.ok)
      report(machineFinding(['models', model, 'monitoring', 'drift'], { accelerator: undefined, size }, choice));
  });
};

/** Rules of drift that come from what Google Cloud has. */
export const GCP_DRIFT_CHECKS: readonly SpecCheck[] = [machines];
