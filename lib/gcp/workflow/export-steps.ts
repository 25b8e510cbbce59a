import type { Target } from '../target';
import { apiCall } from './http-steps';
import { expr, quoted, type Routine, type Step, type Value } from './syntax';

/** Where BigQuery answers. */
export const BIGQUERY = 'https://bigquery.googleapis.com/bigquery/v2';
/** Seconds between two looks at an export. */
const POLL_SECONDS = 15;

interface Export {
  /** Rows, as a statement that begins with SELECT. An expression without `${}`, as all of these. */
  readonly select: string;
  /** A statement that has to go well before, with a semicolon at its end; where it fails, nothing is copied. Default: none. */
  readonly first?: string;
  /** `gs://` address of a folder, with a slash at its end. */
  readonly folder: string;
  /** Name of the job, which the same work has again: a call whose answer was lost begins nothing twice. */
  readonly job: string;
  /** What it is called when it fails: `the requests could not be exported`. */
  readonly failed: string;
  /** Seconds after which it is given up. */
  readonly seconds: number;
}

/** Copies rows to a folder as Parquet and waits for it; a document that has this step has `exportRoutines` too. */
export const exportStep = (name: string, { seconds, first = '""', ...texts }: Export): Step => ({
  [name]: {
    call: 'export_rows',
    args: {
      ...Object.fromEntries(
        Object.entries({ first, ...texts }).map(([key, code]): [string, Value] => [key, expr(code)]),
      ),
      seconds,
    },
  },
});

/** Source: BigQuery documentation, "EXPORT DATA statement"; discovery document of bigquery.v2, jobs. */
export const exportRoutines = ({ project, region }: Pick<Target, 'project' | 'region'>) =>
  ({ export_rows: exportRows(project, region) }) satisfies Readonly<Record<string, Routine>>;

function exportRows(project: string, region: string): Routine {
  return {
    params: ['first', 'select', 'folder', 'job', 'failed', 'seconds'],
    steps: [
      {
        write: {
          assign: [
            { options: expr("\"OPTIONS(uri='\" + folder + \"*.parquet', format='PARQUET', compression='SNAPPY')\"") },
            { query: expr('first + "EXPORT DATA " + options + " AS " + select') },
            { deadline: expr('sys.now() + seconds') },
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
              raise: expr('failed + ": " + default(map.get(status.errorResult, "message"), "no reason is given")'),
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
