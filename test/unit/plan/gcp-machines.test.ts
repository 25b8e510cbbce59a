import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMachine } from '../../../lib/plan/machines/find-machine';
import { gcpMachines } from '../../../lib/plan/machines/gcp-machines';
import {
  acceleratorName,
  MACHINE_ROLES,
  type MachineRequest,
  type MachineType,
  machineName,
} from '../../../lib/plan/machines/machines';
import { GCP_REGIONS } from '../../../lib/spec/gcp-regions';
import { ACCELERATOR_TYPES, MACHINE_SIZES } from '../../../lib/spec/machine-keys';

const { machines, sizes, roles, header } = gcpMachines;

const machine = (name: string): MachineType => {
  const [only] = machines.filter((type) => type.name === name);
  if (!only) throw new Error(`no ${name}`);
  return only;
};

const found = (request: Omit<MachineRequest, 'capacity'> & Partial<MachineRequest>): readonly string[] => {
  const choice = findMachine(gcpMachines, { capacity: 'on-demand', ...request });
  if (!choice.ok) throw new Error(choice.reason);
  return [choice.machine, ...choice.alternatives].map(({ name }) => name);
};

const refused = (request: MachineRequest) => {
  const choice = findMachine(gcpMachines, request);
  if (choice.ok) throw new Error(`${choice.machine.name} was found`);
  return choice;
};

const requests: fc.Arbitrary<MachineRequest> = fc.record({
  accelerator: fc.option(
    fc.record({ type: fc.constantFrom(...ACCELERATOR_TYPES), count: fc.constantFrom(1, 2, 3, 4, 8, 16) }),
    { nil: undefined, freq: 4 },
  ),
  size: fc.constantFrom(undefined, ...MACHINE_SIZES),
  role: fc.constantFrom(...MACHINE_ROLES),
  region: fc.constantFrom(...GCP_REGIONS, 'moon-north1'),
  capacity: fc.constantFrom('on-demand', 'spot'),
});

/** What Google sells spot, for a wait or reserved, and never on demand (issue 5). */
const neverOnDemand = ({ accelerator }: MachineType): boolean =>
  accelerator !== undefined &&
  (['h200', 'b200'].includes(accelerator.type) || (accelerator.type === 'h100' && accelerator.count < 8));

