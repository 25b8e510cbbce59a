import { RUN_OUTCOMES, runSignals } from '../../../plan/pipeline/pipeline-signals';
import { RUN, snapshotIdParameter, snapshotParameter } from '../../../plan/pipeline/run-parameters';
import { announceStep } from '../../alerts/announce';
import { HTTP_ROUTINES } from '../../workflow/http-steps';
import { LOCK_ROUTINES } from '../../workflow/lock-steps';
import { RECORD_ROUTINES } from '../../workflow/record-steps';
import { expr, quoted, type Routine, type Step, type WorkflowSource } from '../../workflow/syntax';
import { decideRoutine } from './decide-routine';
import { floorRoutine } from './floor-routine';
import { freezeCall, freezeRoutines } from './freeze-routine';
import { imagesRoutine } from './images-routine';
import { launchRoutine } from './launch-routine';
import { lineageRoutines } from './lineage-routine';
import { requestRoutine } from './request-routine';
import { START_ANNOUNCED, type StartWorkflowProps } from './start-props';
import { watchRoutine } from './watch-routine';

/**
 * The one way into a training pipeline: schedules, new data, signals and people start this workflow. It refuses while a run
 * is in flight or the cooldown holds, freezes what the run reads, begins the run with its reason and snapshots, waits for its
 * end and tells how that was. Starting it twice is harmless: the second finds the first one's run.
 */
export function startWorkflow(props: StartWorkflowProps): WorkflowSource {
  return {
    main: main(props),
    read_request: requestRoutine(props),
    decide: decideRoutine(props),
    ...freezeRoutines(props),
    gate_floor: floorRoutine(props),
    image_digests: imagesRoutine(props),
    ...lineageRoutines(props),
    launch: launchRoutine(props),
    watch: watchRoutine(props),
    ...LOCK_ROUTINES,
    ...RECORD_ROUTINES,
    ...HTTP_ROUTINES,
  };
}

function main(props: StartWorkflowProps): Routine {
  const { plan, platform } = props;
  const signals = runSignals(plan.model);
  return {
    params: ['input'],
    steps: [
      // Before the attempts: what an except-block makes is its own.
      { begin: { assign: [{ begun: null }, { ended: null }, { said: '' }, { about: '' }] } },
      { read: { call: 'read_request', args: { input: expr('input') }, result: 'request' } },
      {
        is_meant: {
          switch: [
            {
              condition: expr('request.ignored != ""'),
              return: { outcome: 'ignored', detail: expr('request.ignored') },
            },
          ],
        },
      },
      {
        start: {
          try: { steps: prepareSteps(props) },
          except: {
            as: 'e',
            steps: [
              { read_start_error: { call: 'error_text', args: { e: expr('e') }, result: 'why' } },
              {
                take_start_error: { assign: [{ said: expr('why') }, { about: expr('"trigger " + request.trigger') }] },
              },
            ],
          },
        },
      },
      { has_begun: { switch: [{ condition: expr('begun != null'), next: 'is_refused' }], next: 'tell_not_started' } },
      announceStep(
        'tell_not_started',
        platform,
        signals['start-failed'],
        { reason: 'said', detail: 'about', note: 'request.note' },
        'not_started',
      ),
      { not_started: { raise: { message: expr('said'), tags: [START_ANNOUNCED] } } },
      {
        is_refused: {
          switch: [
            {
              condition: expr('begun.refused != ""'),
              steps: [
                {
                  note: {
                    call: 'sys.log',
                    args: { severity: 'NOTICE', text: expr('"No run is started. " + begun.refused') },
                  },
                },
                { refuse: { return: { outcome: 'refused', detail: expr('begun.refused') } } },
              ],
            },
          ],
        },
      },
      {
        wait: {
          try: { call: 'watch', args: { run: expr('begun.run'), runId: expr('begun.runId') }, result: 'ended' },
          except: {
            as: 'e',
            steps: [
              { read_error: { call: 'error_text', args: { e: expr('e') }, result: 'why' } },
              {
                take_error: {
                  assign: [
                    { said: expr('"The end of the run was not seen. " + why') },
                    { about: expr('"run " + begun.runId') },
                  ],
                },
              },
            ],
          },
        },
      },
      // Nobody knows then whether it registered a version.
      { has_ended: { switch: [{ condition: expr('ended == null'), next: 'tell_not_started' }] } },
      ...tellSteps(props),
      {
        give: {
          return: {
            outcome: expr('ended.outcome'),
            detail: expr('ended.reason'),
            run: expr('begun.run'),
            version: expr('ended.version'),
          },
        },
      },
    ],
  };
}

