import { RUN, snapshotIdParameter, snapshotParameter } from '../../../plan/pipeline/run-parameters';
import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import type { StartMachineProps } from './start-props';

/** Looks up what the tags of the images are today, `$images`: a run says so, whoever moves a tag later. */
export function imageStates({ plan, repository }: StartMachineProps): Readonly<Record<string, AslState>> {
  const { images } = plan;
  if (images.length === 0) return { Images: { Type: 'Pass', Assign: { images: '' }, Next: 'Launch' } };
  return {
    Images: call(
      'ecr:describeImages',
      { RepositoryName: repository, ImageIds: images.map((ImageTag) => ({ ImageTag })) },
      {
        Retry: retry('Ecr.ImageNotFoundException'),
        Assign: { images: expr(digests(images)) },
        Next: 'Launch',
      },
    ),
  };
}

const digests = (tags: readonly string[]): string =>
  oneLine(`(
  $found := $states.result.ImageDetails;
  $join($map(${JSON.stringify(tags)}, function($tag) { $tag & '=' & $found[$tag in ImageTags][0].ImageDigest }), ',')
)`);

/** Starts the run, once for each execution of this machine. */
export function launchStates(props: StartMachineProps): Readonly<Record<string, AslState>> {
  const { pipeline, parameters, gate, datasets, plan } = props;
  const text = (Name: string, code: string) => ({ Name, Value: expr(code) });
  return {
    Launch: call(
      'sagemaker:startPipelineExecution',
      {
        PipelineName: pipeline,
        PipelineExecutionDisplayName: expr('$runId'),
        PipelineExecutionDescription: expr(
          "'Started by ' & $request.trigger & ' (' & $request.reason & '). ' & $request.note",
        ),
        ClientRequestToken: expr("$hash($states.context.Execution.Id, 'SHA-256')"),
        PipelineParameters: [
          text(RUN.id, '$runId'),
          text(RUN.reason, '$request.reason'),
          text(RUN.trigger, '$request.trigger'),
          text(RUN.revision, JSON.stringify(plan.revision)),
          text(RUN.images, '$images'),
          ...(gate === undefined ? [] : [text(RUN.gateFloor, '$floor')]),
          ...datasets.flatMap(({ dataset }) => [
            text(snapshotParameter(dataset), `$snapshots[dataset = '${dataset}'].folder`),
            text(snapshotIdParameter(dataset), `$snapshots[dataset = '${dataset}'].snapshot`),
          ]),
          ...Object.entries(parameters).map(([Name, Value]) => ({ Name, Value })),
        ],
      },
      {
        Retry: retry('SageMaker.ConflictException', 'SageMaker.ResourceNotFoundException'),
        Catch: [{ ErrorEquals: ['SageMaker.SageMakerException'], Output: expr(REFUSED), Next: 'NotLaunched' }],
        Output: { outcome: 'started', arn: expr('$states.result.PipelineExecutionArn'), gate: expr('$gate') },
        End: true,
      },
    ),
    NotLaunched: { Type: 'Pass', End: true },
  };
}

/** What the service refuses has no error of its own: also a run of another document than that of the pipeline by now. */
const REFUSED = oneLine(`{
  'outcome': 'start-failed',
  'detail': $states.errorOutput.Error & ': ' & $states.errorOutput.Cause &
    ' If the platform was deployed after this execution began, the pipeline is no more the one of its revision and its images, and it may start no run of it: start another.'
}`);