describe('the data of Google Cloud', () => {
  it('is dated and names its sources, their versions or days, and licences', () => {
    expect(header).toMatchObject({ cloud: 'gcp', by: 'scripts/refresh-gcp-machines.py' });
    expect(header.generated).toMatch(/^20\d\d-\d\d-\d\d$/);
    for (const source of header.sources) {
      expect(source.package).toMatch(/^pypi:|^https:\/\/docs\.cloud\.google\.com\//);
      expect(source.version).toMatch(source.package.startsWith('pypi:') ? /^\d+\.\d+\.\d+$/ : /^20\d\d-\d\d(-\d\d)?$/);
      expect(source.licence).toMatch(/^(Apache 2\.0|CC-BY-4\.0)$/);
    }
  });

  it('names only regions that a spec may name, and every one of them', () => {
    for (const { name, offers } of machines)
      for (const [role, { regions }] of Object.entries(offers)) {
        expect(regions.size, `${name} ${role}`).toBeGreaterThan(0);
        for (const region of regions) expect(GCP_REGIONS, `${name} ${role}`).toContain(region);
      }
    for (const role of ['training', 'processing', 'transform', 'hosting'] as const)
      expect([...roles[role].regions].sort(), role).toEqual([...GCP_REGIONS].sort());
    expect(GCP_REGIONS.filter((region) => !roles.batch.regions.has(region))).toEqual(['africa-south1']);
  });

  it('has each chip in one size and by the names of both APIs', () => {
    const memory = new Map<string, number>();
    for (const { name, accelerator } of machines) {
      if (accelerator === undefined) continue;
      const { type, memoryGib, count, names } = accelerator;
      expect(memory.get(type) ?? memoryGib, name).toBe(memoryGib);
      memory.set(type, memoryGib);
      expect([1, 2, 4, 8, 16], name).toContain(count);
      expect(names?.managed, name).toMatch(/^NVIDIA_[A-Z0-9_]+$/);
      expect(names?.compute, name).toMatch(/^nvidia-[a-z0-9-]+$/);
      expect(names?.compute.replaceAll('-', '_').toUpperCase(), name).toBe(names?.managed);
    }
    const nowhere = ACCELERATOR_TYPES.filter((type) => !memory.has(type));
    expect(nowhere).toEqual(['a10g', 'l40s', 'b300', 'trainium1', 'trainium2', 'inferentia2']);
  });

  it('gives more of everything with more chips of a kind in a series', () => {
    const series = (name: string) => name.replace(/[-+].*/, '') + (/(high|mega|ultra)gpu/.exec(name)?.[1] ?? '');
    for (const small of machines)
      for (const large of machines) {
        const [few, many] = [small.accelerator, large.accelerator];
        if (few === undefined || few.type !== many?.type || few.count >= many.count) continue;
        if (series(small.name) !== series(large.name) || small.name.startsWith('n1-')) continue;
        // G2 has one machine of one chip that is larger than the one of two.
        if (small.name === 'g2-standard-32') continue;
        expect(large.vcpu, `${small.name} ${large.name}`).toBeGreaterThan(small.vcpu);
        expect(large.memoryGib, `${small.name} ${large.name}`).toBeGreaterThan(small.memoryGib);
        expect(large.localStorageGb, `${small.name} ${large.name}`).toBeGreaterThanOrEqual(small.localStorageGb);
      }
  });

  it('has sizes of one shape, each in every region that a role has', () => {
    const shapes = { small: [2, 8], medium: [4, 16], large: [16, 64] };
    for (const size of MACHINE_SIZES) {
      for (const { vcpu, memoryGib, accelerator, localStorageGb } of sizes[size])
        expect([vcpu, memoryGib, accelerator, localStorageGb]).toEqual([...shapes[size], undefined, 0]);
      for (const role of MACHINE_ROLES)
        for (const region of roles[role].regions)
          expect(found({ size, role, region }).length, `${size} ${role} ${region}`).toBeGreaterThan(0);
    }
    expect(found({ size: 'large', role: 'hosting', region: 'europe-west4' })).toEqual([
      'n2-standard-16',
      'e2-standard-16',
    ]);
    expect(found({ size: 'small', role: 'training', region: 'europe-west4' })).toEqual(['n4-standard-2']);
  });

  it('never sells H200, B200 and small H100 machines on demand', () => {
    for (const type of machines) {
      expect(type.buying.includes('on-demand'), type.name).toBe(!neverOnDemand(type));
      expect(type.buying, type.name).toContain('spot');
    }
    fc.assert(
      fc.property(requests, (request) => {
        const choice = findMachine(gcpMachines, request);
        if (choice.ok && request.capacity === 'on-demand') expect(neverOnDemand(choice.machine)).toBe(false);
        if (request.role === 'hosting' && request.capacity === 'spot') expect(choice.ok).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('knows the regions of each role, as its sources differ', () => {
    const has = (name: string, role: 'training' | 'hosting' | 'batch', region: string) =>
      machine(name).offers[role]?.regions.has(region) ?? false;
    const roles = ['training', 'hosting', 'batch'] as const;
    expect(roles.map((role) => has('g2-standard-4', role, 'europe-west1'))).toEqual([false, true, true]);
    expect(roles.map((role) => has('a4-highgpu-8g', role, 'europe-west4'))).toEqual([true, false, true]);
    expect(roles.map((role) => has('g2-standard-4', role, 'northamerica-northeast1'))).toEqual([false, false, true]);
    expect(roles.map((role) => has('n1-standard-4+1xt4', role, 'me-west1'))).toEqual([false, true, true]);
    expect(roles.map((role) => has('n2-standard-2', role, 'us-central1'))).toEqual([false, true, true]);
  });

  it('knows which can be placed close together', () => {
    for (const { name, compact } of machines) expect(compact ?? false, name).toBe(!/^(e2|n1|n4)-/.test(name));
  });

  it('knows what boots from Hyperdisk only, and which storage is local', () => {
    for (const { name, bootDisk } of machines)
      expect(bootDisk, name).toBe(/^(n4|g4|a4|a3-ultra)/.test(name) ? 'hyperdisk-balanced' : undefined);
    expect(machine('a3-highgpu-8g').localStorageGb).toBe(6442);
    expect(machine('g2-standard-4').localStorageGb).toBe(0);
  });
});

describe('names', () => {
  it('are those of the APIs, also where the machine is named by what is attached', () => {
    const t4 = machine('n1-standard-8+2xt4');
    expect([machineName(t4, 'training'), acceleratorName(t4, 'training')]).toEqual([
      'n1-standard-8',
      'NVIDIA_TESLA_T4',
    ]);
    expect([machineName(t4, 'batch'), acceleratorName(t4, 'batch')]).toEqual(['n1-standard-8', 'nvidia-tesla-t4']);
    expect(acceleratorName(machine('a3-megagpu-8g'), 'hosting')).toBe('NVIDIA_H100_MEGA_80GB');
    expect(acceleratorName(machine('n2-standard-4'), 'hosting')).toBeUndefined();
  });
});

describe('what does not exist', () => {
  it('is answered with requests that are accepted, never on demand what is not sold so', () => {
    let refusals = 0;
    fc.assert(
      fc.property(requests, (request) => {
        const choice = findMachine(gcpMachines, request);
        if (choice.ok) return;
        refusals++;
        expect(choice.options.length).toBeGreaterThan(0);
        for (const option of choice.options) expect(findMachine(gcpMachines, option).ok).toBe(true);
        expect(choice.allowed.every((words) => words.length > 0)).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(refusals).toBeGreaterThan(100);
  });

  it('on demand is offered as spot, where the role has that', () => {
    const h200 = { accelerator: { type: 'h200', count: 8 }, region: 'europe-west4', capacity: 'on-demand' } as const;
    const training = refused({ ...h200, role: 'training' });
    expect(training.reason).toMatch(/^h200 cannot be had as on-demand capacity for training/);
    expect(training.allowed).toEqual(['capacity: spot']);
    const hosting = refused({ ...h200, role: 'hosting' });
    expect(hosting.allowed).not.toContain('capacity: spot');
    expect(hosting.allowed).toContain('accelerator: { type: a100-80, count: 8 }');
  });

  it('in a region lists what the region has, and the regions that have it', () => {
    const { reason, allowed } = refused({
      accelerator: { type: 'l4', count: 1 },
      role: 'training',
      region: 'europe-west3',
      capacity: 'spot',
    });
    expect(reason).toMatch(/^l4 does not exist for training in europe-west3 \(data of /);
    expect(allowed).toContain('accelerator: { type: t4, count: 1 }');
    expect(allowed).toContain('region: europe-west4');
    expect(allowed).not.toContain('region: europe-west1');
  });

  it('on Google Cloud at all lists other accelerators', () => {
    const request = { role: 'hosting', region: 'us-central1', capacity: 'on-demand' } as const;
    const { reason, allowed } = refused({ ...request, accelerator: { type: 'a10g', count: 1 } });
    expect(reason).toMatch(/^gcp has no machine with a10g/);
    expect(allowed).toContain('accelerator: { type: l4, count: 1 }');
  });
});
