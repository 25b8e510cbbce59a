import { Construct } from 'constructs';
import { expect, it } from 'vitest';
import * as aws from '../../lib/aws/index';
import * as gcp from '../../lib/gcp/index';

/** What one cloud needs and the other has no such thing for. */
const ONLY_AWS = ['AccessLogs', 'ClusterSteps', 'Locks'];

const constructsOf = (entry: object): readonly string[] =>
  Object.entries(entry)
    .filter(([, one]) => typeof one === 'function' && one.prototype instanceof Construct)
    .map(([name]) => name)
    .sort();

it('both entries have the construct of each capability under one name', () => {
  const there = constructsOf(gcp);
  expect(constructsOf(aws).filter((name) => !there.includes(name))).toEqual(ONLY_AWS);
});
