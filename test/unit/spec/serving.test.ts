import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { ACCELERATOR_TYPES } from '../../../lib/spec/machine-keys';
import { DEFAULT_DISK, DEFAULT_MONITORING, DEFAULT_THRESHOLDS, monitoring, OFF } from '../../../lib/spec/monitoring';
import { GUARD_SECONDS, LONGEST_ROLLOUT, mostBakes, START_ALLOWANCE } from '../../../lib/spec/rollout-time';
import { GUARDS, hasGpu, serving } from '../../../lib/spec/serving';
import { servedModel, servedProblems } from '../../support/served-spec';

const paths = (written: object) => servedProblems(written).map(({ path }) => path);

describe('serving', () => {
  it('needs nothing said: two machines, a guarded canary, no capture', () => {
    expect(serving.parse({})).toEqual({
      mode: 'realtime',
      machine: 'medium',
      replicas: { min: 2, max: 4 },
      scaling: { requestsPerReplica: 600 },
      rollout: {
        strategy: 'canary',
        size: 10,
        bake: { seconds: 600, text: '10 minutes' },
        guards: ['errorRate', 'latencyP95'],
      },
    });
    expect(servedProblems({ serving: {} })).toEqual([]);
  });

  it('has defaults for every strategy and for capture', () => {
    const rollout = (written: object) => serving.parse({ rollout: written }).rollout;
    expect(rollout({ strategy: 'linear' })).toMatchObject({ step: 20, guards: [...GUARDS] });
    expect(rollout({ strategy: 'allAtOnce' })).toMatchObject({ bake: { seconds: 600 }, guards: [...GUARDS] });
    expect(rollout({ strategy: 'allAtOnce', guards: [] }).guards).toEqual([]);
    expect(serving.parse({ capture: {} }).capture).toEqual({ sampling: 10 });
  });

  it.each([
    [{ rollout: { strategy: 'canary', size: '60%' } }, 'rollout.size', 'write 50% or less'],
    [{ rollout: { strategy: 'canary', size: '12.5%' } }, 'rollout.size', 'write 13%'],
    [{ rollout: { strategy: 'canary', size: 10 } }, 'rollout.size', 'write 10%'],
    [{ rollout: { strategy: 'linear', step: '5%' } }, 'rollout.step', 'write 10% or more'],
    [{ rollout: { strategy: 'linear', bake: '2 hours' } }, 'rollout.bake', 'write 1 hour or less'],
    [{ rollout: { strategy: 'canary', guards: [] } }, 'rollout.guards', /^write /],
    [{ rollout: { strategy: 'blue-green' } }, 'rollout.strategy', /allAtOnce, canary or linear/],
    [{ rollout: { strategy: 'allAtOnce', size: '10%' } }, 'rollout.size', /.+/],
    [{ replicas: { min: 0 } }, 'replicas.min', /.+/],
    [{ capture: { sampling: '0%' } }, 'capture.sampling', 'write 1% or more'],
    [{ mode: 'serverless' }, 'mode', /realtime/],
  ])('%j is refused at %s', (written, at, fix) => {
    const [problem, ...more] = servedProblems({ serving: written });
    expect(more).toEqual([]);
    expect(problem?.path).toBe(`models.m.serving.${at}`);
    expect(problem?.fix).toEqual(typeof fix === 'string' ? fix : expect.stringMatching(fix));
  });
});

