import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awsMachines } from '../../../lib/plan/machines/aws-machines';
import { type CatalogFile, readCatalog } from '../../../lib/plan/machines/catalog';
import { findMachine } from '../../../lib/plan/machines/find-machine';
import {
  MACHINE_ROLES,
  type MachineRequest,
  type MachineRole,
  type MachineType,
} from '../../../lib/plan/machines/machines';
import { describeOption } from '../../../lib/plan/machines/nearest-options';
import { ACCELERATOR_TYPES, type AcceleratorType, MACHINE_SIZES } from '../../../lib/spec/machine-keys';

const REGIONS = [...new Set(MACHINE_ROLES.flatMap((role) => [...awsMachines.roles[role].regions]))].sort();

const requests: fc.Arbitrary<MachineRequest> = fc.record({
  accelerator: fc.option(
    fc.record({
      type: fc.constantFrom(...ACCELERATOR_TYPES),
      count: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(1, 4, 8, 16) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 }) },
      ),
    }),
    { nil: undefined, freq: 4 },
  ),
  size: fc.constantFrom(undefined, ...MACHINE_SIZES),
  role: fc.constantFrom(...MACHINE_ROLES),
  region: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...REGIONS) }, { weight: 1, arbitrary: fc.string() }),
  capacity: fc.constantFrom('on-demand', 'spot'),
});

const wanting = (
  type: AcceleratorType,
  count: number,
  role: MachineRole,
  region: string,
  capacity: 'on-demand' | 'spot' = 'on-demand',
): MachineRequest => ({ accelerator: { type, count }, role, region, capacity });

const namesFor = (request: MachineRequest): string[] => {
  const choice = findMachine(awsMachines, request);
  return choice.ok ? [choice.machine, ...choice.alternatives].map(({ name }) => name) : [];
};

const machine = (name: string): MachineType => {
  const [only] = awsMachines.machines.filter((type) => type.name === name);
  if (!only) throw new Error(`no ${name}`);
  return only;
};

const refused = (request: MachineRequest) => {
  const choice = findMachine(awsMachines, request);
  if (choice.ok) throw new Error(`${choice.machine.name} was found`);
  return choice;
};

