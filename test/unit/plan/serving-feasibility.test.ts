import { describe, expect, it } from 'vitest';
import { awsMachines } from '../../../lib/plan/machines/aws-machines';
import { machineName } from '../../../lib/plan/machines/machines';
import { servingMachine } from '../../../lib/plan/serving-feasibility';
import { serving } from '../../../lib/spec/serving';
import { servedProblems } from '../../support/served-spec';

const machine = (written: object, region?: string): string => {
  const choice = servingMachine(awsMachines, serving.parse(written), region);
  if (!choice.ok) throw new Error(choice.reason);
  return machineName(choice.machine, 'hosting');
};

describe('the machine that a model serves on', () => {
  it('is one that endpoints have in the region', () => {
    expect(machine({}, 'eu-central-1')).toBe('ml.m5.xlarge');
    expect(machine({ machine: 'large' }, 'eu-central-1')).toBe('ml.m5.4xlarge');
    expect(machine({ accelerator: { type: 'l4' } }, 'eu-central-1')).toBe('ml.g6.xlarge');
  });

  it('is found without a region, for a library that does not know it', () => {
    expect(machine({})).toMatch(/^ml\.m/);
    expect(machine({ accelerator: { type: 'h200', count: 8 } })).toMatch(/^ml\.p5/);
  });

  it('is an error with a fix where there is none', () => {
    const [problem, ...more] = servedProblems({ serving: { accelerator: { type: 'l4', count: 3 } } }, 'eu-central-1');
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ path: 'models.m.serving.accelerator', received: '3 × l4' });
    expect(problem?.message).toContain('hosting');
    expect(problem?.fix).toMatch(/^for example /);
    expect(problem?.allowed).toContain('l4');
    const nowhere = servingMachine(awsMachines, serving.parse({ machine: 'small' }), 'xx-nowhere-1');
    expect(nowhere).toMatchObject({ ok: false, reason: expect.stringContaining('xx-nowhere-1') });
  });

  it('that the fix names is taken', () => {
    const [problem] = servedProblems({ serving: { accelerator: { type: 'l4', count: 3 } } }, 'eu-central-1');
    const [, type, count] = /type: ([\w-]+), count: (\d+)/.exec(problem?.fix ?? '') ?? [];
    const accelerator = { type, count: Number(count) };
    expect(servedProblems({ serving: { accelerator } }, 'eu-central-1')).toEqual([]);
  });
});
