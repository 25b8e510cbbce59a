import { emptyTable, NO_DATA } from '../../../plan/pipeline/no-data';
import { MANIFEST, MANIFEST_VERSION, snapshotManifest } from '../../../plan/pipeline/snapshot-manifest';
import { type AslState, call, expr } from '../../machine/asl';
import { findFile } from '../../machine/find-file';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { QUERY_SECONDS, queryStates } from './query-states';

/** A table to freeze. */
export interface Freezable {
  /** Name of the dataset, and of its folder. */
  readonly dataset: string;
  /** Database and table in the catalog. */
  readonly database: string;
  readonly table: string;
}

export interface FreezeStatesProps {
  /** Name of the state, and start of the names of those in it. */
  readonly name: string;
  readonly items: readonly Freezable[];
  /** Athena workgroup that reads the tables. */
  readonly workgroup: string;
  /** Name of the bucket of the artifact store, and the prefix in it below which each dataset has a folder. */
  readonly bucket: string;
  readonly prefix: string;
  /** Variable that gets the list of FrozenSnapshot, in the order of `items`. */
  readonly into: string;
  readonly next: string;
}

/** Folders that are written for one snapshot before an execution gives up. */
const MAX_FOLDERS = 2;
/** Tries to write one manifest. */
const MAX_PUTS = 3;
const AGAIN_SECONDS = 20;
/** Datasets that are frozen at once. Source: Step Functions developer guide, "Using Map state in Inline mode". */
const AT_ONCE = 40;

/** Seconds that the slowest queries keep `freezeStates`: which snapshot, which columns, and the files in each folder. */
export const freezeSeconds = (datasets: number): number =>
  Math.ceil(datasets / AT_ONCE) *
  ((2 + MAX_FOLDERS) * QUERY_SECONDS + (MAX_FOLDERS - 1 + (MAX_PUTS - 1)) * AGAIN_SECONDS);

/**
 * A Map state that freezes datasets: the newest data of each table as immutable Parquet files in the artifact store, which
 * outlive the table's own history. A snapshot that was frozen before is used again; of two that freeze one at the same time
 * the first to finish counts.
 *
 * The metadata of an Iceberg table lists snapshots that are not the table, too: those that were rolled back, and those of other
 * branches. Its history marks those that led to what it is: "Query Iceberg table metadata" of the Athena user guide. Of these,
 * one counts as data unless it is a `replace`: that is a compaction, which changes no row of the one before. Where the history
 * does not know that one, as it expired or came with a branch, the compaction counts. Source: Iceberg specification, "Snapshots".
 * A table that holds no row has none to freeze, whatever was committed and deleted again: the error is NO_DATA.
 *
 * Files are what Athena's UNLOAD makes: Parquet, without an ending in their names. It writes timestamps to the millisecond
 * and refuses the microseconds of Iceberg, so each is cast; columns are those that the table had at that snapshot. It wants
 * an empty folder and cleans up nothing, so each attempt has one of its own. Source: Athena user guide, "UNLOAD".
 *
 * No variable around it may be called as those in it: item, snapshot, committedAt, manifest, folder, folders, puts, columns,
 * queryId, queryState, queryFailure, looks.
 */
export function freezeStates(props: FreezeStatesProps): Readonly<Record<string, AslState>> {
  return {
    [props.name]: {
      Type: 'Map',
      Items: props.items,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: `${props.name}Begin`,
        States: freezing(props),
      },
      Assign: { [props.into]: expr("[$states.result[dataset != '']]") },
      Next: props.next,
    },
  };
}