/** Everything up to the beginning of a run; `begun` gets `{ refused, run, runId }`. */
function prepareSteps({ plan, tables }: StartWorkflowProps): readonly Step[] {
  return [
    {
      is_right: {
        switch: [
          { condition: expr('request.wrong != ""'), raise: { message: expr('request.wrong'), tags: ['WrongRequest'] } },
        ],
      },
    },
    { first_look: { call: 'decide', args: { reason: expr('request.reason'), snapshots: {} }, result: 'refused' } },
    {
      may_prepare: {
        switch: [
          {
            condition: expr('refused != ""'),
            steps: [
              { no_run: { assign: [{ begun: { refused: expr('refused'), run: '', runId: '' } }], next: 'prepared' } },
            ],
          },
        ],
      },
    },
    {
      take_run: {
        assign: [
          { runId: expr('sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")') },
          { snapshots: {} },
          {
            values: {
              [RUN.id]: expr('runId'),
              [RUN.reason]: expr('request.reason'),
              [RUN.trigger]: expr('request.trigger'),
              [RUN.revision]: plan.revision,
            },
          },
        ],
      },
    },
    ...plan.datasets.flatMap((dataset, i): Step[] => {
      const set = (map: string, key: string) => `${map}[${quoted(key)}]`;
      return [
        { [`freeze_${i}`]: freezeCall(tables, dataset, 'frozen') },
        {
          [`take_${i}`]: {
            assign: [
              { [set('snapshots', snapshotIdParameter(dataset))]: expr('frozen.id') },
              { [set('values', snapshotIdParameter(dataset))]: expr('frozen.id') },
              { [set('values', snapshotParameter(dataset))]: expr('frozen.uri') },
            ],
          },
        },
      ];
    }),
    { find_images: { call: 'image_digests', result: 'digests' } },
    { take_images: { assign: [{ [`values[${quoted(RUN.images)}]`]: expr('digests') }] } },
    ...(plan.gate === undefined
      ? []
      : [
          { find_floor: { call: 'gate_floor', result: 'floor' } },
          { take_floor: { assign: [{ [`values[${quoted(RUN.gateFloor)}]`]: expr('floor') }] } },
        ]),
    {
      launch_run: {
        call: 'launch',
        args: { values: expr('values'), snapshots: expr('snapshots') },
        result: 'launched',
      },
    },
    {
      take_launched: {
        assign: [{ begun: { refused: expr('launched.refused'), run: expr('launched.run'), runId: expr('runId') } }],
      },
    },
    { prepared: { assign: [{ said: '' }] } },
  ];
}

function tellSteps({ plan, platform }: StartWorkflowProps): readonly Step[] {
  const signals = runSignals(plan.model);
  const told = RUN_OUTCOMES.filter((outcome) => outcome !== 'start-failed');
  const step = (outcome: string) => `tell_${outcome.replaceAll('-', '_')}`;
  return [
    {
      which_end: {
        switch: told.map((outcome) => ({
          condition: expr(`ended.outcome == ${quoted(outcome)}`),
          next: step(outcome),
        })),
        next: 'give',
      },
    },
    ...told.map((outcome) =>
      announceStep(
        step(outcome),
        platform,
        signals[outcome],
        {
          version: 'ended.version',
          reason: 'ended.reason',
          detail: '"run " + begun.runId + ", " + ended.detail',
          note: 'request.note',
        },
        'give',
      ),
    ),
  ];
}
