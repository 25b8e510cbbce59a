import { ID_DIGITS } from '../../serving-endpoint/workflow/deployment';
import { BIGQUERY, exportStep } from '../../workflow/export-steps';
import { apiCall } from '../../workflow/http-steps';
import { expr, quoted, type Routine } from '../../workflow/syntax';
import type { WatchWorkflowProps } from './watch-props';

/** Seconds after which an export is given up. */
const LONGEST_SECONDS = 3600;
/** Columns of recorded requests that the job reads. Source: Vertex AI documentation, "Log and view inference requests". */
const COLUMNS = 'request_id, logging_time, request_payload, response_payload';
/** Of an id of what is deployed, what follows the number of its version: in a pattern of SQL each `_` is any one character. */
const ANY_DIGITS = '_'.repeat(ID_DIGITS);

/**
 * Copies the requests that a version answered in a window to a folder as Parquet: `call: export_requests`,
 * `args: { version, id, folder, from, until, job }`, times in seconds since 1970. What another version answered that was
 * being tried meanwhile stays out. A version that a person deployed has the `id` that Vertex AI gave it. Gives whether
 * anything was ever recorded: the endpoint makes the table with the first request.
 */
export function exportRoutine({ target: { project }, captures }: WatchWorkflowProps): Routine {
  const { databaseName, tableName } = captures;
  const table = `\`${project}.${databaseName}.${tableName}\``;
  return {
    params: ['version', 'id', 'folder', 'from', 'until', 'job'],
    steps: [
      apiCall('look', {
        method: 'GET',
        url: `${BIGQUERY}/projects/${project}/datasets/${databaseName}/tables/${tableName}`,
        accept: [404],
        result: 'answer',
      }),
      { is_there: { switch: [{ condition: expr('answer.code == 404'), return: false }] } },
      {
        write: {
          assign: [
            { begins: expr('"logging_time >= TIMESTAMP_SECONDS(" + string(from) + ")"') },
            { rolled_out: expr(`"deployed_model_id LIKE '" + version + ${quoted(`${ANY_DIGITS}'`)}`) },
            { of_version: expr(`"(" + rolled_out + " OR deployed_model_id = '" + id + "')"`) },
            { ends: expr('"logging_time < TIMESTAMP_SECONDS(" + string(until) + ")"') },
            { select: `SELECT ${COLUMNS} FROM ${table}` },
          ],
        },
      },
      exportStep('copy', {
        select: 'select + " WHERE " + begins + " AND " + ends + " AND " + of_version',
        folder: 'folder',
        job: 'job',
        failed: '"Requests could not be exported"',
        seconds: LONGEST_SECONDS,
      }),
      { give: { return: true } },
    ],
  };
}
