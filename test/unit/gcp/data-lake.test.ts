import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { describe, expect, test } from 'vitest';
import { granteeOf } from '../../../lib/gcp/access/grantee';
import { AuditLogs } from '../../../lib/gcp/data-lake/audit-logs';
import { DataLake, type DataLakeProps } from '../../../lib/gcp/data-lake/data-lake';
import { keyFrom, keyFromId } from '../../../lib/gcp/keys/encryption-key';
import { DEFAULT_NONCURRENT_DAYS } from '../../../lib/gcp/storage/secure-bucket';
import { PlatformNames } from '../../../lib/plan/names';
import { SpecError } from '../../../lib/spec/problem';
import { bindingsOf, type GcpStackOptions, gcpStack, resourceOf, resourcesOf, TARGET } from '../../support/gcp-synth';

const KEY = 'projects/fraud-prod/locations/europe-west4/keyRings/fraud-prod/cryptoKeys/data';
const NAMES = new PlatformNames('fraud', 'prod');
const DATASETS = {
  transactions: {
    zone: 'curated',
    description: `a card payment, \${amount}`,
    columns: { card_id: 'string', amount: 'decimal(12,2)', ts: 'timestamp' },
    partitionBy: ['day(ts)', 'bucket(16,card_id)'],
    snapshots: { maxAge: '3 days' },
  },
} satisfies NonNullable<DataLakeProps['datasets']>;

function lakeIn(props: Partial<DataLakeProps> = {}, options: GcpStackOptions = {}) {
  const stack = gcpStack(options);
  const lake = new DataLake(stack, 'Lake', {
    target: TARGET,
    names: NAMES,
    zones: { raw: { retention: '365 days' }, curated: {} },
    datasets: DATASETS,
    encryptionKey: keyFromId(KEY),
    labels: { platform: 'fraud' },
    ...props,
  });
  return { stack, lake };
}

const bucketNamed = (stack: ReturnType<typeof gcpStack>, name: string) =>
  Object.values(resourcesOf(stack, 'google_storage_bucket')).find((bucket) => bucket.name === name);

