import { RUN } from '../../../plan/pipeline/run-parameters';
import type { ClusterStep } from '../../../plan/pipeline/step-plan';
import { type CallbackArguments, FOLDER_OUTPUT } from '../cluster/machine/cluster-props';
import type { DocumentProps, Step } from './document-props';
import { checkpointsUri, inputUri, stepFolder } from './places';
import { type Part, parameter } from './references';

/**
 * A training on the batch cluster. The service puts the arguments and a token into a queue and waits until somebody answers
 * for that token; it keeps no results of such a step and tries none again, so whoever answers does. Source: SageMaker
 * developer guide, "Callback step", "Caching pipeline steps", "Retry policy for pipeline steps"; SageMaker Python SDK,
 * `sagemaker.workflow.callback_step`.
 *
 * @throws Error where no queue or no job definition is given.
 */
export function callbackStep(props: DocumentProps, step: ClusterStep, after: readonly string[]): Step {
  const { plan, clusterQueueUrl, clusterDefinitions } = props;
  const definition = clusterDefinitions?.[step.name];
  if (clusterQueueUrl === undefined || definition === undefined)
    throw new Error(
      `The step ${step.name} runs on the cluster, and the queue that it is handed over by or its job definition is not given.`,
    );
  const args: Readonly<Record<keyof CallbackArguments, Part>> = {
    step: step.name,
    definition,
    run: parameter(RUN.id),
    output: stepFolder(props, step.name, ...step.outputs),
    checkpoints: checkpointsUri(props, step.name),
    ...Object.fromEntries(step.inputs.map(({ argument, from }) => [`input-${argument}`, inputUri(plan.steps, from)])),
  };
  return {
    Name: step.name,
    Type: 'Callback',
    SqsQueueUrl: clusterQueueUrl,
    Arguments: args,
    OutputParameters: [{ OutputName: FOLDER_OUTPUT, OutputType: 'String' }],
    ...(after.length === 0 ? {} : { DependsOn: after }),
  };
}
