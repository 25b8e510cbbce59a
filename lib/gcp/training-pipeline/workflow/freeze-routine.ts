import { emptyTable, NO_DATA } from '../../../plan/pipeline/no-data';
import { snapshotPrefix } from '../../../plan/pipeline/pipeline-access';
import { MANIFEST, snapshotManifest } from '../../../plan/pipeline/snapshot-manifest';
import type { Target } from '../../target';
import { BIGQUERY, exportRoutines, exportStep } from '../../workflow/export-steps';
import { apiCall } from '../../workflow/http-steps';
import { readObjectStep } from '../../workflow/object-steps';
import { uploadsUrl } from '../../workflow/storage-urls';
import { expr, quoted, type Routine, type Step } from '../../workflow/syntax';
import type { FrozenTable } from './start-props';

/**
 * The call that freezes the table of a dataset, one of the `tables` that a document is given.
 * @throws Error where it is none of them.
 */
export function freezeCall(tables: Readonly<Record<string, FrozenTable>>, dataset: string, result: string) {
  const table = tables[dataset];
  if (table === undefined) throw new Error(`The table of the dataset ${dataset} is not given.`);
  return { call: 'freeze', args: { dataset, database: table.databaseName, table: table.tableName }, result };
}

/**
 * Seconds that a table is looked at in the past: clocks differ, and BigQuery reads no future. A change within them is
 * waited for.
 */
export const CLOCK_SKEW_SECONDS = 10;
/** Times that a table which changes right now is looked at again: a minute. After that it is taken as it is. */
export const SETTLING_LOOKS = 6;
/** Seconds after which an export is given up: six hours, as long as BigQuery lets a query run. */
export const LONGEST_EXPORT_SECONDS = 21_600;

/** The id in words, with the milliseconds that Workflows itself does not write. */
const COMMITTED_AT =
  'text.substring(time.format(int(changed / 1000)), 0, 19) + "." + text.substring(id, len(id) - 3, len(id)) + "Z"';

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
 *
 * Where the last change does not say what the table holds, the snapshot is known by that moment instead, and no other is like
 * it: of a table that never stops changing; and of one with rows in its streaming buffer, which count as its last change only
 * once they have left it. Source: discovery document of bigquery.v2, Table.streamingBuffer; BigQuery documentation, "Using
 * cached query results", which BigQuery itself does not trust for such a table.
 *
 * Raises with the tag NO_DATA, and leaves nothing, where the table held no row at that moment. BigQuery itself looks before it
 * exports: what it counts of a table is not of a moment, and leaves out rows in the streaming buffer. Source: discovery document
 * of bigquery.v2, Table.numRows; BigQuery documentation, "Debugging statements", ASSERT: its description is in the error.
 */
export const freezeRoutines = (props: FreezeProps) =>
  ({ freeze: freezeRoutine(props), ...exportRoutines(props.target) }) satisfies Readonly<Record<string, Routine>>;

function freezeRoutine({ target: { project }, artifactsBucket }: FreezeProps): Routine {
  return {
    params: ['dataset', 'database', 'table'],
    steps: [
      {
        begin: {
          assign: [
            { execution: expr('sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")') },
            { looks: 0 },
            {
              tableUrl: expr(`${quoted(`${BIGQUERY}/projects/${project}/datasets/`)} + database + "/tables/" + table`),
            },
          ],
        },
      },
      { take_moment: { assign: [{ moment: expr(`int(sys.now()) - ${CLOCK_SKEW_SECONDS}`) }] } },
      apiCall('look', { method: 'GET', url: expr('tableUrl'), result: 'answer' }),
      {
        take_change: {
          assign: [
            { changed: expr('int(answer.body.lastModifiedTime)') },
            { streamed: expr('map.get(answer.body, "streamingBuffer") != null') },
            { looks: expr('looks + 1') },
          ],
        },
      },
      {
        is_settled: {
          switch: [
            {
              condition: expr(`streamed or (changed > moment * 1000 and looks > ${SETTLING_LOOKS})`),
              next: 'by_moment',
            },
            { condition: expr('changed <= moment * 1000'), next: 'take_names' },
          ],
          next: 'settle',
        },
      },
      { by_moment: { assign: [{ changed: expr('moment * 1000') }], next: 'take_names' } },
      { settle: { call: 'sys.sleep', args: { seconds: CLOCK_SKEW_SECONDS }, next: 'take_moment' } },
      {
        take_names: {
          assign: [
            { id: expr('string(changed)') },
            { folder: expr(`${quoted(`${snapshotPrefix('')}`)} + dataset + "/" + id`) },
            { manifest: expr(`folder + ${quoted(`/${MANIFEST}`)}`) },
            { uri: expr(`${quoted(`gs://${artifactsBucket}/`)} + folder + "/" + execution + "/"`) },
          ],
        },
      },
      ...readManifest('is_frozen', 'export'),
      {
        export: {
          assign: [
            { source: expr(`${quoted(`\`${project}.`)} + database + "." + table + "\`"`) },
            { rows: expr('source + " FOR SYSTEM_TIME AS OF TIMESTAMP_SECONDS(" + string(moment) + ")"') },
          ],
        },
      },
      {
        export_some: {
          try: {
            steps: [
              exportStep('export_table', {
                first: `"ASSERT EXISTS(SELECT 1 FROM " + rows + ") AS '${NO_DATA}'; "`,
                select: '"SELECT * FROM " + rows',
                folder: 'uri',
                job: '"freeze-" + dataset + "-" + id + "-" + execution',
                failed: '"The dataset " + dataset + " could not be frozen"',
                seconds: LONGEST_EXPORT_SECONDS,
              }),
            ],
          },
          except: {
            as: 'e',
            steps: [
              { read_why: { call: 'error_text', args: { e: expr('e') }, result: 'why' } },
              {
                is_empty: {
                  switch: [
                    {
                      condition: expr(`text.match_regex(why, ${quoted(NO_DATA)})`),
                      raise: { message: expr(`"${emptyTable('" + dataset + "')}"`), tags: [NO_DATA] },
                    },
                  ],
                },
              },
              { fail: { raise: expr('e') } },
            ],
          },
        },
      },
      {
        take_manifest: {
          assign: [
            {
              content: snapshotManifest({
                dataset: expr('dataset'),
                snapshot: expr('id'),
                committedAt: expr(COMMITTED_AT),
                folder: expr('uri'),
              }),
            },
            { beside: expr(`folder + "/" + execution + ${quoted(`/${MANIFEST}`)}`) },
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
      url: uploadsUrl(artifactsBucket),
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
      readObjectStep(`${name}_look`, {
        bucket: artifactsBucket,
        object: expr('manifest'),
        query: { alt: 'media' },
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
