import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import { Workload } from '../../../lib/aws/access/workload';
import { DataLake } from '../../../lib/aws/data-lake/data-lake';
import type { LakeGrants } from '../../../lib/aws/data-lake/lake-grants';
import { PlatformNames } from '../../../lib/plan/names';
import { testStack } from '../../support/synth';

const BUCKET = 'arn:aws:s3:::fraud-prod-lake-curated-111111111111-eu-central-1';
const CATALOG = 'arn:aws:glue:eu-central-1:111111111111';
const KEY = 'arn:aws:kms:eu-central-1:111111111111:key/1234';

/** What a role may do after the grants, as `action resource [condition]`. */
function granted(grant: (grants: LakeGrants, role: iam.Role) => void): readonly string[] {
  const stack = testStack({ env: { account: '111111111111', region: 'eu-central-1' } });
  const key = kms.Key.fromKeyArn(stack, 'Key', KEY);
  const imported = DataLake.fromNames(stack, 'Lake', {
    names: new PlatformNames('fraud', 'prod'),
    zones: ['curated', 'raw'],
    datasets: { t: { zone: 'curated' }, other: { zone: 'curated' }, raw: { zone: 'raw' } },
    encryptionKey: key,
  });
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
  grant(imported.grants, role);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  const statements = policy?.Properties.PolicyDocument.Statement as {
    Action: string | string[];
    Resource: unknown;
    Condition?: Record<string, Record<string, string[]>>;
  }[];
  return statements
    .flatMap(({ Action, Resource, Condition }) =>
      [Action].flat().flatMap((action) =>
        [Resource].flat().map((resource) => {
          const prefixes = Condition?.StringLike?.['s3:prefix'];
          return `${action} ${arn(resource)}${prefixes === undefined ? '' : ` ${prefixes.join(' ')}`}`;
        }),
      ),
    )
    .sort();
}

const arn = (resource: unknown): string =>
  typeof resource === 'string'
    ? resource
    : (resource as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1]
        .map((part) => (typeof part === 'string' ? part : 'aws'))
        .join('');

const TABLE = (action: string, table = 'curated/t') => {
  const [zone] = table.split('/');
  return [
    `${action} ${CATALOG}:catalog`,
    `${action} ${CATALOG}:database/fraud_prod_${zone}`,
    `${action} ${CATALOG}:table/fraud_prod_${table}`,
  ];
};

const LISTING = [`s3:GetBucketLocation ${BUCKET}`, `s3:ListBucket ${BUCKET} tables/t tables/t/*`];
const READING = ['kms:Decrypt', 'kms:DescribeKey'].map((action) => `${action} ${KEY}`);
const WRITING = [...READING, `kms:Encrypt ${KEY}`, `kms:GenerateDataKey ${KEY}`];
const FILES = (prefix: string, ...actions: string[]) => actions.map((action) => `s3:${action} ${BUCKET}/${prefix}*`);
const READ = ['GetObject'];
const WRITE = [...READ, 'PutObject', 'DeleteObject', 'AbortMultipartUpload', 'ListMultipartUploadParts'];