describe('what findMachine finds', () => {
  it('exists in the region and role, has exactly the accelerators or the size, and can be bought so', () => {
    let found = 0;
    fc.assert(
      fc.property(requests, (request) => {
        const choice = findMachine(awsMachines, request);
        if (!choice.ok) return;
        found++;
        for (const { name, accelerator, offers, buying } of [choice.machine, ...choice.alternatives]) {
          expect(offers[request.role]?.regions.has(request.region)).toBe(true);
          expect(buying).toContain(request.capacity);
          expect(awsMachines.roles[request.role].buying).toContain(request.capacity);
          expect(accelerator?.type).toBe(request.accelerator?.type);
          expect(accelerator?.count).toBe(request.accelerator?.count);
          if (!accelerator) {
            expect(awsMachines.sizes[request.size ?? 'medium'].map((type) => type.name)).toContain(name);
          }
        }
      }),
      { numRuns: 1000 },
    );
    expect(found).toBeGreaterThan(100);
  });

  it('is every machine that fits, each once, smallest first', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const names = namesFor(request);
        const { accelerator, role, region, capacity } = request;
        if (!accelerator) return;
        const fitting = awsMachines.machines.filter(
          (type) =>
            type.accelerator?.type === accelerator.type &&
            type.accelerator.count === accelerator.count &&
            type.offers[role]?.regions.has(region) &&
            type.buying.includes(capacity) &&
            awsMachines.roles[role].buying.includes(capacity),
        );
        expect(new Set(names)).toEqual(new Set(fitting.map(({ name }) => name)));
        expect(names).toHaveLength(fitting.length);
        const sizes = names.map((name) => [machine(name).vcpu, machine(name).memoryGib] as const);
        for (const [index, [vcpu, memory]] of sizes.slice(1).entries()) {
          const [smallerVcpu, smallerMemory] = sizes[index] ?? [Number.NaN, Number.NaN];
          expect(smallerVcpu < vcpu || (smallerVcpu === vcpu && smallerMemory <= memory)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same whenever it is asked, and for any order of the data', () => {
    const shuffled = fc.shuffledSubarray([...awsMachines.machines], { minLength: awsMachines.machines.length });
    fc.assert(
      fc.property(requests, shuffled, (request, machines) => {
        expect(findMachine(awsMachines, request)).toEqual(findMachine(awsMachines, request));
        const file = fileOf(machines);
        expect(readCatalog(file).machines.map(({ name }) => name)).toEqual(
          awsMachines.machines.map(({ name }) => name),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('lists fall-backs in order for a batch queue', () => {
    expect(namesFor(wanting('l4', 1, 'batch', 'eu-central-1', 'spot'))).toEqual([
      'g6.xlarge',
      'g6.2xlarge',
      'g6.4xlarge',
      'g6.8xlarge',
      'g6.16xlarge',
    ]);
    expect(namesFor(wanting('l4', 4, 'batch', 'eu-central-1'))).toEqual(['g6.12xlarge', 'g6.24xlarge']);
    expect(namesFor(wanting('t4', 8, 'batch', 'eu-west-1'))).toEqual(['g4dn.metal']);
  });

  it.each([
    ['small', 'training', 'eu-central-1', 'm5.large'],
    ['medium', 'processing', 'eu-west-3', 'm5.xlarge'],
    ['large', 'hosting', 'us-east-1', 'm5.4xlarge'],
    ['medium', 'hosting', 'mx-central-1', 'm7i.xlarge'],
    ['medium', 'transform', 'ap-southeast-5', 'm6i.xlarge'],
  ] as const)('size %s for %s in %s is %s', (size, role, region, name) => {
    expect(namesFor({ size, role, region, capacity: 'on-demand' })[0]).toBe(name);
  });

  it('takes the size that the spec has by default', () => {
    const plain = { role: 'training', region: 'eu-central-1', capacity: 'spot' } as const;
    expect(namesFor(plain)).toEqual(namesFor({ ...plain, size: 'medium' }));
  });
});

describe('what findMachine refuses', () => {
  it('lists only requests that it accepts, in words that differ, with a one-line reason', () => {
    let refusals = 0;
    fc.assert(
      fc.property(requests, (request) => {
        const choice = findMachine(awsMachines, request);
        if (choice.ok) return;
        refusals++;
        expect(choice.options.length).toBeGreaterThan(0);
        for (const option of choice.options) {
          expect(findMachine(awsMachines, option).ok).toBe(true);
          expect(option.role).toBe(request.role);
        }
        expect(choice.allowed).toEqual(choice.options.map((option) => describeOption(request, option)));
        expect(new Set(choice.allowed).size).toBe(choice.allowed.length);
        expect(choice.allowed.every((words) => words.length > 0)).toBe(true);
        expect(choice.reason).not.toMatch(/undefined|\n.*\(data/);
        expect(choice.reason).toContain(`(data of ${awsMachines.header.generated})`);
      }),
      { numRuns: 1000 },
    );
    expect(refusals).toBeGreaterThan(100);
  }, 60_000);

  it('a count that no machine has: lists the counts of the type there are', () => {
    const { reason, allowed } = refused(wanting('l4', 3, 'training', 'eu-central-1'));
    expect(reason).toContain('no machine for training in eu-central-1 has exactly 3 × l4');
    expect(allowed).toEqual([
      'accelerator: { type: l4, count: 1 }',
      'accelerator: { type: l4, count: 4 }',
      'accelerator: { type: l4, count: 8 }',
    ]);
  });

  it('L4 in Ireland: lists the other accelerators there and the regions that have it', () => {
    const { reason, allowed } = refused(wanting('l4', 1, 'batch', 'eu-west-1'));
    expect(reason).toContain('l4 does not exist for batch in eu-west-1');
    expect(allowed).toContain('accelerator: { type: t4, count: 1 }');
    expect(allowed).toContain('accelerator: { type: a10g, count: 1 }');
    expect(allowed).toContain('region: eu-central-1');
    expect(allowed).not.toContain('region: eu-west-1');
    expect(refused(wanting('l4', 1, 'training', 'eu-west-1')).allowed).toContain('region: eu-central-1');
  });

  it.each(['a100-40', 'a100-80', 'h200', 'b200'] as const)('%s to process data: it is no type of that role', (type) => {
    const { reason, allowed } = refused(wanting(type, 8, 'processing', 'us-east-1'));
    expect(reason).toContain(`${type} does not exist for processing, only for training, hosting, batch`);
    expect(allowed).toContain('accelerator: { type: l40s, count: 8 }');
  });

  it.each(['processing', 'transform', 'hosting'] as const)('spot for %s: the same on demand', (role) => {
    const { reason, allowed } = refused(wanting('l4', 1, role, 'eu-central-1', 'spot'));
    expect(reason).toContain(`cannot be had as spot capacity for ${role}`);
    expect(allowed).toEqual(['capacity: on-demand']);
    expect(refused(wanting('l4', 3, role, 'eu-central-1', 'spot')).allowed[0]).toBe(
      'accelerator: { type: l4, count: 1 }, capacity: on-demand',
    );
  });

  it('a region nobody knows: lists those that have the same', () => {
    const { reason, allowed } = refused(wanting('trainium1', 16, 'training', 'eu-south-9'));
    expect(reason).toContain('no machine for training is known in region eu-south-9');
    expect(allowed).toContain('region: us-east-1');
    expect(allowed).not.toContain('region: eu-central-1');
    expect(refused(wanting('a100-80', 8, 'processing', 'eu-south-9')).allowed).toContain(
      'accelerator: { type: t4, count: 1 }, region: eu-central-1',
    );
  });
});

describe('a catalog', () => {
  it('names what its file lacks', () => {
    const [first] = awsMachines.machines;
    const file = fileOf(first ? [first] : []);
    expect(() => readCatalog({ ...file, sizes: { ...file.sizes, small: ['m99.large'] } })).toThrow('"m99.large"');
    expect(() => readCatalog({ ...file, regionSets: {} })).toThrow('which it does not have');
  });
});

/** The file that a catalog of these machines would have. */
function fileOf(machines: readonly MachineType[]): CatalogFile {
  const regionSets: Record<string, string[]> = {};
  const entries = machines.map(({ name, offers, ...facts }) => {
    const regions: Partial<Record<MachineRole, string>> = {};
    for (const role of MACHINE_ROLES) {
      const offer = offers[role];
      if (!offer) continue;
      regions[role] = `${name} ${role}`;
      regionSets[`${name} ${role}`] = [...offer.regions];
    }
    return [name, { ...facts, regions }] as const;
  });
  const role = { prefix: '', buying: ['on-demand'], regionsFrom: 'a test' } as const;
  return {
    header: awsMachines.header,
    roles: { training: role, processing: role, transform: role, hosting: role, batch: role },
    sizes: { small: [], medium: [], large: [] },
    regionSets,
    machines: Object.fromEntries(entries),
  };
}