describe('zones', () => {
  test('a bucket of files each, whose retention touches files alone', () => {
    const { stack } = lakeIn();
    const raw = bucketNamed(stack, 'fraud-prod-lake-raw-123456789012');
    expect(raw).toMatchObject({
      uniform_bucket_level_access: true,
      public_access_prevention: 'enforced',
      versioning: { enabled: true },
      soft_delete_policy: { retention_duration_seconds: 7 * 86_400 },
      encryption: { default_kms_key_name: KEY },
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
    const rules = (raw?.lifecycle_rule ?? []) as readonly { readonly condition: object }[];
    const deleting = rules.map(({ condition }) => condition);
    expect(deleting).toContainEqual({ age: 365, matches_prefix: ['files/'], with_state: 'LIVE' });
  });

  test('deletes old versions of files no later than the files themselves', () => {
    const { stack } = lakeIn({
      zones: { raw: { retention: '365 days' }, short: { retention: '7 days' }, curated: {} },
    });
    const kept = (zone: string) => {
      const rules = bucketNamed(stack, `fraud-prod-lake-${zone}-123456789012`)?.lifecycle_rule as readonly {
        readonly condition: { readonly days_since_noncurrent_time?: number };
      }[];
      return rules.flatMap(({ condition }) => condition.days_since_noncurrent_time ?? []);
    };
    expect(kept('short')).toEqual([7]);
    for (const zone of ['raw', 'curated']) expect(kept(zone)).toEqual([DEFAULT_NONCURRENT_DAYS]);
  });

  test('tables are in a bucket of their own, without versions and without an age at which anything is deleted', () => {
    const { stack } = lakeIn();
    const tables = bucketNamed(stack, 'fraud-prod-tables-curated-123456789012');
    expect(tables).toMatchObject({ versioning: { enabled: false }, encryption: { default_kms_key_name: KEY } });
    expect(JSON.stringify(tables?.lifecycle_rule)).not.toContain('"with_state":"LIVE"');
    expect(bucketNamed(stack, 'fraud-prod-tables-raw-123456789012')).toBeUndefined();
  });

  test('a database each, whose time travel is what its tables ask for', () => {
    const { stack } = lakeIn();
    const databases = Object.values(resourcesOf(stack, 'google_bigquery_dataset'));
    expect(databases.map(({ dataset_id, max_time_travel_hours }) => [dataset_id, max_time_travel_hours])).toEqual([
      ['fraud_prod_curated', '72'],
      ['fraud_prod_raw', '168'],
    ]);
    for (const database of databases)
      expect(database).toMatchObject({
        location: 'europe-west4',
        default_encryption_configuration: { kms_key_name: KEY },
        access: [{ role: 'OWNER', special_group: 'projectOwners' }],
        delete_contents_on_destroy: false,
        lifecycle: { prevent_destroy: true, ignore_changes: ['access'] },
        labels: { platform: 'fraud' },
      });
  });

  test('both keys turned, and not one alone, make everything destructible', () => {
    expect(() => lakeIn({ destroyData: true })).toThrow('mlops:allowDataLoss');
    const { stack } = lakeIn({ destroyData: true }, { context: { 'mlops:allowDataLoss': true } });
    expect(resourceOf(stack, 'google_bigquery_table')).toMatchObject({
      deletion_protection: false,
      lifecycle: { prevent_destroy: false },
    });
    for (const memory of Object.values(resourcesOf(stack, 'terraform_data')))
      expect(memory).toMatchObject({ lifecycle: { prevent_destroy: false } });
    for (const database of Object.values(resourcesOf(stack, 'google_bigquery_dataset')))
      expect(database).toMatchObject({ delete_contents_on_destroy: true, lifecycle: { prevent_destroy: false } });
  });

  test('metrics have their official names', () => {
    const { zones } = lakeIn().lake;
    expect(zones.raw?.metricTotalBytes()).toBe(
      'resource.type = "gcs_bucket" AND resource.labels.bucket_name = "fraud-prod-lake-raw-123456789012" AND metric.type = "storage.googleapis.com/storage/v2/total_bytes"',
    );
    expect(zones.raw?.metricTotalCount()).toContain('storage.googleapis.com/storage/v2/total_count');
  });
});

describe('datasets', () => {
  test('are managed Iceberg tables, encrypted and protected', () => {
    const { stack } = lakeIn();
    const table = resourceOf(stack, 'google_bigquery_table');
    expect(table).toMatchObject({
      dataset_id: 'fraud_prod_curated',
      table_id: 'transactions',
      description: `a card payment, $\${amount}`,
      clustering: ['ts', 'card_id'],
      biglake_configuration: {
        connection_id: 'fraud-prod.europe-west4.fraud-prod-lake',
        storage_uri: 'gs://fraud-prod-tables-curated-123456789012/tables/transactions/',
        file_format: 'PARQUET',
        table_format: 'ICEBERG',
      },
      encryption_configuration: { kms_key_name: KEY },
      deletion_protection: true,
      lifecycle: { prevent_destroy: true },
    });
    expect(JSON.parse(String(table.schema))).toEqual([
      { name: 'card_id', type: 'STRING', mode: 'NULLABLE' },
      { name: 'amount', type: 'NUMERIC', mode: 'NULLABLE', precision: '12', scale: '2' },
      { name: 'ts', type: 'TIMESTAMP', mode: 'NULLABLE' },
    ]);
  });

  test('come after their database, the connection, its grants and those on the key', () => {
    const stack = gcpStack();
    const grant = new ProjectIamMember(stack, 'Grant', { project: 'p', role: 'roles/r', member: 'm' });
    new DataLake(stack, 'Lake', {
      target: TARGET,
      names: NAMES,
      zones: { curated: {} },
      datasets: DATASETS,
      encryptionKey: keyFrom({ id: KEY }, [grant]),
    });
    const after = resourceOf(stack, 'google_bigquery_table').depends_on ?? [];
    expect(after.map((address) => address.replace(/\..*/, '')).sort()).toEqual([
      'google_bigquery_connection',
      'google_bigquery_dataset',
      'google_project_iam_member',
      'google_storage_bucket_iam_member',
      'google_storage_bucket_iam_member',
    ]);
    expect(resourceOf(stack, 'google_bigquery_connection')).toMatchObject({
      cloud_resource: {},
      kms_key_name: KEY,
      depends_on: ['google_project_iam_member.Grant'],
    });
  });

  test('BigQuery keeps their files as the account of the connection, in buckets of tables alone', () => {
    const { stack } = lakeIn();
    const grants = Object.values(resourcesOf(stack, 'google_storage_bucket_iam_member'));
    expect(grants.map(({ role, bucket }) => `${role} ${bucket}`)).toEqual([
      'roles/storage.legacyBucketReader fraud-prod-tables-curated-123456789012',
      'roles/storage.objectUser fraud-prod-tables-curated-123456789012',
    ]);
    for (const { member } of grants) expect(member).toMatch(/^serviceAccount:\$\{google_bigquery_connection\./);
  });

  test('leave what Terraform must not let go of, also when the last has left', () => {
    const columns = ({ stack, lake }: ReturnType<typeof lakeIn>) =>
      resourcesOf(stack, 'terraform_data')[lake.lastingColumns.friendlyUniqueId];
    expect(columns(lakeIn())).toMatchObject({
      for_each: {
        'transactions.card_id STRING': true,
        'transactions.amount NUMERIC with 2 digits after the point': true,
        'transactions.ts TIMESTAMP': true,
      },
      lifecycle: { prevent_destroy: true },
    });
    expect(columns(lakeIn({ datasets: {} }))).toMatchObject({ for_each: {} });
  });

  test('are remembered with their zones and with what BigQuery reads them by, whichever of these leaves', () => {
    const remembered = ({ stack, lake }: ReturnType<typeof lakeIn>) => {
      const memory = resourcesOf(stack, 'terraform_data')[lake.lastingResources.friendlyUniqueId];
      expect(memory).toMatchObject({ lifecycle: { prevent_destroy: true } });
      return Object.keys(memory?.for_each ?? {});
    };
    const { stack, lake } = lakeIn();
    // The role of writers holds no data: it is made again as it was.
    const others = ['terraform_data', 'google_project_iam_custom_role'];
    const all = Object.keys(resourcesOf(stack)).filter((address) => !others.includes(address.split('.')[0] ?? ''));
    expect(remembered({ stack, lake }).sort()).toEqual(all.sort());
    const left = (props: Partial<DataLakeProps>) => {
      const stay = remembered(lakeIn(props));
      return all.filter((address) => !stay.includes(address)).map((address) => address.replace(/_[0-9A-F]{8}$/, ''));
    };
    expect(left({ zones: { curated: {} } })).toEqual([
      'google_bigquery_dataset.Lake_Zone-raw_Database',
      'google_storage_bucket.Lake_Zone-raw_Bucket',
    ]);
    const tables = 'fraud-prod-tables-curated-123456789012';
    expect(left({ datasets: {} })).toEqual([
      'google_bigquery_connection.Lake_Connection',
      'google_bigquery_table.Lake_Table-transactions',
      'google_storage_bucket.Lake_Zone-curated_Tables',
      `google_storage_bucket_iam_member.Lake_Connection_${tables}-storagelegacyBucketReader`,
      `google_storage_bucket_iam_member.Lake_Connection_${tables}-storageobjectUser`,
    ]);
  });

  test('are judged like those of a whole spec, by the rules of Google Cloud too', () => {
    const wrong = () =>
      lakeIn({
        datasets: {
          t: { zone: 'nowhere', columns: { a: 'decimal(38,20)' }, snapshots: { keep: 9, maxAge: '9 days' } },
        },
      });
    expect(wrong).toThrow(SpecError);
    expect(wrong).toThrow(/datasets\.t\.zone/);
    expect(wrong).toThrow(/datasets\.t\.columns\.a: an Iceberg table of BigQuery has no decimal\(38,20\)/);
    expect(wrong).toThrow(/datasets\.t\.snapshots\.maxAge/);
    expect(wrong).toThrow(/datasets\.t\.snapshots\.keep: cannot be had on Google Cloud: BigQuery keeps/);
  });

  test('says all that it cannot do without', () => {
    const without = { target: TARGET, names: NAMES } as unknown as DataLakeProps;
    expect(() => new DataLake(gcpStack(), 'Lake', without)).toThrow("Test/Lake: 'zones', 'encryptionKey' are required");
  });
});

describe('grants', () => {
  const READER = 'group:readers@example.com';

  function granted(grant: (lake: DataLake, to: ReturnType<typeof granteeOf>) => void, datasets: object = DATASETS) {
    const { stack, lake } = lakeIn({ datasets: datasets as typeof DATASETS });
    const readers = granteeOf(stack, READER);
    grant(lake, readers);
    return bindingsOf(stack)
      .filter((line) => line.includes(READER))
      .map((line) => line.replace(` to ${READER}`, ''));
  }

  test('reading a dataset is reading one table, asking, and its files', () => {
    expect(granted((lake, to) => lake.grants.read('transactions', to))).toEqual([
      'roles/bigquery.dataViewer on transactions',
      'roles/bigquery.jobUser on fraud-prod',
      'roles/bigquery.readSessionUser on fraud-prod',
      'roles/storage.objectViewer on fraud-prod-tables-curated-123456789012 (read tables/transactions)',
    ]);
  });

  test('reading many datasets shares grants on their files, as IAM takes so many conditions and no more', () => {
    const many = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`t${i}`, { zone: 'curated', columns: { id: 'int' } }]),
      );
    const files = (count: number) =>
      granted((lake, to) => {
        for (const name of Object.keys(many(count))) lake.grants.read(name, to);
        lake.grants.read('t0', to);
      }, many(count)).filter((line) => line.includes('objectViewer'));
    const on = 'roles/storage.objectViewer on fraud-prod-tables-curated-123456789012';
    expect(files(8)).toEqual([`${on} (read tables/t0 and 5 more)`, `${on} (read tables/t6 and 1 more, grant 2)`]);
    expect(files(120)).toHaveLength(20);
    expect(() => files(121)).toThrow(
      /20 conditions of one role on the bucket \S+ and they are full; tables\/t120 is one more/,
    );
  });

  test('a grant on files that takes in another dataset is made before the one of before goes', () => {
    const { stack, lake } = lakeIn({ datasets: DATASETS });
    lake.grants.read('transactions', granteeOf(stack, READER));
    const conditional = Object.values(resourcesOf(stack, 'google_storage_bucket_iam_member')).filter(
      ({ member, condition }) => member === READER && condition !== undefined,
    );
    expect(conditional.map(({ lifecycle }) => lifecycle)).toEqual([{ create_before_destroy: true }]);
  });

  test('no grant on files is ever what another was, as removing that one would take it away again', () => {
    const sixes = [0, 6].map((first) => Array.from({ length: 6 }, (_, i) => `t${first + i}`));
    const datasets = Object.fromEntries(
      sixes.flat().map((name) => [name, { zone: 'curated', columns: { id: 'int' } }]),
    );
    const filesOf = (names: readonly string[]) =>
      granted((lake, to) => {
        for (const name of names) lake.grants.read(name, to);
      }, datasets).filter((line) => line.includes('objectViewer'));
    const [before, after] = [filesOf(sixes.flat()), filesOf([...sixes].reverse().flat())];
    expect([before.length, after.length]).toEqual([2, 2]);
    expect(after.filter((line) => before.includes(line))).toEqual([]);
  });

  test('writing a dataset writes no file: BigQuery collects what it did not write', () => {
    expect(granted((lake, to) => lake.grants.write('transactions', to))).toEqual([
      'projects/fraud-prod/roles/fraud_prod_write_rows on transactions',
      'roles/bigquery.jobUser on fraud-prod',
      'roles/bigquery.readSessionUser on fraud-prod',
      'roles/storage.objectViewer on fraud-prod-tables-curated-123456789012 (read tables/transactions)',
    ]);
  });

  test('who writes rows keeps the table and its columns, and is let in once the role is there', () => {
    const { stack, lake } = lakeIn();
    lake.grants.write('transactions', granteeOf(stack, READER));
    expect(resourceOf(stack, 'google_project_iam_custom_role')).toMatchObject({
      role_id: 'fraud_prod_write_rows',
      permissions: ['bigquery.tables.get', 'bigquery.tables.getData', 'bigquery.tables.updateData'],
    });
    expect(resourceOf(stack, 'google_bigquery_table_iam_member').depends_on).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^google_bigquery_table\./),
        expect.stringMatching(/^google_project_iam_custom_role\./),
      ]),
    );
  });

  test('the role is there without datasets too: one that went keeps its name for weeks', () => {
    expect(resourcesOf(lakeIn({ datasets: {} }).stack, 'google_project_iam_custom_role')).not.toEqual({});
  });

  test('on a zone they are on its files alone, and the second of the same is the first', () => {
    const lines = granted((lake, to) => {
      lake.grants.read('raw', to);
      lake.grants.read('raw', to);
      lake.grants.write('curated', to);
    });
    expect(lines).toEqual([
      'roles/storage.objectUser on fraud-prod-lake-curated-123456789012 (write files)',
      'roles/storage.objectViewer on fraud-prod-lake-raw-123456789012 (read files)',
    ]);
  });

  test('of an edge of the access plan are the same', () => {
    const edge = granted((lake, to) => lake.grantors.dataset('read', 'transactions', to));
    expect(edge).toEqual(granted((lake, to) => lake.grants.readTable('transactions', to)));
  });

  test('say what is wrong with a name', () => {
    expect(() => granted((lake, to) => lake.grants.read('nothing', to))).toThrow(
      "Test/Lake: there is no zone 'nothing' in this lake. There are: raw, curated.",
    );
    const both = { raw: { zone: 'raw', columns: { a: 'string' } } };
    expect(() => granted((lake, to) => lake.grants.read('raw', to), both)).toThrow("'raw' is a zone and a dataset");
    expect(() => granted((lake, to) => lake.grantors.zone('optimize', 'raw', to))).toThrow(
      'BigQuery does it by itself',
    );
  });

  test('on an imported lake are those on the lake itself', () => {
    const stack = gcpStack();
    const lake = DataLake.fromNames(stack, 'Lake', {
      target: TARGET,
      names: NAMES,
      zones: ['raw', 'curated'],
      datasets: { transactions: { zone: 'curated' } },
    });
    const to = granteeOf(stack, READER);
    lake.grants.readTable('transactions', to);
    lake.grants.writeFiles('raw', to);
    expect(bindingsOf(stack).map((line) => line.replace(` to ${READER}`, ''))).toEqual([
      ...granted((own, reader) => {
        own.grants.readTable('transactions', reader);
        own.grants.writeFiles('raw', reader);
      }),
    ]);
  });
});

test('reads and writes of data are on record, service by service', () => {
  const stack = gcpStack();
  new AuditLogs(stack, 'Audit', { target: TARGET });
  const configs = Object.values(resourcesOf(stack, 'google_project_iam_audit_config'));
  expect(configs.map(({ service }) => service)).toEqual(['bigquery.googleapis.com', 'storage.googleapis.com']);
  for (const { audit_log_config } of configs)
    expect(audit_log_config).toEqual([
      { log_type: 'ADMIN_READ' },
      { log_type: 'DATA_READ' },
      { log_type: 'DATA_WRITE' },
    ]);
});
