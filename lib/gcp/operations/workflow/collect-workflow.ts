import { PREFIXES } from '../../../plan/access';
import { COLLECTOR_SIGNALS } from '../../../plan/pipeline/snapshot-collection';
import { LINEAGE_OF } from '../../training-pipeline/workflow/lineage-routine';
import { HTTP_ROUTINES } from '../../workflow/http-steps';
import { expr, type WorkflowSource } from '../../workflow/syntax';
import { collectRoutines } from './collect-routine';
import { namedRoutine } from './named-routine';
import { ANNOUNCED_ERRORS, type OperationsWorkflowProps } from './operations-props';
import { toldWhenFailed } from './told';

export interface CollectWorkflowProps extends OperationsWorkflowProps {
  /** Bucket of artifacts. */
  readonly artifactsBucket: string;
  /** Seconds that nothing may have happened to a snapshot before each step. */
  readonly graceSeconds: number;
}

const ROOT = `${PREFIXES.snapshots}/`;

/**
 * The workflow that collects frozen snapshots which no version names. What is old it decides before it looks for names, so that
 * whatever registers meanwhile names nothing that is due.
 */
export function collectWorkflow(props: CollectWorkflowProps): WorkflowSource {
  const { platform, artifactsBucket, graceSeconds } = props;
  return {
    main: {
      params: ['input'],
      steps: [
        {
          begin: {
            assign: [{ before: expr(`sys.now() - ${graceSeconds}`) }, { counts: { withdrawn: 0, deleted: 0 } }],
          },
        },
        toldWhenFailed(
          [
            { find_named: { call: 'named_snapshots', result: 'named' } },
            { find_datasets: { call: 'folders', args: { prefix: ROOT }, result: 'datasets' } },
            {
              each_dataset: {
                for: {
                  value: 'dataset',
                  in: expr('datasets'),
                  steps: [
                    { find_snapshots: { call: 'folders', args: { prefix: expr('dataset') }, result: 'snapshots' } },
                    {
                      each_snapshot: {
                        for: {
                          value: 'folder',
                          in: expr('snapshots'),
                          steps: [
                            {
                              is_named: {
                                switch: [
                                  {
                                    condition: expr(`text.substring(folder, ${ROOT.length}, len(folder) - 1) in named`),
                                    next: 'continue',
                                  },
                                ],
                              },
                            },
                            {
                              take_step: {
                                call: 'collect',
                                args: { folder: expr('folder'), before: expr('before') },
                                result: 'done',
                              },
                            },
                            { is_done: { switch: [{ condition: expr('done == ""'), next: 'continue' }] } },
                            { count: { assign: [{ 'counts[done]': expr('counts[done] + 1') }] } },
                          ],
                        },
                      },
                    },
                  ],
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
            },
          },
        },
      ],
    },
    named_snapshots: namedRoutine(props),
    lineage_of: LINEAGE_OF,
    ...collectRoutines(artifactsBucket),
    ...HTTP_ROUTINES,
  };
}
