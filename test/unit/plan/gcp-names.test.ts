import { describe, expect, it } from 'vitest';
import { keyFromId } from '../../../lib/gcp/keys/encryption-key';
import { secureBucket } from '../../../lib/gcp/storage/secure-bucket';
import { loadEveryEnvironment } from '../../../lib/plan/load';
import { SpecError } from '../../../lib/spec/problem';
import { gcpStack, TARGET } from '../../support/gcp-synth';

const AWS = { region: 'eu-central-1' };
const GCP = { project: 'fraud-prod', projectNumber: 123456789012, region: 'europe-west4' };

function problems(overlay: object) {
  try {
    loadEveryEnvironment({ name: 'fraud', owner: 'ml@example.com', gcp: GCP, ...overlay });
    return [];
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    throw error;
  }
}

describe('names that Google keeps for itself', () => {
  it.each([
    ['name', { name: 'goods' }, []],
    ['name', { name: 'goog-fraud' }, ['name']],
    ['name', { name: 'googol' }, ['name']],
    ['name', { name: 'google' }, ['name']],
    ['name', { name: 'my-google-ads' }, ['name']],
    ['name', { name: 'my-g00gle-ads' }, ['name']],
    ['environment', { environments: { google: {}, prod: {} } }, ['environments.google']],
    ['zone', { dataLake: { zones: { googleads: {}, raw: {} } } }, ['dataLake.zones.googleads']],
    ['zone', { dataLake: { zones: { googol: {} } } }, []],
    ['model', { models: { 'google-ads': {} } }, []],
    ['state bucket', { gcp: { ...GCP, state: { bucket: 'goog-state' } } }, ['gcp.state.bucket']],
    ['state bucket', { gcp: { ...GCP, state: { bucket: 'my-g00gle-state' } } }, ['gcp.state.bucket']],
    ['state bucket', { gcp: { ...GCP, state: { bucket: 'fraud-goog' } } }, []],
  ])('as a %s: %j', (_what, overlay, paths) => {
    expect(problems(overlay).map(({ path }) => path)).toEqual(paths);
  });

  it('are said with what was written and what may be', () => {
    expect(problems({ name: 'goog-fraud' })).toMatchObject([
      {
        message: 'begins the names of buckets and topics, and Google makes none that begin with goog',
        received: '"goog-fraud"',
        allowed: 'a name that does not begin with goog, on Google Cloud',
        fix: 'choose another name',
      },
    ]);
    expect(problems({ dataLake: { zones: { g00gle: {} } } })).toMatchObject([
      { message: expect.stringContaining('has g00gle in it'), received: '"g00gle"' },
    ]);
  });

  it('are free on AWS', () => {
    expect(
      problems({
        gcp: undefined,
        aws: AWS,
        name: 'google',
        dataLake: { zones: { google: {} } },
        environments: { google: {} },
      }),
    ).toEqual([]);
  });

  it('are refused of a bucket on its own', () => {
    const bucket = (bucketName: string) =>
      secureBucket(gcpStack(), 'Bucket', { target: TARGET, bucketName, encryptionKey: keyFromId('projects/p/k') });
    expect(() => bucket('goog-1')).toThrow('does not begin with goog');
    expect(() => bucket('fraud-1')).not.toThrow();
  });
});