describe('grants on a lake', () => {
  test('read a table: its entry in the catalog, its files, the key', () => {
    expect(granted((grants, role) => grants.read('t', role))).toEqual(
      [
        ...LISTING,
        ...READING,
        ...FILES('tables/t/', ...READ),
        ...TABLE('glue:GetDatabase'),
        ...TABLE('glue:GetTable'),
      ].sort(),
    );
  });

  test('write a table: commits as well', () => {
    expect(granted((grants, role) => grants.write('t', role))).toEqual(
      [
        ...LISTING,
        ...WRITING,
        ...FILES('tables/t/', ...WRITE),
        ...['GetDatabase', 'GetTable', 'UpdateTable'].flatMap((action) => TABLE(`glue:${action}`)),
      ].sort(),
    );
  });

  test('evolve the tables of a zone: statements of Athena in one workgroup, and no deletion', () => {
    const all = granted(({ grantors }, role) => grantors.zone('evolve', 'curated', role));
    expect(all).toContain(
      'athena:StartQueryExecution arn:aws:athena:eu-central-1:111111111111:workgroup/fraud-prod-tables',
    );
    expect(all).toContain(`glue:CreateTable ${CATALOG}:table/fraud_prod_curated/*`);
    expect(all).toContain(`s3:PutObject ${BUCKET}/tables/*`);
    expect(all.filter((line) => /delete/i.test(line))).toEqual([]);
    expect(
      all.filter((line) => /\*/.test(line) && !/ tables\/\*|\/tables\/\*|table\/fraud_prod_curated\/\*/.test(line)),
    ).toEqual([]);
  });

  test('optimize the tables of a zone: files come and go, columns do not', () => {
    expect(granted(({ grantors }, role) => grantors.zone('optimize', 'curated', role))).toEqual(
      [
        `s3:GetBucketLocation ${BUCKET}`,
        `s3:ListBucket ${BUCKET} tables tables/*`,
        ...FILES('tables/', ...WRITE),
        ...['GetTable', 'UpdateTable'].flatMap((action) => TABLE(`glue:${action}`, 'curated/*')),
      ].sort(),
    );
  });

  test('files of a zone: below files/ and nowhere else', () => {
    const listing = [`s3:GetBucketLocation ${BUCKET}`, `s3:ListBucket ${BUCKET} files files/*`];
    expect(granted((grants, role) => grants.read('curated', role))).toEqual(
      [...listing, ...READING, ...FILES('files/', ...READ)].sort(),
    );
    expect(granted((grants, role) => grants.write('curated', role))).toEqual(
      [...listing, ...WRITING, ...FILES('files/', ...WRITE)].sort(),
    );
  });

  test('add up in statements that grow, so that many datasets fit into one policy', () => {
    const both = granted((grants, role) => {
      grants.readTable('t', role);
      grants.readTable('other', role);
      grants.readTable('t', role);
    });
    expect(both).toContain(`s3:ListBucket ${BUCKET} tables/t tables/t/* tables/other tables/other/*`);
    expect(new Set(both).size).toBe(both.length);
    expect(both.filter((line) => line.startsWith('s3:ListBucket'))).toHaveLength(1);
  });

  test('never guess: a name that is a zone and a dataset has to be said, and an unknown one is refused', () => {
    expect(() => granted((grants, role) => grants.read('raw', role))).toThrow(
      /'raw' is a zone and a dataset.*readFiles/,
    );
    expect(granted((grants, role) => grants.readTable('raw', role)).join()).toContain('tables/raw/*');
    expect(granted((grants, role) => grants.readFiles('raw', role)).join()).toContain('files/*');
    expect(() => granted((grants, role) => grants.readTable('x', role))).toThrow(
      /no dataset 'x'.*There are: t, other, raw/,
    );
    expect(() => granted((grants, role) => grants.writeFiles('x', role))).toThrow(/no zone 'x'/);
  });

  test('are what edges of the access plan render, the key apart', () => {
    const stack = testStack();
    const lake = new DataLake(stack, 'Lake', {
      zones: { curated: {} },
      datasets: { t: { zone: 'curated', columns: { id: 'int' } } },
    });
    const workload = new Workload(stack, 'Training', {
      assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
      access: [{ workload: 'training', kind: 'dataset', verb: 'read', name: 't', why: 'data' }],
      grantors: lake.grantors,
    });
    const user = new Workload(stack, 'User', {
      assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
      access: [],
      grantors: {},
    });
    lake.grants.read('t', user);
    const policies = Template.fromStack(stack).findResources('AWS::IAM::ManagedPolicy');
    const statementsOf = (of: Workload) =>
      policies[stack.getLogicalId(of.policy.node.defaultChild as iam.CfnManagedPolicy)]?.Properties.PolicyDocument
        .Statement as unknown[];
    expect(statementsOf(user).slice(0, -1)).toEqual(statementsOf(workload));
    expect(statementsOf(user).at(-1)).toMatchObject({ Action: ['kms:Decrypt', 'kms:DescribeKey'] });
  });
});