function freezing(props: FreezeStatesProps): Readonly<Record<string, AslState>> {
  const { name, workgroup, bucket, prefix } = props;
  const state = (word: string) => `${name}${word}`;
  const query = { workgroup, database: '$item.database' };
  const below = `'${prefix}/' & $item.dataset & '/' & $snapshot & '/'`;
  const failed = {
    Type: 'Fail',
    Error: 'FreezeFailed',
    Cause: expr("'The dataset ' & $item.dataset & ' could not be frozen. ' & $queryFailure"),
  };
  return {
    [state('Begin')]: {
      Type: 'Pass',
      Assign: { item: expr('$states.input'), folders: 0, puts: 0 },
      Next: state('SnapshotStart'),
    },
    ...queryStates({
      ...query,
      prefix: state('Snapshot'),
      query: NEWEST,
      done: state('Answer'),
      failed: state('Failed'),
    }),
    [state('Answer')]: call(
      'athena:getQueryResults',
      { QueryExecutionId: expr('$queryId') },
      {
        Retry: retry(),
        // The first row has the names of the columns.
        Assign: {
          snapshot: expr("$states.result.ResultSet.Rows[1].Data[0].VarCharValue & ''"),
          committedAt: expr("$states.result.ResultSet.Rows[1].Data[1].VarCharValue & ''"),
        },
        Next: state('HasData'),
      },
    ),
    [state('HasData')]: {
      Type: 'Choice',
      Choices: [
        {
          Condition: expr("$snapshot != ''"),
          Assign: { manifest: expr(`${below} & '${MANIFEST}'`) },
          Next: state('Find'),
        },
      ],
      Default: state('Empty'),
    },
    [state('Empty')]: {
      Type: 'Fail',
      Error: NO_DATA,
      Cause: expr(`'${emptyTable("' & $item.dataset & '")}'`),
    },
    [state('Find')]: findFile(bucket, '$manifest', state('IsFrozen')),
    [state('IsFrozen')]: {
      Type: 'Choice',
      Choices: [
        { Condition: expr('$states.input.found'), Next: state('Read') },
        { Condition: expr('$puts = 0'), Next: state('ColumnsStart') },
        { Condition: expr(`$puts < ${MAX_PUTS}`), Next: state('PutAgain') },
      ],
      Default: state('Failed'),
    },
    [state('Read')]: call(
      's3:getObject',
      { Bucket: bucket, Key: expr('$manifest') },
      { Retry: retry(), Output: expr(FROZEN), End: true },
    ),
    ...queryStates({
      ...query,
      prefix: state('Columns'),
      query: `'SELECT * FROM ' & ${TABLE} & ' FOR VERSION AS OF ' & $snapshot & ' LIMIT 0'`,
      done: state('ReadColumns'),
      failed: state('Failed'),
    }),
    [state('ReadColumns')]: call(
      'athena:getQueryResults',
      { QueryExecutionId: expr('$queryId') },
      { Retry: retry(), Assign: { columns: expr(COLUMNS) }, Next: state('Folder') },
    ),
    [state('Folder')]: {
      Type: 'Pass',
      Assign: {
        folder: expr(`'s3://${bucket}/' & ${below} & ${ATTEMPT} & '/'`),
        folders: expr('$folders + 1'),
      },
      Next: state('UnloadStart'),
    },
    ...queryStates({
      ...query,
      prefix: state('Unload'),
      query: UNLOAD,
      done: state('PutCopy'),
      failed: state('MayTryAgain'),
    }),
    [state('MayTryAgain')]: {
      Type: 'Choice',
      Choices: [{ Condition: expr(`$folders < ${MAX_FOLDERS}`), Next: state('TryAgain') }],
      Default: state('Failed'),
    },
    [state('TryAgain')]: { Type: 'Wait', Seconds: AGAIN_SECONDS, Next: state('Folder') },
    [state('PutCopy')]: call(
      's3:putObject',
      {
        Bucket: bucket,
        Key: expr(`$substringAfter($folder, 's3://${bucket}/') & '${MANIFEST}'`),
        ContentType: 'application/json',
        Body: MANIFEST_BODY,
      },
      { Retry: retry(), Next: state('Put') },
    ),
    // Only the first one is taken. S3 tells the others by an error that it has no name for, so the answer is to look again.
    [state('Put')]: call(
      's3:putObject',
      {
        Bucket: bucket,
        Key: expr('$manifest'),
        ContentType: 'application/json',
        IfNoneMatch: '*',
        Body: MANIFEST_BODY,
      },
      {
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Assign: {
              puts: expr('$puts + 1'),
              queryFailure: expr("$states.errorOutput.Error & ': ' & $states.errorOutput.Cause"),
            },
            Next: state('Find'),
          },
        ],
        Assign: { puts: expr('$puts + 1') },
        Next: state('Find'),
      },
    ),
    [state('PutAgain')]: { Type: 'Wait', Seconds: AGAIN_SECONDS, Next: state('Put') },
    [state('Failed')]: failed,
  };
}

const quoted = (name: string): string => `'"' & $replace(${name}, '"', '""') & '"'`;
const TABLE = `${quoted('$item.database')} & '.' & ${quoted('$item.table')}`;

const metadata = (kind: string): string =>
  `${quoted('$item.database')} & '.' & ${quoted(`($item.table & '$${kind}')`)}`;

const OF_TABLE = `'(SELECT DISTINCT snapshot_id FROM ' & ${metadata('history')} & ' WHERE is_current_ancestor)'`;

const NEWEST = oneLine(`'SELECT CAST(one.snapshot_id AS varchar), to_iso8601(one.committed_at)'
  & ' FROM ' & ${metadata('snapshots')} & ' one JOIN ' & ${OF_TABLE} & ' own ON own.snapshot_id = one.snapshot_id'
  & ' LEFT JOIN ' & ${OF_TABLE} & ' before ON before.snapshot_id = one.parent_id'
  & ' WHERE EXISTS(SELECT 1 FROM ' & ${TABLE} & ')'
  & " ORDER BY IF(one.operation = 'replace' AND before.snapshot_id IS NOT NULL, 1, 0), one.committed_at DESC LIMIT 1"`);

const COLUMNS = oneLine(`$join($states.result.ResultSet.ResultSetMetadata.ColumnInfo.(
  $column := ${quoted('Name')};
  $contains(Type, 'timestamp') ? 'CAST(' & $column & ' AS timestamp(3)) AS ' & $column : $column
), ', ')`);

const UNLOAD = oneLine(`'UNLOAD (SELECT ' & $columns & ' FROM ' & ${TABLE} & ' FOR VERSION AS OF ' & $snapshot
  & ") TO '" & $folder & "' WITH (format = 'PARQUET', compression = 'SNAPPY')"`);

/** A folder that no other attempt writes, also not one of the same execution. */
const ATTEMPT =
  "$substring($hash($states.context.Execution.Id & $states.context.State.EnteredTime & $folders, 'SHA-256'), 0, 16)";

const MANIFEST_BODY = snapshotManifest({
  dataset: expr('$item.dataset'),
  snapshot: expr('$snapshot'),
  committedAt: expr('$committedAt'),
  folder: expr('$folder'),
});

/** Of what was frozen before all clouds called it `schemaVersion`, too: it is still taken up. */
const FROZEN = oneLine(`(
  $manifest := $parse($states.result.Body);
  ($manifest.schemaVersion ? $manifest.schemaVersion : $manifest.version) = ${MANIFEST_VERSION}
    ? { 'dataset': $manifest.dataset, 'snapshot': $manifest.snapshot, 'committedAt': $manifest.committedAt, 'folder': $manifest.folder }
    : $error('This machine does not know this format of a manifest.')
)`);
