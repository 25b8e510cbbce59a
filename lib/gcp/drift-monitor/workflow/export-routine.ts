import { apiCall } from '../../workflow/http-steps';
import { expr, quoted, type Routine } from '../../workflow/syntax';
import type { WatchWorkflowProps } from './watch-props';

const BIGQUERY = 'https://bigquery.googleapis.com/bigquery/v2';
/** Seconds between two looks at an export. */
const POLL_SECONDS = 15;
/** Seconds after which an export is given up. */
const LONGEST_SECONDS = 3600;
/** Columns of recorded requests that the job reads. Source: Vertex AI documentation, "Log and view inference requests". */
const COLUMNS = 'request_id, logging_time, request_payload, response_payload';

/**
 * Copies the requests of a window to a folder as Parquet: `call: export_requests`, `args: { folder, from, until, job }`, times
 * in seconds since 1970. Gives whether anything was ever recorded: the endpoint makes the table with the first request.
 */
export function exportRoutine({ target: { project, region }, captures }: WatchWorkflowProps): Routine {
  const { databaseName, tableName } = captures;
  const table = `\`${project}.${databaseName}.${tableName}\``;
  return {
    params: ['folder', 'from', 'until', 'job'],
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
            { options: expr("\"OPTIONS(uri='\" + folder + \"*.parquet', format='PARQUET', compression='SNAPPY')\"") },
            { begins: expr('"logging_time >= TIMESTAMP_SECONDS(" + string(from) + ")"') },
            { ends: expr('"logging_time < TIMESTAMP_SECONDS(" + string(until) + ")"') },
            { select: `SELECT ${COLUMNS} FROM ${table}` },
            { query: expr('"EXPORT DATA " + options + " AS " + select + " WHERE " + begins + " AND " + ends') },
          ],
        },
      },
      apiCall('begin', {
        method: 'POST',
        url: `${BIGQUERY}/projects/${project}/jobs`,
        body: {
          jobReference: { projectId: project, location: region, jobId: expr('job') },
          configuration: { query: { query: expr('query'), useLegacySql: false } },
        },
        accept: [409],
      }),
      { take_deadline: { assign: [{ deadline: expr(`sys.now() + ${LONGEST_SECONDS}`) }] } },
      apiCall('watch', {
        method: 'GET',
        url: expr(`${quoted(`${BIGQUERY}/projects/${project}/jobs/`)} + job`),
        query: { location: region },
        result: 'answer',
      }),
      { take_status: { assign: [{ status: expr('answer.body.status') }] } },
      {
        has_ended: {
          switch: [
            {
              condition: expr('map.get(status, "errorResult") != null'),
              raise: expr(
                '"Requests could not be exported: " + default(map.get(status.errorResult, "message"), "no reason")',
              ),
            },
            { condition: expr('status.state == "DONE"'), return: true },
            { condition: expr('sys.now() > deadline'), raise: expr('"The export " + job + " has not ended."') },
          ],
        },
      },
      { pause: { call: 'sys.sleep', args: { seconds: POLL_SECONDS }, next: 'watch' } },
    ],
  };
}
