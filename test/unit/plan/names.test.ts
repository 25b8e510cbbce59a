import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NAME_RULES, type NameKind, PlatformNames, physicalName } from '../../../lib/plan/names';

const KINDS = Object.keys(NAME_RULES) as NameKind[];
const part = fc.stringMatching(/^[a-z][a-z0-9]{0,60}$/);
const parts = fc.array(part, { minLength: 1, maxLength: 4 });

/** What the services accept, written down here on their own terms. */
const ACCEPTED: Record<NameKind, RegExp> = {
  bucket: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$|^[a-z]$|^[a-z0-9]{2}$/,
  database: /^[a-z0-9_]{1,255}$/,
  repository: /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  modelGroup: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
  stack: /^[A-Za-z][A-Za-z0-9-]{0,127}$/,
  rule: /^[.\-_A-Za-z0-9]{1,64}$/,
  machine: /^[A-Za-z0-9-_]{1,80}$/,
  keyAlias: /^[a-zA-Z0-9/_-]{1,250}$/,
  workgroup: /^[a-zA-Z0-9._-]{1,128}$/,
  budget: /^[^:\\]{1,100}$/,
  endpoint: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
  parameter: /^(?:\/[a-zA-Z0-9_.-]+){1,15}$/,
  // The shortest that IAM takes is 6; names of the plan start with the platform and say what for.
  serviceAccount: /^[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?$/,
  compute: /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  customRole: /^[a-zA-Z0-9_.]{1,64}$/,
};

describe('physicalName', () => {
  it('is accepted by the service whatever the parts are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), parts, (kind, texts) => {
        expect(physicalName(kind, texts)).toMatch(ACCEPTED[kind]);
        expect(physicalName(kind, texts).length).toBeLessThanOrEqual(NAME_RULES[kind].max);
      }),
    );
  });

  it('tells different parts apart, also when both are cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), parts, parts, (kind, a, b) => {
        fc.pre(a.join('\n') !== b.join('\n'));
        expect(physicalName(kind, a)).not.toBe(physicalName(kind, b));
      }),
    );
  });

  it('leaves the room that the renderer asked for', () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 0, max: 35 }), (texts, reserve) => {
        expect(physicalName('bucket', texts, reserve).length).toBeLessThanOrEqual(63 - reserve);
      }),
    );
  });

  it('keeps a short name as it is written and cuts a long one with a hash of all of it', () => {
    expect(physicalName('database', ['fraud-prod', 'curated'])).toBe('fraud_prod_curated');
    const long = ['fraud', 'x'.repeat(70)];
    expect(physicalName('bucket', long)).toMatch(/^fraud-x+-[0-9a-f]{8}$/);
    expect(physicalName('bucket', [...long, 'y'])).not.toBe(physicalName('bucket', long));
  });
});

describe('PlatformNames', () => {
  it('starts every name with platform and environment', () => {
    const names = new PlatformNames('fraud', 'prod');
    expect(names.of('modelGroup', 'detector')).toBe('fraud-prod-detector');
    expect(names.parameter('keys', 'data')).toBe('/mlops/fraud-prod/keys/data');
    expect(new PlatformNames('fraud').slug).toBe('fraud');
  });

  it('ends the names of custom roles in their generation, from the second one on', () => {
    const roles = (roleGeneration?: number) =>
      new PlatformNames('fraud', 'prod', { roleGeneration }).of('customRole', 'training-submit');
    expect([roles(), roles(1)]).toEqual(['fraud_prod_training_submit', 'fraud_prod_training_submit']);
    expect([roles(2), roles(3)]).toEqual(['fraud_prod_training_submit_2', 'fraud_prod_training_submit_3']);
    expect(new PlatformNames('fraud', 'prod', { roleGeneration: 2 }).of('compute', 'net')).toBe('fraud-prod-net');
    const long = new PlatformNames('fraud', 'x'.repeat(70), { roleGeneration: 2 }).of('customRole', 'a');
    expect(long).toMatch(ACCEPTED.customRole);
    expect(long).not.toBe(new PlatformNames('fraud', 'x'.repeat(70)).of('customRole', 'a'));
  });
});