describe('what serving cannot do', () => {
  it.each(['canary', 'linear'])('moves a part of one machine (%s)', (strategy) => {
    const [problem, ...more] = servedProblems({
      serving: { replicas: { min: 1 }, rollout: { strategy, bake: '10 minutes' } },
    });
    expect(more).toEqual([]);
    expect(problem).toMatchObject({
      path: 'models.m.serving.replicas.min',
      received: '1',
      fix: 'write min: 2, or rollout: { strategy: allAtOnce }',
    });
    expect(servedProblems({ serving: { replicas: { min: 1 }, rollout: { strategy: 'allAtOnce' } } })).toEqual([]);
    // Google Cloud splits traffic, whatever machines there are.
    const gcp = { project: 'fraud-ml', projectNumber: 123456789012, region: 'europe-west4' };
    const models = { m: { serving: { replicas: { min: 1 }, rollout: { strategy, bake: '10 minutes' } } } };
    expect(() => loadPlatformSpec({ name: 'fraud', owner: 'a@example.com', gcp, models })).not.toThrow();
  });

  it('has fewer machines at most than at least', () => {
    expect(servedProblems({ serving: { replicas: { min: 6 } } })).toMatchObject([
      { path: 'models.m.serving.replicas.max', received: '4', fix: 'write max: 6 or more, or lower min' },
    ]);
    expect(servedProblems({ serving: { replicas: { min: 6, max: 6 } } })).toEqual([]);
  });

  it('bakes for less than its guards need, to the second', () => {
    const problems = (strategy: string, bake: string, guards: readonly string[]) =>
      servedProblems({ serving: { rollout: { strategy, bake, guards } } });
    expect(GUARD_SECONDS).toBe(300);
    expect(problems('canary', '299 seconds', ['errorRate'])).toMatchObject([
      { path: 'models.m.serving.rollout.bake', received: '299 seconds', fix: 'write bake: 5 minutes' },
    ]);
    expect(problems('canary', '300 seconds', ['errorRate'])).toEqual([]);
    expect(problems('allAtOnce', '1 minute', ['latencyP95'])).toMatchObject([
      { fix: 'write bake: 5 minutes, or guards: []' },
    ]);
    expect(problems('allAtOnce', '0 seconds', [])).toEqual([]);
  });

  it('waits longer in all than a rollout may take; what the fix says is taken', () => {
    const rollout = { strategy: 'linear', step: '10%', bake: '1 hour' };
    const [problem, ...more] = servedProblems({ serving: { rollout } });
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ path: 'models.m.serving.rollout.bake', received: '1 hour' });
    const longest = problem?.fix.replace('write bake: ', '') ?? '';
    expect(longest).toBe('38 minutes');
    expect(paths({ serving: { rollout: { ...rollout, bake: longest } } })).toEqual([]);
    expect(paths({ serving: { rollout: { ...rollout, bake: '39 minutes' } } })).toHaveLength(1);
    expect(paths({ serving: { rollout: { ...rollout, step: '20%' } } })).toEqual([]);
  });

  it('names a guard twice', () => {
    expect(
      servedProblems({ serving: { rollout: { strategy: 'canary', guards: ['errorRate', 'errorRate'] } } }),
    ).toMatchObject([{ path: 'models.m.serving.rollout.guards[1]', fix: 'remove this one' }]);
  });

  it('is guarded by a signal that is off', () => {
    const written = { serving: { rollout: { strategy: 'canary', guards: ['errorRate'] } } };
    expect(servedProblems({ ...written, monitoring: { errorRate: 'off' } })).toMatchObject([
      { path: 'models.m.monitoring.errorRate', fix: expect.stringContaining('serving.rollout.guards') },
    ]);
    expect(servedProblems({ ...written, monitoring: { latencyP95: 'off' } })).toEqual([]);
  });

  it('is watched without serving', () => {
    expect(servedProblems({ monitoring: {} })).toMatchObject([
      { path: 'models.m.monitoring', fix: 'add serving: {}, or remove monitoring' },
    ]);
  });

  it('has the load of a GPU watched where there is none, or none that is measured', () => {
    const problems = (accelerator: object | undefined) =>
      servedProblems({ serving: { accelerator }, monitoring: { gpu: '80%' } }, 'us-east-1');
    expect(problems(undefined)).toMatchObject([
      { path: 'models.m.monitoring.gpu', fix: 'remove gpu, or add serving.accelerator' },
    ]);
    expect(problems({ type: 'inferentia2' })).toMatchObject([{ path: 'models.m.monitoring.gpu', fix: 'remove gpu' }]);
    expect(problems({ type: 'l4' })).toEqual([]);
    expect(servedProblems({ serving: {}, monitoring: { gpu: 'off' } })).toEqual([]);
  });

  it('is told all at once', () => {
    const rollout = { strategy: 'linear', bake: '1 minute', guards: ['errorRate', 'errorRate'] };
    expect(paths({ serving: { replicas: { min: 1 }, rollout }, monitoring: { errorRate: 'off', gpu: '80%' } })).toEqual(
      [
        'models.m.monitoring.errorRate',
        'models.m.monitoring.gpu',
        'models.m.serving.replicas.min',
        'models.m.serving.rollout.bake',
        'models.m.serving.rollout.guards[1]',
      ],
    );
  });
});

const rollouts = fc.oneof(
  fc.record({ strategy: fc.constant('canary'), size: fc.integer({ min: 1, max: 50 }).map((n) => `${n}%`) }),
  fc.record({ strategy: fc.constant('linear'), step: fc.integer({ min: 10, max: 50 }).map((n) => `${n}%`) }),
  fc.record({ strategy: fc.constant('allAtOnce') }),
);
const bakes = fc.integer({ min: 0, max: 3600 }).map((seconds) => `${seconds} seconds`);

describe('any rollout that is taken', () => {
  it('bakes as long as its guards need and ends in time; one that is refused says where, and what to do', () => {
    let taken = 0;
    fc.assert(
      fc.property(rollouts, bakes, fc.integer({ min: 1, max: 5 }), (rollout, bake, min) => {
        const written = { serving: { replicas: { min, max: 5 }, rollout: { ...rollout, bake } } };
        const problems = servedProblems(written);
        for (const { path, fix, allowed, received } of problems) {
          expect(path).toMatch(/^models\.m\.serving\.(replicas\.min|rollout\.bake)$/);
          expect([fix, allowed, received]).not.toContain('');
        }
        if (problems.length > 0) return;
        taken++;
        const { rollout: parsed } = servedModel(written).serving ?? serving.parse({});
        expect(parsed.bake.seconds).toBeGreaterThanOrEqual(GUARD_SECONDS);
        expect(mostBakes(parsed) * parsed.bake.seconds + START_ALLOWANCE).toBeLessThanOrEqual(LONGEST_ROLLOUT);
        if (parsed.strategy !== 'allAtOnce') expect(min).toBeGreaterThan(1);
      }),
      { numRuns: 150 },
    );
    expect(taken).toBeGreaterThan(20);
  });
});

