import { pipelinePrefix } from '../../../plan/access';
import { pipelineLock } from '../../../plan/pipeline/pipeline-access';
import { RUN } from '../../../plan/pipeline/run-parameters';
import { vertexHost } from '../../serving-endpoint/workflow/rollout-props';
import { apiCall } from '../../workflow/http-steps';
import { giveLockBackStep, renewLockStep, takeLockStep } from '../../workflow/lock-steps';
import { objectsUrl } from '../../workflow/storage-urls';
import { expr, quoted, type Routine } from '../../workflow/syntax';
import type { StartWorkflowProps } from './start-props';

/** Labels of a run. */
export const RUN_LABEL = 'mlops-run';
export const REASON_LABEL = 'mlops-reason';

/**
 * Begins a run, if that is still right: one at a time looks and begins. Gives `{ refused, run }`. `values` are the
 * parameters of the run, of which `run-id` names it; beginning it twice begins it once. A call of an API may take seven
 * minutes with all its tries, so of a lock's fifteen two take the most: it is renewed right before the run begins, and
 * whoever lost it meanwhile begins none.
 */
export function launchRoutine(props: StartWorkflowProps): Routine {
  const { target, plan, artifactsBucket, account, encryptionKeyId, attachment } = props;
  const { project, region } = target;
  const lock = pipelineLock(plan.model);
  const jobs = `https://${vertexHost(target)}/v1/projects/${project}/locations/${region}/pipelineJobs`;
  const document = `${objectsUrl(artifactsBucket)}/${encodeURIComponent(props.document)}`;
  return {
    params: ['values', 'snapshots'],
    steps: [
      {
        begin: {
          assign: [
            { reason: expr(`values[${quoted(RUN.reason)}]`) },
            { runId: expr(`values[${quoted(RUN.id)}]`) },
            { jobId: expr(`${quoted(`${plan.name}-`)} + runId`) },
          ],
        },
      },
      apiCall('read_document', { method: 'GET', url: document, query: { alt: 'media' }, result: 'answer' }),
      takeLockStep('lock', { lock, result: 'held' }),
      {
        under_lock: {
          try: {
            steps: [
              {
                decide: {
                  call: 'decide',
                  args: { reason: expr('reason'), snapshots: expr('snapshots') },
                  result: 'refused',
                },
              },
              { may_begin: { switch: [{ condition: expr('refused != ""'), next: 'give_back' }] } },
              renewLockStep('renew', { lock, generation: expr('held'), result: 'held' }),
              apiCall('begin_run', {
                method: 'POST',
                url: jobs,
                // Without it the answer has the whole document again.
                query: { pipelineJobId: expr('jobId'), fields: 'name' },
                body: {
                  displayName: plan.name,
                  pipelineSpec: expr('answer.body'),
                  runtimeConfig: {
                    gcsOutputDirectory: expr(
                      `${quoted(`gs://${artifactsBucket}/${pipelinePrefix(plan.model)}/`)} + runId`,
                    ),
                    parameterValues: expr('values'),
                    failurePolicy: 'PIPELINE_FAILURE_POLICY_FAIL_FAST',
                  },
                  serviceAccount: account,
                  encryptionSpec: { kmsKeyName: encryptionKeyId },
                  pscInterfaceConfig: { networkAttachment: attachment },
                  labels: { ...props.labels, [RUN_LABEL]: expr('runId'), [REASON_LABEL]: expr('reason') },
                },
                accept: [409],
              }),
              giveLockBackStep('give_back', { lock, generation: expr('held') }),
            ],
          },
          except: {
            as: 'e',
            steps: [
              giveLockBackStep('give_back_failed', { lock, generation: expr('held') }),
              { fail: { raise: expr('e') } },
            ],
          },
        },
      },
      {
        give: {
          return: {
            refused: expr('refused'),
            run: expr(`${quoted(jobs.replace(/^.*\/v1\//, ''))} + "/" + jobId`),
          },
        },
      },
    ],
  };
}
