import { type AslState, call, expr } from '../../machine/asl';
import { oneLine, retry, type TableMachineProps } from './machine-props';

/** Days after which files that no snapshot of a table knows are deleted: longer than any write or import takes. */
export const DEFAULT_ORPHAN_FILE_DAYS = 7;

const NOT_FOUND = ['Glue.EntityNotFoundException'];
const EXISTS = ['Glue.AlreadyExistsException'];

/**
 * Sees to the optimizers of the table: compaction, snapshot retention as the spec says, deletion of orphan files. One
 * that is missing is created, one that differs is set right, one that is right is left alone.
 * Source: AWS Glue developer guide, "Optimizing Iceberg tables".
 */
export function optimizeStates(props: TableMachineProps): Readonly<Record<string, AslState>> {
  const role = { RoleArn: props.optimizerRoleArn, Enabled: true };
  const target = {
    CatalogId: props.catalogId,
    DatabaseName: expr('$desired.database'),
    TableName: expr('$desired.table'),
  };
  const change = { ...target, Type: expr('$optimizer.type'), TableOptimizerConfiguration: expr('$optimizer.wanted') };
  return {
    Optimize: {
      Type: 'Map',
      Items: [
        {
          type: 'compaction',
          wanted: { ...role, CompactionConfiguration: { IcebergConfiguration: { Strategy: 'binpack' } } },
        },
        {
          type: 'retention',
          wanted: {
            ...role,
            RetentionConfiguration: {
              IcebergConfiguration: {
                SnapshotRetentionPeriodInDays: expr('$desired.snapshots.days'),
                NumberOfSnapshotsToRetain: expr('$desired.snapshots.keep'),
                CleanExpiredFiles: true,
              },
            },
          },
        },
        {
          type: 'orphan_file_deletion',
          wanted: {
            ...role,
            OrphanFileDeletionConfiguration: {
              IcebergConfiguration: { OrphanFileRetentionPeriodInDays: DEFAULT_ORPHAN_FILE_DAYS },
            },
          },
        },
      ],
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'ReadOptimizer',
        States: {
          ReadOptimizer: call(
            'glue:getTableOptimizer',
            { ...target, Type: expr('$states.input.type') },
            {
              Retry: retry(...NOT_FOUND),
              Catch: [
                { ErrorEquals: NOT_FOUND, Assign: { optimizer: expr('$states.input') }, Next: 'CreateOptimizer' },
              ],
              Assign: { optimizer: expr('$states.input'), right: expr(IS_RIGHT) },
              Next: 'IsOptimizerRight',
            },
          ),
          IsOptimizerRight: {
            Type: 'Choice',
            Choices: [{ Condition: expr('$right'), Output: '', Next: 'OptimizerDone' }],
            Default: 'UpdateOptimizer',
          },
          CreateOptimizer: call('glue:createTableOptimizer', change, {
            Retry: retry(...EXISTS),
            Catch: [{ ErrorEquals: EXISTS, Next: 'UpdateOptimizer' }],
            Output: expr("'created the optimizer ' & $optimizer.type"),
            Next: 'OptimizerDone',
          }),
          UpdateOptimizer: call('glue:updateTableOptimizer', change, {
            Retry: retry(),
            Output: expr("'updated the optimizer ' & $optimizer.type"),
            Next: 'OptimizerDone',
          }),
          OptimizerDone: { Type: 'Succeed' },
        },
      },
      Output: { outcome: 'settled', detail: expr(DETAIL) },
      End: true,
    },
  };
}

/** Whether everything that is wanted is there. What else is there are settings of Glue's own. */
const IS_RIGHT = oneLine(`(
  $within := function($wanted, $found) {
    $type($wanted) = 'object'
      ? $count($keys($wanted)[$not($within($lookup($wanted, $), $lookup($found, $)))]) = 0
      : $wanted = $found
  };
  $within($states.input.wanted, $states.result.TableOptimizer.Configuration)
)`);

const DETAIL = oneLine(`(
  $done := [$changes, $states.result[$ != '']];
  $count($done) = 0 ? 'Nothing had to be done.' : $join($done, '; ')
)`);
