import { driftPrefix, RUN_FILES } from '../../../plan/drift/drift-access';
import type { RunConfig } from '../../../plan/drift/drift-config';
import { INSUFFICIENT_DATA, UNMEASURED } from '../../../plan/drift/drift-metrics';
import { WATCH_KINDS, type WatchRun } from '../../../plan/drift/drift-plan';
import { SERVES_SINCE_THEN } from '../../../plan/drift/window';
import { NO_DATA } from '../../../plan/pipeline/no-data';
import { announceStep } from '../../alerts/announce';
import { freezeCall, freezeRoutines } from '../../training-pipeline/workflow/freeze-routine';
import { lineageRoutines } from '../../training-pipeline/workflow/lineage-routine';
import { apiCall, HTTP_ROUTINES } from '../../workflow/http-steps';
import { readObjectStep } from '../../workflow/object-steps';
import { RECORD_ROUTINES } from '../../workflow/record-steps';
import { uploadsUrl } from '../../workflow/storage-urls';
import { expr, quoted, type Routine, type Step, type WorkflowSource } from '../../workflow/syntax';
import { exportRoutine } from './export-routine';
import { jobRoutine } from './job-routine';
import { lookRoutine } from './look-routine';
import { publishRoutine, publishRoutineName } from './publish-routine';
import { WATCH_ANNOUNCED, type WatchWorkflowProps } from './watch-props';

const HOUR = 3600;

/**
 * Compares what a model was asked with what the version that serves was trained on, and its answers with labels: copies the
 * requests of the window, runs the drift job on them, and publishes the figures that it found. An execution is one run of the
 * plan. The window begins when the version that serves began to at the earliest. Where nothing serves, nothing was recorded
 * or no label has come, nothing is compared and that is no failure.
 */
export function watchWorkflow(props: WatchWorkflowProps): WorkflowSource {
  const { plan, platform } = props;
  return {
    main: {
      params: ['input'],
      steps: [
        { begin: { assign: [{ kind: 'drift' }, { report: null }, { said: '' }] } },
        { is_map: { switch: [{ condition: expr('get_type(input) != "map"'), next: 'measure' }] } },
        { take_kind: { assign: [{ kind: expr('default(map.get(input, "kind"), "drift")') }] } },
        {
          measure: {
            try: {
              steps: [
                {
                  which: {
                    switch: plan.runs.map((run) => ({
                      condition: expr(`kind == ${quoted(run.kind)}`),
                      next: `measure_${run.kind}`,
                    })),
                    next: 'unknown',
                  },
                },
                { unknown: { raise: `The kind is none of ${WATCH_KINDS.join(', ')} that the model is watched for.` } },
                ...plan.runs.map(
                  (run): Step => ({
                    [`measure_${run.kind}`]: { call: runRoutineName(run), result: 'report', next: 'measured' },
                  }),
                ),
                { measured: { assign: [{ said: '' }] } },
              ],
            },
            except: {
              as: 'e',
              steps: [
                { read_error: { call: 'error_text', args: { e: expr('e') }, result: 'why' } },
                { take_error: { assign: [{ said: expr('why') }] } },
              ],
            },
          },
        },
        { has_report: { switch: [{ condition: expr('report != null'), return: expr('report') }] } },
        announceStep('tell', platform, plan.signals.failed, { reason: 'said', detail: 'kind' }),
        { fail: { raise: { message: expr('said'), tags: [WATCH_ANNOUNCED] } } },
      ],
    },
    ...Object.fromEntries(
      plan.runs.flatMap((run) => [
        [runRoutineName(run), runRoutine(props, run)],
        [publishRoutineName(run), publishRoutine(props, run)],
      ]),
    ),
    look: lookRoutine(props),
    export_requests: exportRoutine(props),
    run_job: jobRoutine(props),
    ...lineageRoutines(props),
    ...freezeRoutines(props),
    ...RECORD_ROUTINES,
    ...HTTP_ROUTINES,
  };
}

/** Name of the file with what the plan tells the job of a run. It is no part of the workflow, whose source is bounded. */
export const configFile = ({ kind }: Pick<WatchRun, 'kind'>): string => `${kind}.json`;

const runRoutineName = ({ kind }: Pick<WatchRun, 'kind'>): string => `run_${kind}`;

/** What a run found that had nothing to measure. */
const NO_ROWS = { status: INSUFFICIENT_DATA, rows: { current: 0 }, labelledRows: 0 };

