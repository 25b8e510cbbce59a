import { describe, expect, it } from 'vitest';
import { awsMachines } from '../../../lib/plan/machines/aws-machines';
import { type MachineRole, type MachineType, machineName } from '../../../lib/plan/machines/machines';
import { ACCELERATOR_TYPES, MACHINE_SIZES } from '../../../lib/spec/machine-keys';

const machine = (name: string): MachineType => {
  const [only] = awsMachines.machines.filter((type) => type.name === name);
  if (!only) throw new Error(`no ${name}`);
  return only;
};

describe('the data of AWS', () => {
  it('is dated and names its sources, their versions and licences', () => {
    const { generated, sources, overrides, by, cloud } = awsMachines.header;
    expect(cloud).toBe('aws');
    expect(generated).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(by).toBe('scripts/refresh-machines.py');
    expect(sources.map((source) => source.package).sort()).toEqual(['pypi:botocore', 'pypi:cfn-lint', 'pypi:moto']);
    for (const source of sources) {
      expect(source.version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(source.licence).toMatch(/^(MIT-0|Apache-2\.0)$/);
    }
    expect(overrides.every(({ reason }) => reason.length > 20)).toBe(true);
  });

  it('has every accelerator of the spec, and no other', () => {
    const types = awsMachines.machines.flatMap(({ accelerator }) => accelerator?.type ?? []);
    expect(new Set(types)).toEqual(new Set(ACCELERATOR_TYPES));
  });

  it('has sane machines: finite sizes, one EFA a card, every role of every machine somewhere', () => {
    for (const { name, vcpu, memoryGib, accelerator, localStorageGb, efa, buying, offers } of awsMachines.machines) {
      for (const positive of [vcpu, memoryGib, accelerator?.count ?? 1, accelerator?.memoryGib ?? 1, efa.gbps]) {
        expect(positive, name).toBeGreaterThan(0);
      }
      expect(localStorageGb, name).toBeGreaterThanOrEqual(0);
      expect(Number.isInteger(efa.interfaces) && efa.interfaces >= 0, name).toBe(true);
      expect(buying, name).toContain('on-demand');
      expect(Object.keys(offers).length, name).toBeGreaterThan(0);
      for (const offer of Object.values(offers)) expect(offer.regions.size, name).toBeGreaterThan(0);
    }
  });

  it('knows which storage is local, where no volume key may be asked for', () => {
    for (const { name, localStorageGb } of awsMachines.machines) {
      expect(localStorageGb > 0, name).toBe(/^(g|p|trn)/.test(name));
    }
    expect(machine('g5.xlarge').localStorageGb).toBe(250);
    expect(machine('g6.48xlarge').localStorageGb).toBe(7520);
    expect(machine('m5.xlarge').localStorageGb).toBe(0);
    expect(machine('inf2.48xlarge').localStorageGb).toBe(0);
  });

  it('knows which machines have EFA and how fast they are', () => {
    expect(machine('g6.xlarge').efa.interfaces).toBe(0);
    expect(machine('g6.12xlarge').efa).toEqual({ interfaces: 1, firstCard: 0, gbps: 40 });
    expect(machine('g6e.48xlarge').efa).toEqual({ interfaces: 4, firstCard: 0, gbps: 400 });
    expect(machine('p4d.24xlarge').efa).toEqual({ interfaces: 4, firstCard: 0, gbps: 400 });
    expect(machine('p5.48xlarge').efa).toEqual({ interfaces: 32, firstCard: 0, gbps: 3200 });
    expect(machine('p6-b300.48xlarge').efa).toEqual({ interfaces: 16, firstCard: 1, gbps: 6400 });
    expect(machine('trn1.32xlarge').efa).toEqual({ interfaces: 8, firstCard: 0, gbps: 800 });
  });

  it('has the memory of the chips, also where the API has it wrong', () => {
    expect(machine('g6.xlarge').accelerator).toEqual({ type: 'l4', count: 1, memoryGib: 22.4 });
    expect(machine('p4de.24xlarge').accelerator).toEqual({ type: 'a100-80', count: 8, memoryGib: 80 });
    expect(machine('p5en.48xlarge').accelerator).toEqual({ type: 'h200', count: 8, memoryGib: 141 });
    expect(machine('trn2.48xlarge').accelerator).toEqual({ type: 'trainium2', count: 16, memoryGib: 96 });
  });

  it('knows the regions of each role', () => {
    const has = (name: string, role: MachineRole, region: string) => machine(name).offers[role]?.regions.has(region);
    expect(has('g6.xlarge', 'batch', 'eu-west-1')).toBe(false);
    expect(has('g6e.xlarge', 'batch', 'eu-west-1')).toBe(false);
    expect(has('g6.xlarge', 'processing', 'eu-west-1')).toBe(false);
    expect(has('g6.xlarge', 'transform', 'eu-west-1')).toBe(false);
    expect(has('g6.xlarge', 'batch', 'eu-central-1')).toBe(true);
    expect(has('p5.48xlarge', 'batch', 'eu-north-1')).toBe(true);
    expect(has('m7i.xlarge', 'hosting', 'eu-central-1')).toBe(false);
    expect(has('m7i.xlarge', 'hosting', 'eu-west-2')).toBe(false);
    expect(has('m7i.xlarge', 'training', 'eu-central-1')).toBe(true);
    const inEurope = [...(machine('trn1.32xlarge').offers.training?.regions ?? [])].filter((r) => r.startsWith('eu-'));
    expect(inEurope).toEqual([]);
    for (const name of ['p4d.24xlarge', 'p4de.24xlarge', 'p5en.48xlarge', 'p6-b200.48xlarge', 'trn1.32xlarge']) {
      expect(machine(name).offers.processing, name).toBeUndefined();
      expect(machine(name).offers.transform, name).toBeUndefined();
    }
    expect(machine('p5.4xlarge').offers.processing?.regions.size).toBeGreaterThan(0);
    expect(machine('inf2.xlarge').offers.training).toBeUndefined();
  });

  it('has sizes of one shape, without accelerators or local storage', () => {
    const shapes = { small: [2, 8], medium: [4, 16], large: [16, 64] };
    for (const size of MACHINE_SIZES) {
      for (const { vcpu, memoryGib, accelerator, localStorageGb } of awsMachines.sizes[size]) {
        expect([vcpu, memoryGib]).toEqual(shapes[size]);
        expect([accelerator, localStorageGb]).toEqual([undefined, 0]);
      }
    }
  });
});

describe('names', () => {
  it('are those of the role', () => {
    expect(machineName(machine('g6.xlarge'), 'training')).toBe('ml.g6.xlarge');
    expect(machineName(machine('g6.xlarge'), 'hosting')).toBe('ml.g6.xlarge');
    expect(machineName(machine('g6.xlarge'), 'batch')).toBe('g6.xlarge');
  });

  it('do not exist for a role without the machine', () => {
    expect(() => machineName(machine('p4d.24xlarge'), 'processing')).toThrow(RangeError);
  });
});
