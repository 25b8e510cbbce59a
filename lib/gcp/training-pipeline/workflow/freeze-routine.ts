import { snapshotPrefix } from '../../../plan/pipeline/pipeline-access';
import type { Target } from '../../target';
import { apiCall } from '../../workflow/http-steps';
import { expr, quoted, type Routine, type Step } from '../../workflow/syntax';

const BIGQUERY = 'https://bigquery.googleapis.com/bigquery/v2';
const STORAGE = 'https://storage.googleapis.com';

/**
 * Seconds that a table is looked at in the past: clocks differ, and BigQuery reads no future. A change within them is
 * waited for.
 */
export const CLOCK_SKEW_SECONDS = 10;
/** Seconds between two looks at an export. */
const POLL_SECONDS = 15;
/** Seconds after which an export is given up: six hours, as long as BigQuery lets a query run. */
export const LONGEST_EXPORT_SECONDS = 21_600;

export interface FreezeProps {
  readonly target: Pick<Target, 'project' | 'region'>;
  /** Bucket of artifacts. */
  readonly artifactsBucket: string;
}

/**
 * Freezes what a table holds now: `call: freeze`, `args: { dataset, database, table }` gives `{ id, uri }`, the snapshot and
 * the `gs://` folder of its Parquet files, with a `manifest.json` beside them.
 *
 * A snapshot is known by when its table last changed, in milliseconds since 1970. One that is frozen already is used again:
 * `snapshots/<dataset>/<id>/manifest.json` is written last and once, and says which folder counts. Each attempt writes into a
 * folder of its own, so that nothing is left half-written and two executions do not meet.
 *
 * The table is read as it was at a moment after which its last change is looked up: what that moment saw is then just that
 * snapshot. Source: BigQuery documentation, "Access historical data", FOR SYSTEM_TIME AS OF; "EXPORT DATA statement".
 */
export function freezeRoutine({ target: { project, region }, artifactsBucket }: FreezeProps): Routine {
  const objects = `${STORAGE}/storage/v1/b/${artifactsBucket}/o/`;
  return {
    params: ['dataset', 'database', 'table'],
    steps: [
      {
        begin: {
          assign: [
            { execution: expr('sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")') },
            {
              tableUrl: expr(`${quoted(`${BIGQUERY}/projects/${project}/datasets/`)} + database + "/tables/" + table`),
            },
          ],
        },
      },
      { take_moment: { assign: [{ moment: expr(`int(sys.now()) - ${CLOCK_SKEW_SECONDS}`) }] } },
      apiCall('look', { method: 'GET', url: expr('tableUrl'), result: 'answer' }),
      { take_change: { assign: [{ changed: expr('int(answer.body.lastModifiedTime)') }] } },
      {
        is_settled: {
          switch: [{ condition: expr('changed <= moment * 1000'), next: 'take_names' }],
          next: 'settle',
        },
      },
      { settle: { call: 'sys.sleep', args: { seconds: CLOCK_SKEW_SECONDS }, next: 'take_moment' } },
      {
        take_names: {
          assign: [
            { id: expr('string(changed)') },
            { folder: expr(`${quoted(`${snapshotPrefix('')}`)} + dataset + "/" + id`) },
            { manifest: expr('folder + "/manifest.json"') },
            { manifestUrl: expr(`${quoted(objects)} + text.replace_all(text.url_encode(manifest), "/", "%2F")`) },
            { uri: expr(`${quoted(`gs://${artifactsBucket}/`)} + folder + "/" + execution + "/"`) },
          ],
        },
      },
      ...readManifest('is_frozen', 'export'),
      {
        export: {
          assign: [
            { options: expr("\"OPTIONS(uri='\" + uri + \"*.parquet', format='PARQUET', compression='SNAPPY')\"") },
            { source: expr(`${quoted(`\`${project}.`)} + database + "." + table + "\`"`) },
            { moments: expr('"TIMESTAMP_SECONDS(" + string(moment) + ")"') },
            {
              query: expr(
                '"EXPORT DATA " + options + " AS SELECT * FROM " + source + " FOR SYSTEM_TIME AS OF " + moments',
              ),
            },
            // Named after the execution: a call whose answer was lost begins nothing twice.
            { job: expr('"freeze-" + dataset + "-" + id + "-" + execution') },
          ],
        },
      },
      apiCall('begin_export', {
        method: 'POST',
        url: `${BIGQUERY}/projects/${project}/jobs`,
        body: {
          jobReference: { projectId: project, location: region, jobId: expr('job') },
          configuration: { query: { query: expr('query'), useLegacySql: false } },
        },
        accept: [409],
      }),
      { take_deadline: { assign: [{ deadline: expr(`sys.now() + ${LONGEST_EXPORT_SECONDS}`) }] } },
      apiCall('watch', {
        method: 'GET',
        url: expr(`${quoted(`${BIGQUERY}/projects/${project}/jobs/`)} + job`),
        query: { location: region },
        result: 'answer',
      }),
      { take_status: { assign: [{ status: expr('answer.body.status') }] } },
      {
        is_exported: {
          switch: [
            {
              condition: expr('map.get(status, "errorResult") != null'),
              raise: {
                message: expr(
                  '"The dataset " + dataset + " could not be frozen: " + default(map.get(status.errorResult, "message"), "no reason is given")',
                ),
                tags: ['NotFrozen'],
              },
            },
            { condition: expr('status.state == "DONE"'), next: 'take_manifest' },
            {
              condition: expr('sys.now() > deadline'),
              raise: { message: expr('"The export " + job + " has not ended."'), tags: ['NotFrozen'] },
            },
          ],
          next: 'pause',
        },
      },
      { pause: { call: 'sys.sleep', args: { seconds: POLL_SECONDS }, next: 'watch' } },
      {
        take_manifest: {
          assign: [
            {
              content: {
                schemaVersion: 1,
                dataset: expr('dataset'),
                snapshot: expr('id'),
                committedAt: expr('time.format(int(changed / 1000))'),
                folder: expr('uri'),
                format: 'parquet',
              },
            },
            { beside: expr('folder + "/" + execution + "/manifest.json"') },
          ],
        },
      },
      write('write_beside', 'beside', undefined),
      write('write_manifest', 'manifest', '0'),
      ...readManifest('is_written', 'is_lost'),
      { is_lost: { raise: { message: expr('"The manifest " + manifest + " is gone."'), tags: ['NotFrozen'] } } },
    ],
  };

  function write(name: string, object: string, generation: string | undefined): Step {
    return apiCall(name, {
      method: 'POST',
      url: `${STORAGE}/upload/storage/v1/b/${artifactsBucket}/o`,
      query: {
        uploadType: 'media',
        name: expr(object),
        ...(generation === undefined ? {} : { ifGenerationMatch: generation }),
      },
      body: expr('content'),
      accept: [412],
    });
  }

  /** Gives the snapshot that the manifest says, whoever wrote it, or goes on where there is none. */
  function readManifest(name: string, otherwise: string): readonly Step[] {
    return [
      apiCall(`${name}_look`, {
        method: 'GET',
        url: expr('manifestUrl'),
        query: { alt: 'media' },
        accept: [404],
        result: 'answer',
      }),
      {
        [name]: {
          switch: [{ condition: expr('answer.code == 404'), next: otherwise }],
          next: `${name}_give`,
        },
      },
      { [`${name}_give`]: { return: { id: expr('id'), uri: expr('answer.body.folder') } } },
    ];
  }
}
