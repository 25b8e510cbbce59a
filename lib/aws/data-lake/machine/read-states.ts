import { DESIRED_TABLE_VERSION } from '../../../plan/table-columns';
import { type AslState, call, expr } from '../../machine/asl';
import { oneLine, retry, type TableMachineProps } from './machine-props';

const NOT_FOUND = ['Glue.EntityNotFoundException'];

/** Reads what is wanted and what is: the desired table, then the table's entry in the catalog, then its partitioning. */
export function readStates(props: TableMachineProps): Readonly<Record<string, AslState>> {
  return {
    ReadDesired: call(
      'ssm:getParameter',
      { Name: expr(`'${props.parameterPrefix}' & $dataset`) },
      { Retry: retry('Ssm.ParameterNotFoundException'), Assign: { desired: expr(DESIRED) }, Next: 'ReadTable' },
    ),
    ReadTable: call(
      'glue:getTable',
      { DatabaseName: expr('$desired.database'), Name: expr('$desired.table') },
      {
        Retry: retry(...NOT_FOUND),
        Catch: [{ ErrorEquals: NOT_FOUND, Assign: { table: { exists: false }, partitionBy: [] }, Next: 'Decide' }],
        Assign: {
          table: {
            exists: true,
            iceberg: expr("$uppercase($states.result.Table.Parameters.table_type) = 'ICEBERG'"),
            location: expr('$string($states.result.Table.StorageDescriptor.Location)'),
            columns: expr(CURRENT_COLUMNS),
          },
          partitionBy: [],
        },
        Next: 'IsIceberg',
      },
    ),
    IsIceberg: {
      Type: 'Choice',
      Choices: [
        { Condition: expr('$table.iceberg'), Assign: { query: expr(DESCRIBE), asking: true }, Next: 'StartQuery' },
      ],
      Default: 'Decide',
    },
    ReadPartitioning: call(
      'athena:getQueryResults',
      { QueryExecutionId: expr('$queryId') },
      { Retry: retry(), Assign: { partitionBy: expr(PARTITIONING) }, Next: 'Decide' },
    ),
  };
}

const DESIRED = oneLine(`(
  $desired := $parse($states.result.Parameter.Value);
  $desired.version = ${DESIRED_TABLE_VERSION} ? $desired : $error('This machine does not know this format of a desired table.')
)`);

/**
 * Iceberg lists columns of earlier schemas in the catalog too and marks them. Source: Iceberg's IcebergToGlueConverter,
 * which also writes the types in Hive's spelling, the one of a spec.
 */
const CURRENT_COLUMNS = oneLine(`[
  $states.result.Table.StorageDescriptor.Columns[$not(Parameters.\`iceberg.field.current\` = 'false')].{
    'name': $lowercase(Name),
    'type': $replace($lowercase(Type), ' ', '')
  }
]`);

/** The catalog does not hold the partitioning of an Iceberg table; only its metadata does, which Athena reads. */
const DESCRIBE = "'DESCRIBE `' & $desired.database & '`.`' & $desired.table & '`'";

/**
 * Of an Iceberg table, DESCRIBE answers rows of one text with tabs: after the heading `# Partition spec:` and a line of
 * column titles, one `field`, `transform`, `column` for each field, such as `ts_day`, `day`, `ts` or `id_bucket`,
 * `bucket[16]`, `id`. Written here as in a spec.
 */
const PARTITIONING = oneLine(`(
  $text := $join([$states.result.ResultSet.Rows.$join([Data.VarCharValue], '\\t')], '\\n');
  $contains($text, '# Partition spec:') ? [
    $split($substringAfter($text, '# Partition spec:'), '\\n').(
      $fields := [$split($, '\\t').$trim($)];
      $column := $fields[2];
      $transform := $fields[1];
      $count($fields) = 3 and $column != '' and $not($contains($fields[0], '#'))
        ? $transform = 'identity' ? $column
          : $contains($transform, '[')
            ? $substringBefore($transform, '[') & '(' & $substringBefore($substringAfter($transform, '['), ']') & ',' & $column & ')'
            : $transform & '(' & $column & ')'
    )
  ] : $error('Athena described the table without its partitioning.')
)`);
