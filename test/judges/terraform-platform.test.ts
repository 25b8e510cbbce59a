import { describe, expect, it } from 'vitest';
import { resourceSchema } from '../support/terraform-bindings';
import { differingStacks, impureStacks } from '../support/terraform-compare';
import { STATEFUL_TYPES, statefulByStack } from '../support/terraform-stateful';
import { describePlatforms } from './terraform/describe-platforms';
import { toyPlatform } from './terraform/toy-platform';

describePlatforms('an app of cdktf', () => [toyPlatform()]);

describe('what changes between two syntheses', () => {
  it('is the stack of what changed', () => {
    const { stacks } = toyPlatform();
    expect(differingStacks(stacks, toyPlatform().stacks)).toEqual([]);
    expect(differingStacks(stacks, toyPlatform({ topics: ['alerts', 'events'] }).stacks)).toEqual(['events', 'files']);
  });

  it('is found where synthesis is not pure', () => {
    let runs = 0;
    expect(impureStacks(() => [toyPlatform({ topics: [`alerts-${runs++}`] })])).toEqual([
      'toy alerts-0',
      'toy alerts-1',
    ]);
  });
});

describe('what holds state', () => {
  it('is named by its address', () => {
    expect(statefulByStack(toyPlatform().stacks)).toEqual({
      foundation: {
        'google_kms_crypto_key.Key': 'google_kms_crypto_key',
        'google_kms_key_ring.Ring': 'google_kms_key_ring',
      },
    });
  });

  it('is of types that there are', () => {
    // Terraform's own is in no provider that the bindings are of.
    const unknown = Object.keys(STATEFUL_TYPES).filter((type) => resourceSchema(type) === undefined);
    expect(unknown).toEqual(['terraform_data']);
  });
});
