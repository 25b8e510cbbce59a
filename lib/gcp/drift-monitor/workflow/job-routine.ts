import { RUN_FILES } from '../../../plan/drift/drift-access';
import { jobMachine } from '../../jobs/job-machine';
import { vertexHost } from '../../serving-endpoint/workflow/rollout-props';
import { apiCall } from '../../workflow/http-steps';
import { expr, quoted, type Routine } from '../../workflow/syntax';
import type { WatchWorkflowProps } from './watch-props';

/** Seconds between two looks at the job. */
const POLL_SECONDS = 30;
/** Seconds that a job may wait for its machine, beside its own time. */
const PATIENCE_SECONDS = 3600;

/** States in which a job ends badly. Source: discovery document of aiplatform.v1, GoogleCloudAiplatformV1CustomJob.state. */
const BAD_ENDS = ['JOB_STATE_FAILED', 'JOB_STATE_CANCELLED', 'JOB_STATE_EXPIRED', 'JOB_STATE_PARTIALLY_SUCCEEDED'];

const [OUTPUT_FOLDER] = RUN_FILES.figures.split('/');

/**
 * Runs the job and waits for it: `call: run_job`, `args: { name, config, folder, reference, labels }`; `config` is a path,
 * folders are `gs://` addresses, `labels` one or null. Raises when the job fails, which no data makes it do.
 */
export function jobRoutine(props: WatchWorkflowProps): Routine {
  const { target, plan, code, image, account, encryptionKeyId, attachment } = props;
  const host = vertexHost(target);
  const mounted = (uri: string) => `text.replace_all(${uri}, "gs://", "/gcs/")`;
  return {
    params: ['name', 'config', 'folder', 'reference', 'labels'],
    steps: [
      {
        take_places: {
          assign: [
            { here: expr(mounted('folder')) },
            {
              arguments: [
                code,
                '--config',
                expr('config'),
                '--config',
                expr(`here + ${quoted(RUN_FILES.run)}`),
                '--reference',
                expr(mounted('reference')),
                '--current',
                expr('here + "current"'),
                '--out',
                expr(`here + ${quoted(OUTPUT_FOLDER ?? '')}`),
              ],
            },
          ],
        },
      },
      { has_labels: { switch: [{ condition: expr('labels == null'), next: 'begin' }] } },
      {
        add_labels: {
          assign: [
            { place: expr(mounted('labels')) },
            { arguments: expr('list.concat(arguments, "--labels")') },
            { arguments: expr('list.concat(arguments, place)') },
          ],
        },
      },
      // Twice is harmless: both say the same.
      apiCall('begin', {
        method: 'POST',
        url: `https://${host}/v1/projects/${target.project}/locations/${target.region}/customJobs`,
        body: {
          displayName: expr('name'),
          labels: { ...props.labels },
          encryptionSpec: { kmsKeyName: encryptionKeyId },
          jobSpec: {
            workerPoolSpecs: [
              {
                ...jobMachine(props.machine, 'processing', plan.diskGib),
                replicaCount: 1,
                containerSpec: { imageUri: image, command: ['python3'], args: expr('arguments') },
              },
            ],
            scheduling: { timeout: `${plan.maxRuntimeSeconds}s` },
            serviceAccount: account,
            pscInterfaceConfig: { networkAttachment: attachment },
          },
        },
        result: 'begun',
      }),
      {
        take_job: {
          assign: [
            { job: expr('begun.body.name') },
            { deadline: expr(`sys.now() + ${plan.maxRuntimeSeconds + PATIENCE_SECONDS}`) },
          ],
        },
      },
      apiCall('look', { method: 'GET', url: expr(`${quoted(`https://${host}/v1/`)} + job`), result: 'answer' }),
      { take_state: { assign: [{ state: expr('default(map.get(answer.body, "state"), "JOB_STATE_PENDING")') }] } },
      {
        has_ended: {
          switch: [
            { condition: expr('state == "JOB_STATE_SUCCEEDED"'), return: expr('job') },
            {
              condition: expr(`state in ${JSON.stringify(BAD_ENDS)}`),
              raise: expr(
                '"The job " + job + " failed: " + default(map.get(answer.body, ["error", "message"]), state)',
              ),
            },
            { condition: expr('sys.now() > deadline'), raise: expr('"The job " + job + " has not ended."') },
          ],
        },
      },
      { pause: { call: 'sys.sleep', args: { seconds: POLL_SECONDS }, next: 'look' } },
    ],
  };
}
