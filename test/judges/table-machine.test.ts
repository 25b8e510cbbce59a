import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WIDENS } from '../../lib/aws/data-lake/machine/decide-states';
import { widens } from '../../lib/plan/table-columns';
import { AslJudge, callNames } from '../support/asl-judge';
import { lintAsl } from '../support/asl-lint';
import { outcomeOf } from '../support/asl-outcome';
import { machine } from '../support/asl-states';
import { describeJudge } from '../support/describe-judge';
import {
  columns,
  desired,
  type Existing,
  left,
  OPTIMIZER_ROLE,
  PARAMETER,
  request,
  type Situation,
  tableMachineOfTemplate,
  withDesired,
} from './table-machine';

const EVENT = {
  version: '0',
  id: '6a7e4feb-b491-4cf7-a9f1-bf3703497718',
  'detail-type': 'Parameter Store Change',
  source: 'aws.ssm',
  account: '111111111111',
  region: 'eu-central-1',
  detail: { operation: 'Create', name: PARAMETER, type: 'String', description: 'Card transactions' },
};

const TABLE: Existing = { columns: columns('card_id string', 'amount float', 'n int', 'price decimal(10,2)') };
const AS_IT_IS = { card_id: 'string', amount: 'float', n: 'int', price: 'decimal(10,2)' };