/** One run of the plan, from the window to the figures. */
function runRoutine(props: WatchWorkflowProps, run: WatchRun): Routine {
  const { plan, artifactsBucket, tables, config } = props;
  const idle = (why: string) => ({ outcome: 'idle', detail: why });
  // A version serves: that nothing of it was measured is a figure.
  const withoutRows = (name: string, why: string): readonly Step[] => [
    { [`${name}_publish`]: { call: publishRoutineName(run), args: { result: NO_ROWS } } },
    { [`${name}_end`]: { return: idle(why) } },
  ];
  return {
    steps: [
      { find: { call: 'look', result: 'found' } },
      { is_idle: { switch: [{ condition: expr('found.idle != ""'), return: idle(expr('found.idle')) }] } },
      {
        take_window: {
          assign: [
            { execution: expr('sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")') },
            { until: expr(`int(math.floor(sys.now() / ${HOUR})) * ${HOUR} - ${run.delaySeconds}`) },
            { from: expr(`until - ${run.windowSeconds}`) },
            { object: expr(`${quoted(`${driftPrefix(plan.model)}/${run.kind}/`)} + execution + "/"`) },
            { folder: expr(`${quoted(`gs://${artifactsBucket}/`)} + object`) },
          ],
        },
      },
      { says_since: { switch: [{ condition: expr('found.since == null'), next: 'copy' }] } },
      // What another version answered before tells nothing of this one.
      { take_since: { assign: [{ from: expr('int(math.max(from, time.parse(found.since)))') }] } },
      {
        has_served: {
          switch: [
            {
              condition: expr('from >= until'),
              steps: withoutRows('too_young', expr(`"Version " + found.version + ${quoted(SERVES_SINCE_THEN)}`)),
            },
          ],
        },
      },
      {
        copy: {
          call: 'export_requests',
          args: {
            version: expr('found.version'),
            id: expr('found.id'),
            folder: expr('folder + "current/"'),
            from: expr('from'),
            until: expr('until'),
            job: expr(`${quoted(`requests-${run.kind}-`)} + execution`),
          },
          result: 'recorded',
        },
      },
      {
        is_recorded: {
          switch: [{ condition: expr('not(recorded)'), steps: withoutRows('unrecorded', 'Nothing was recorded yet.') }],
        },
      },
      ...freezeReferenceSteps(props),
      { no_labels: { assign: [{ labels: null }] } },
      ...(run.labels === undefined
        ? []
        : [
            {
              freeze_labels: {
                try: freezeCall(tables, run.labels, 'snapshot'),
                // Labels may still be to come.
                except: {
                  as: 'e',
                  steps: [
                    { is_error: { switch: [{ condition: expr('get_type(e) != "map"'), raise: expr('e') }] } },
                    {
                      has_none: {
                        switch: [
                          {
                            condition: expr(`${quoted(NO_DATA)} in default(map.get(e, "tags"), [])`),
                            steps: withoutRows('unlabelled', expr('e.message')),
                          },
                        ],
                      },
                    },
                    { fail: { raise: expr('e') } },
                  ],
                },
              },
            },
            { take_labels: { assign: [{ labels: expr('snapshot.uri') }] } },
          ]),
      apiCall('write_run', {
        method: 'POST',
        url: uploadsUrl(artifactsBucket),
        query: { uploadType: 'media', name: expr(`object + ${quoted(RUN_FILES.run)}`) },
        body: {
          model: { name: plan.model, version: expr('found.version') },
          window: { start: expr('time.format(from)'), end: expr('time.format(until)') },
          format: 'vertex-bq-export',
        } satisfies RunConfig,
      }),
      {
        compare: {
          call: 'run_job',
          args: {
            name: expr(`${quoted(`${plan.name}--${run.kind}-`)} + execution`),
            config: `${config}/${configFile(run)}`,
            folder: expr('folder'),
            reference: expr('found.reference'),
            labels: expr('labels'),
          },
          result: 'job',
        },
      },
      readObjectStep('read_result', {
        bucket: artifactsBucket,
        object: expr(`object + ${quoted(RUN_FILES.figures)}`),
        query: { alt: 'media' },
        result: 'answer',
      }),
      {
        is_written: {
          switch: [
            {
              condition: expr('answer.code == 404'),
              raise: expr(`"The job ended well and wrote no " + folder + ${quoted(RUN_FILES.figures)}`),
            },
          ],
        },
      },
      // What a job writes to a mounted bucket is not always said to be JSON.
      { take_result: { assign: [{ found: expr('answer.body') }] } },
      { is_read: { switch: [{ condition: expr('get_type(found) == "map"'), next: 'is_measured' }] } },
      { decode: { assign: [{ found: expr('json.decode(answer.body)') }] } },
      {
        is_measured: {
          switch: [{ condition: expr(`found.status == ${quoted(UNMEASURED)}`), raise: expr('found.reasons[0]') }],
        },
      },
      { publish: { call: publishRoutineName(run), args: { result: expr('found') }, result: 'published' } },
      {
        give: {
          return: {
            outcome: 'measured',
            detail: expr(
              `found.status + ": " + string(published) + ${quoted(' figures are published; the report is ')} + folder + ${quoted(RUN_FILES.report)}`,
            ),
          },
        },
      },
    ],
  };
}

/** Where the spec names a dataset to compare with, it is frozen and takes the place of what the version was trained on. */
function freezeReferenceSteps({ plan: { reference }, tables }: WatchWorkflowProps): readonly Step[] {
  if (reference === undefined) return [];
  return [
    { freeze_reference: freezeCall(tables, reference, 'baseline') },
    { take_reference: { assign: [{ 'found.reference': expr('baseline.uri') }] } },
  ];
}
