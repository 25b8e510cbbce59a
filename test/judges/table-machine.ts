import { Template } from 'aws-cdk-lib/assertions';
import { DataLake } from '../../lib/aws/data-lake/data-lake';
import { PlatformNames } from '../../lib/plan/names';
import { type DesiredTable, desiredTable } from '../../lib/plan/table-columns';
import { dataLake } from '../../lib/spec/data-lake';
import { aslFromTemplate, machinesOf } from '../support/asl-from-template';
import type { AslRequest, AslRun } from '../support/asl-judge';
import { testStack } from '../support/synth';

/** What the tests of the table machine share: the machine itself, its world, and what to look at when it has ended. */

const NAMES = new PlatformNames('fraud', 'prod');
export const PARAMETER = NAMES.parameter('datasets', 'transactions');
const TABLE = 'fraud_prod_curated.transactions';
const LOCATION = 's3://lake/tables/transactions';
const LOCK = 'datasets/transactions';
export const OPTIMIZER_ROLE = 'arn:aws:iam::111111111111:role/LakeTablesOptimizerRole';

let synthesised: object | undefined;

/** The machine as it stands in the template of a lake. */
export function tableMachineOfTemplate(): object {
  synthesised ??= synthesise();
  return synthesised;
}

function synthesise(): object {
  const stack = testStack({ env: { account: '111111111111', region: 'eu-central-1' } });
  new DataLake(stack, 'Lake', {
    names: NAMES,
    zones: { curated: {} },
    datasets: { transactions: { zone: 'curated', columns: { card_id: 'string' } } },
  });
  const template = Template.fromStack(stack).toJSON();
  const [machine = ''] = machinesOf(template);
  return aslFromTemplate(template, machine, {
    ref: (id) =>
      id.includes('LocksTable')
        ? 'locks'
        : id.includes('AlertsTopic')
          ? 'arn:aws:sns:eu-central-1:111111111111:alerts'
          : undefined,
    attribute: (id, name) => (id.includes('OptimizerRole') && name === 'Arn' ? OPTIMIZER_ROLE : undefined),
  });
}

interface Wanted {
  readonly columns: Readonly<Record<string, string>>;
  readonly partitionBy?: readonly string[];
  readonly snapshots?: { readonly keep?: number; readonly maxAge?: string };
}

/** The desired table as the lake would write it into the parameter. */
export function desired(wanted: Wanted): DesiredTable {
  const { datasets } = dataLake.parse({
    zones: { curated: {} },
    datasets: { transactions: { zone: 'curated', ...wanted } },
  });
  const spec = datasets.transactions;
  if (spec === undefined) throw new Error('no dataset');
  return desiredTable('transactions', spec, { database: 'fraud_prod_curated', location: `${LOCATION}/` });
}

/** A table as Glue and Athena know it. */
export interface Existing {
  readonly columns: readonly { readonly name: string; readonly type: string; readonly current?: boolean }[];
  readonly partitionBy?: readonly { readonly field: string; readonly transform: string; readonly column: string }[];
  readonly location?: string;
  readonly type?: string;
}

/** Columns as Glue has them: `columns('id string', 'amount double')`. */
export function columns(...texts: readonly string[]): Existing['columns'] {
  return texts.map((text) => {
    const [name = '', type = ''] = text.split(' ');
    return { name, type };
  });
}

export interface Situation {
  /** The text of the parameter where it is not a desired table. */
  readonly desired?: DesiredTable | string;
  readonly table?: Existing;
  readonly optimizers?: Readonly<Record<string, unknown>>;
  /** When the lock that another execution holds is free again, in seconds since 1970. */
  readonly lockedUntil?: number;
  /** Statements of Athena that fail, or succeed without an effect. */
  readonly failures?: readonly { readonly of: string; readonly reason?: string; readonly times?: number }[];
  /** How long a statement takes. */
  readonly seconds?: number;
}

/** Starts the machine for the dataset by hand. */
export function request(situation: Situation, rest: Partial<AslRequest> = {}): AslRequest {
  const { desired, table, optimizers, lockedUntil, failures = [], seconds = 4 } = situation;
  const lock = { lock: { S: LOCK }, owner: { S: 'another' }, expiresAt: { N: `${lockedUntil}` } };
  const value = typeof desired === 'string' ? desired : JSON.stringify(desired);
  return {
    definition: tableMachineOfTemplate(),
    input: { dataset: 'transactions' },
    world: {
      kind: 'tables',
      state: {
        dynamodb: { tables: { locks: { key: { lock: 'S' }, items: lockedUntil === undefined ? [] : [lock] } } },
        ssm: { parameters: desired === undefined ? {} : { [PARAMETER]: { value } } },
        glue: {
          databases: ['fraud_prod_curated'],
          tables: table === undefined ? {} : { [TABLE]: { location: LOCATION, partitionBy: [], ...table } },
          optimizers: optimizers === undefined ? {} : { [TABLE]: optimizers },
        },
        athena: { workgroups: ['fraud-prod-tables'], failures, seconds },
      },
    },
    ...rest,
  };
}

/** The same world with another desired table. */
export function withDesired(world: AslRun['world'], wanted: DesiredTable): AslRun['world'] {
  const state = structuredClone(world.state) as Record<string, { parameters?: Record<string, unknown> }>;
  return { ...world, state: { ...state, ssm: { parameters: { [PARAMETER]: { value: JSON.stringify(wanted) } } } } };
}

interface TablesState {
  readonly dynamodb: { readonly tables: { readonly locks: { readonly items: readonly unknown[] } } };
  readonly sns: { readonly published: readonly { readonly Message: string }[] };
  readonly glue: {
    readonly tables: Readonly<Record<string, Existing>>;
    readonly optimizers: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  readonly athena: { readonly queries: Readonly<Record<string, { readonly query: string; readonly state: string }>> };
}

/** What an execution left behind. */
export function left(run: Pick<AslRun, 'world'>) {
  const state = run.world.state as unknown as TablesState;
  const table = state.glue.tables[TABLE];
  const messages = state.sns.published.map(({ Message }) => JSON.parse(Message) as AlertText);
  return {
    /** `name type` of each current column; undefined where there is no table. */
    columns: table?.columns.filter(({ current }) => current !== false).map(({ name, type }) => `${name} ${type}`),
    partitionBy: table?.partitionBy?.map(({ transform, column }) => `${transform} ${column}`),
    location: table?.location,
    optimizers: state.glue.optimizers[TABLE] ?? {},
    /** Signals that the alert channel heard of, in order. */
    announced: messages.map(({ metadata }) => metadata.eventType),
    /** The last message as lines. */
    said: messages.at(-1)?.content.nextSteps ?? [],
    locks: state.dynamodb.tables.locks.items,
    /** Statements that Athena was given, without the questions. */
    statements: Object.values(state.athena.queries)
      .map(({ query }) => query)
      .filter((query) => !query.startsWith('DESCRIBE')),
    queries: Object.values(state.athena.queries),
  };
}

interface AlertText {
  readonly content: { readonly nextSteps: readonly string[] };
  readonly metadata: { readonly eventType: string };
}