describeJudge('asl', 'the table machine', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());
  const run = async (situation: Situation, rest = {}) => judge.run(request(situation, rest));

  test('is a machine that the linter accepts', () => {
    expect(lintAsl(tableMachineOfTemplate())).toEqual([]);
  });

  test('creates a table from the event of its parameter, whatever its columns are called', async () => {
    const wanted = desired({
      columns: {
        card_id: 'string',
        _amount: 'decimal(10,2)',
        ts: 'timestamp',
        order: 'int',
        date: 'date',
        b: 'binary',
      },
      partitionBy: ['day(ts)', 'bucket(16, card_id)', 'order'],
    });
    const made = await run({ desired: wanted }, { input: EVENT });
    expect(made).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'settled' } });
    const after = left(made);
    expect(after.columns).toEqual(wanted.columns);
    expect(after.partitionBy).toEqual(['day ts', 'bucket[16] card_id', 'identity order']);
    expect(after.location).toBe('s3://lake/tables/transactions');
    expect(after.announced).toEqual(['table-changed']);
    expect(after.said).toContainEqual(expect.stringContaining('CREATE TABLE'));
    expect(after.locks).toEqual([]);
    expect(after.statements).toHaveLength(1);
  });

  test('sets the optimizers of a new table as the spec says', async () => {
    const wanted = desired({ columns: { id: 'string' }, snapshots: { keep: 7, maxAge: '30 days' } });
    const { optimizers } = left(await run({ desired: wanted }));
    const own = { roleArn: OPTIMIZER_ROLE, enabled: true };
    expect(optimizers).toMatchObject({
      compaction: { ...own, compactionConfiguration: { icebergConfiguration: { strategy: 'binpack' } } },
      retention: {
        ...own,
        retentionConfiguration: {
          icebergConfiguration: {
            snapshotRetentionPeriodInDays: 30,
            numberOfSnapshotsToRetain: 7,
            cleanExpiredFiles: true,
          },
        },
      },
      orphan_file_deletion: {
        ...own,
        orphanFileDeletionConfiguration: { icebergConfiguration: { orphanFileRetentionPeriodInDays: 7 } },
      },
    });
  });

  describe('changes a table without losing anything', () => {
    test.each([
      ['adds columns', { ...AS_IT_IS, ts: 'timestamp', note: 'string' }, 1],
      ['widens a column', { ...AS_IT_IS, n: 'bigint' }, 1],
      ['widens several columns', { ...AS_IT_IS, n: 'bigint', amount: 'double', price: 'decimal(12,2)' }, 3],
      ['adds and widens together', { ...AS_IT_IS, n: 'bigint', ts: 'timestamp' }, 2],
    ])('%s', async (_, wanted, statements) => {
      const changed = await run({ desired: desired({ columns: wanted }), table: TABLE });
      expect(outcomeOf(changed).outcome).toBe('settled');
      const after = left(changed);
      expect(new Set(after.columns)).toEqual(new Set(desired({ columns: wanted }).columns));
      expect(after.columns?.slice(0, 4).map((text) => text.split(' ')[0])).toEqual(Object.keys(AS_IT_IS));
      expect(after.statements).toHaveLength(statements);
      expect(after.announced).toEqual(['table-changed']);
      expect(after.locks).toEqual([]);
    });

    test('ignores columns of earlier schemas, and lets one come back', async () => {
      const table = { columns: [...columns('id string'), { name: 'gone', type: 'int', current: false }] };
      const same = await run({ desired: desired({ columns: { id: 'string' } }), table });
      expect(left(same).statements).toEqual([]);
      const back = await run({ desired: desired({ columns: { id: 'string', gone: 'string' } }), table });
      expect(left(back).columns).toEqual(['id string', 'gone string']);
    });
  });

  describe('leaves a table alone that is as desired', () => {
    test('another order of columns is no difference', async () => {
      const reordered = Object.fromEntries(Object.entries(AS_IT_IS).reverse());
      const after = left(await run({ desired: desired({ columns: reordered }), table: TABLE }));
      expect(after.statements).toEqual([]);
      expect(after.columns).toEqual(TABLE.columns.map(({ name, type }) => `${name} ${type}`));
    });

    test('an event that comes twice changes nothing the second time', async () => {
      const wanted = desired({ columns: { id: 'string' }, partitionBy: ['bucket(4, id)'] });
      const first = await run({ desired: wanted }, { input: EVENT });
      const second = await judge.run({ ...request({}), input: EVENT, world: first.world });
      expect(second).toMatchObject({ status: 'SUCCEEDED', output: { detail: 'Nothing had to be done.' } });
      expect(callNames(second).filter((name) => /Create|Update/.test(name))).toEqual([]);
      expect(left(second).statements).toEqual(left(first).statements);
      expect(left(second)).toMatchObject({ announced: ['table-changed', 'table-changed'], locks: [] });
    });

    test('a change after a change finds the table that the first one left', async () => {
      const first = await run({ desired: desired({ columns: { id: 'string', n: 'int' } }) });
      const world = withDesired(first.world, desired({ columns: { id: 'string', n: 'bigint', m: 'int' } }));
      expect(left(await judge.run({ ...request({}), world })).columns).toEqual(['id string', 'n bigint', 'm int']);
    });
  });

  describe('refuses loudly what would lose data, and touches nothing', () => {
    const partitioned: Existing = { ...TABLE, partitionBy: [{ field: 'n', transform: 'identity', column: 'n' }] };
    const { n: _, ...withoutN } = AS_IT_IS;
    test.each<[string, Parameters<typeof desired>[0], Existing, RegExp]>([
      ['a column that is gone', { columns: withoutN }, TABLE, /column n is not desired any more/],
      [
        'a narrower decimal',
        { columns: { ...AS_IT_IS, price: 'decimal(9,2)' } },
        TABLE,
        /column price .*decimal\(9,2\)/,
      ],
      ['another scale', { columns: { ...AS_IT_IS, price: 'decimal(12,4)' } }, TABLE, /column price .*decimal\(12,4\)/],
      ['a narrower number', { columns: { id: 'int' } }, { columns: columns('id bigint') }, /column id is bigint/],
      ['another type', { columns: { ...AS_IT_IS, n: 'string' } }, TABLE, /column n is int and cannot become string/],
      ['another partitioning', { columns: AS_IT_IS, partitionBy: ['card_id'] }, partitioned, /partitioned by n/],
      [
        'a partitioning where there is none',
        { columns: AS_IT_IS, partitionBy: ['n'] },
        TABLE,
        /partitioned by nothing/,
      ],
      ['no partitioning any more', { columns: AS_IT_IS }, partitioned, /cannot be partitioned by nothing/],
      [
        'another place',
        { columns: AS_IT_IS },
        { ...TABLE, location: 's3://elsewhere/x' },
        /data is in s3:\/\/elsewhere/,
      ],
      ['a table that is no Iceberg table', { columns: AS_IT_IS }, { ...TABLE, type: 'hudi' }, /no Iceberg table/],
      ['a loss beside an addition', { columns: { ...withoutN, ts: 'timestamp' } }, TABLE, /column n/],
    ])('%s', async (_title, wanted, table, cause) => {
      const refused = await run({ desired: desired(wanted), table });
      expect(refused).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'refused' } });
      expect(outcomeOf(refused).detail).toMatch(cause);
      const after = left(refused);
      expect(after.columns).toEqual(table.columns.map(({ name, type }) => `${name} ${type}`));
      expect(after).toMatchObject({ statements: [], optimizers: {}, announced: ['table-refused'], locks: [] });
      expect(after.said).toContain(outcomeOf(refused).detail);
    });

    test('says every reason at once', async () => {
      const wanted = desired({ columns: { card_id: 'int', amount: 'float' }, partitionBy: ['card_id'] });
      const refused = await run({ desired: wanted, table: TABLE });
      expect(outcomeOf(refused).detail.split('; ')).toHaveLength(4);
    });
  });

  test('widens exactly what the plan says', async () => {
    const scales = ['decimal(9,2)', 'decimal(10,2)', 'decimal(38,2)', 'decimal(10,3)', 'decimal(38,38)'];
    const types = ['boolean', 'int', 'bigint', 'float', 'double', 'date', 'timestamp', 'string', 'binary', ...scales];
    const pairs = types.flatMap((from) => types.map((to) => ({ from, to })));
    const definition = machine({
      Ask: { Type: 'Pass', Output: `{% ( $w := ${WIDENS}; [$states.input.$w(from, to)] ) %}`, End: true },
    });
    const { output } = await judge.run({ definition, input: pairs, world: { kind: 'basic' } });
    expect(output).toEqual(pairs.map(({ from, to }) => widens(from, to)));
  });

  describe('sees to the optimizers of a table that is there', () => {
    const wanted = desired({ columns: AS_IT_IS });

    test('one that drifted is set right, one that is missing is made, one that is right is left', async () => {
      const fresh = left(await run({ desired: wanted, table: TABLE })).optimizers;
      const { orphan_file_deletion: __, ...others } = fresh;
      const drifted = { ...others, retention: { ...(fresh.retention as object), enabled: false } };
      const repaired = await run({ desired: wanted, table: TABLE, optimizers: drifted });
      expect(left(repaired).optimizers).toEqual(fresh);
      expect(callNames(repaired).filter((name) => /(Create|Update)TableOptimizer/.test(name))).toEqual([
        'glue:UpdateTableOptimizer',
        'glue:CreateTableOptimizer',
      ]);
      expect(left(repaired).said).toContain(
        'updated the optimizer retention; created the optimizer orphan_file_deletion',
      );
    });

    test('a role that is not its own is replaced', async () => {
      const fresh = left(await run({ desired: wanted, table: TABLE })).optimizers;
      const foreign = { ...fresh, compaction: { ...(fresh.compaction as object), roleArn: `${OPTIMIZER_ROLE}-old` } };
      expect(left(await run({ desired: wanted, table: TABLE, optimizers: foreign })).optimizers).toEqual(fresh);
    });
  });
});
