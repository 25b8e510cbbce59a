import { PREFIXES } from '../../../plan/access';
import { COLLECTOR_SIGNALS, GOLDEN_SECTION, NO_ROOM_TO_COLLECT } from '../../../plan/pipeline/snapshot-collection';
import { LINEAGE_OF } from '../../training-pipeline/workflow/lineage-routine';
import { HTTP_ROUTINES } from '../../workflow/http-steps';
import { decimal, expr, type WorkflowSource } from '../../workflow/syntax';
import { collectRoutine } from './collect-routine';
import { DATASET_STEPS, datasetSteps } from './dataset-steps';
import { folderRoutines } from './folder-routines';
import { namedSteps } from './named-steps';
import { ANNOUNCED_ERRORS, type OperationsWorkflowProps } from './operations-props';
import { toldWhenFailed } from './told';

export interface CollectWorkflowProps extends OperationsWorkflowProps {
  /** Bucket of artifacts. */
  readonly artifactsBucket: string;
  /** Seconds that nothing may have happened to a snapshot before each step. */
  readonly graceSeconds: number;
}

const ROOT = `${PREFIXES.snapshots}/`;
const DAY = 86_400;

/**
 * The workflow that collects frozen snapshots which no version names. What is old it decides before it looks for names, so that
 * whatever registers meanwhile names nothing that is due. Each dataset has a share of the steps that an execution has left, and
 * what it does not need is for those after it; an execution that has none for any says so and fails. Snapshots that are too many
 * wait for another day, on which it begins at another place among them.
 *
 * Gives `{ outcome, withdrawn, deleted, later }`: how many snapshots, and of how many datasets some may wait for another day.
 */
export function collectWorkflow(props: CollectWorkflowProps): WorkflowSource {
  const { platform, artifactsBucket, graceSeconds } = props;
  return {
    main: {
      params: ['input'],
      steps: [
        {
          begin: {
            assign: [
              { before: expr(`sys.now() - ${graceSeconds}`) },
              { oldBefore: expr('string(int(before) * 1000)') },
              { turns: expr(`math.floor(sys.now() / ${DAY}) * ${decimal(GOLDEN_SECTION)}`) },
              { place: expr('turns - math.floor(turns)') },
              { counts: { withdrawn: 0, deleted: 0, left: 0, later: 0 } },
            ],
          },
        },
        toldWhenFailed(
          [
            ...namedSteps(props),
            { find_datasets: { call: 'folders', args: { prefix: ROOT }, result: 'datasets' } },
            {
              have_room: {
                switch: [
                  {
                    condition: expr(`room < ${DATASET_STEPS} * len(datasets)`),
                    raise: NO_ROOM_TO_COLLECT,
                  },
                ],
              },
            },
            {
              each_dataset: {
                for: {
                  value: 'dataset',
                  index: 'at',
                  in: expr('datasets'),
                  steps: datasetSteps(artifactsBucket, ROOT),
                },
              },
            },
          ],
          { platform, failed: COLLECTOR_SIGNALS.failed, error: ANNOUNCED_ERRORS.collector },
        ),
        {
          give: {
            return: {
              outcome: 'collected',
              withdrawn: expr('counts.withdrawn'),
              deleted: expr('counts.deleted'),
              later: expr('counts.later'),
            },
          },
        },
      ],
    },
    lineage_of: LINEAGE_OF,
    collect: collectRoutine(artifactsBucket),
    ...folderRoutines(artifactsBucket),
    ...HTTP_ROUTINES,
  };
}