describe('monitoring', () => {
  it('needs nothing said; GPUs and disks are watched only where there are some to measure', () => {
    expect(DEFAULT_MONITORING).toEqual({
      latencyP95: { threshold: { milliseconds: 1000, text: '1 second' }, severity: 'warning' },
      errorRate: { threshold: 1, severity: 'critical' },
      noTraffic: { threshold: { seconds: 3600, text: '1 hour' }, severity: 'warning' },
      cpu: { threshold: 90, severity: 'warning' },
      memory: { threshold: 90, severity: 'warning' },
    });
    expect(DEFAULT_DISK).toEqual({ threshold: 80, severity: 'warning' });
  });

  it('takes a bare threshold, one with a severity, a severity alone, and off', () => {
    const { latencyP95, errorRate, cpu, noTraffic } = monitoring.parse({
      latencyP95: '200 ms',
      errorRate: { threshold: '0.5%', severity: 'warning' },
      cpu: { severity: 'critical' },
      noTraffic: 'off',
    });
    expect(latencyP95).toEqual({ threshold: { milliseconds: 200, text: '200 ms' }, severity: 'warning' });
    expect(errorRate).toEqual({ threshold: 0.5, severity: 'warning' });
    expect(cpu).toEqual({ threshold: 90, severity: 'critical' });
    expect(noTraffic).toBe(OFF);
  });

  it('gives back what means the same when it is written again', () => {
    const written = { latencyP95: '200 ms', errorRate: { severity: 'warning' }, gpu: '70%', noTraffic: 'off' };
    const parsed = monitoring.parse(written);
    expect(monitoring.parse(z.encode(monitoring, parsed))).toEqual(parsed);
  });

  it.each([
    [{ latencyP95: 200 }, 'latencyP95', 'write 200 ms'],
    [{ latencyP95: '2 minutes' }, 'latencyP95', /^write /],
    [{ latencyP95: { threshold: '0 ms' } }, 'latencyP95.threshold', 'write 1 ms or more'],
    [{ errorRate: 0.01 }, 'errorRate', 'write 1%'],
    [{ errorRate: '100%' }, 'errorRate', 'write 99% or less'],
    [{ errorRate: { threshold: '1%', severity: 'info' } }, 'errorRate.severity', /warning or critical/],
    [{ errorRate: { treshold: '1%' } }, 'errorRate.treshold', 'did you mean threshold?'],
    [{ noTraffic: '1 minute' }, 'noTraffic', 'write 5 minutes or more'],
    [{ cpu: '0%' }, 'cpu', 'write 1% or more'],
    [{ cpus: '80%' }, 'cpus', 'did you mean cpu?'],
    [{ memory: 'of' }, 'memory', /^write /],
    [{ memory: false }, 'memory', /^write /],
  ])('%j is refused at %s', (written, at, fix) => {
    const [problem, ...more] = servedProblems({ serving: {}, monitoring: written });
    expect(more).toEqual([]);
    expect(problem?.path).toBe(`models.m.monitoring.${at}`);
    expect(problem?.fix).toEqual(typeof fix === 'string' ? fix : expect.stringMatching(fix));
    expect(problem?.allowed).not.toBe('');
  });

  it('says in each error of a threshold that it can be switched off', () => {
    const [problem] = servedProblems({ serving: {}, monitoring: { latencyP95: 'fast' } });
    expect(problem?.allowed).toContain('200 ms');
    expect(problem?.allowed).toContain('or off');
  });

  it('has its defaults as they are written down', () => {
    for (const [key, { threshold, severity }] of Object.entries(DEFAULT_THRESHOLDS)) {
      const bare = monitoring.parse({ [key]: threshold });
      expect(bare).toEqual(monitoring.parse({ [key]: { threshold, severity } }));
      if (key !== 'gpu' && key !== 'disk') expect(bare).toEqual(DEFAULT_MONITORING);
    }
  });

  it('has a JSON schema of what is written', () => {
    expect(() => z.toJSONSchema(monitoring, { io: 'input' })).not.toThrow();
    const { required } = z.toJSONSchema(serving, { io: 'input' });
    expect(required ?? []).toEqual([]);
  });
});

describe('hasGpu', () => {
  it('is true of every accelerator but those of AWS itself', () => {
    const without = ACCELERATOR_TYPES.filter((type) => !hasGpu({ accelerator: { type, count: 1 } }));
    expect(without).toEqual(['trainium1', 'trainium2', 'inferentia2']);
    expect(hasGpu({})).toBe(false);
  });
});
