import { Stack } from 'aws-cdk-lib';
import type { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { describe, expect, it } from 'vitest';
import { DriftMonitor } from '../../../lib/aws/drift-monitor/drift-monitor';
import { ServingEndpoint } from '../../../lib/aws/serving-endpoint/serving-endpoint';
import { TrainingPipeline } from '../../../lib/aws/training-pipeline/training-pipeline';
import { driftPrefix } from '../../../lib/plan/drift/drift-access';
import { snapshotPrefix } from '../../../lib/plan/pipeline/pipeline-access';
import type { PlatformSpec } from '../../../lib/spec/platform';
import { sdkCalls } from '../../support/call-permissions';
import { type Definition, type DefinitionRequests, requestsOf } from '../../support/definition-requests';
import { EXAMPLE_CASES, exampleSpec, type SynthesisedPlatform, synthPlatform } from '../../support/examples';
import { allows, type Request, spelledProperty, workloadPermissions } from '../../support/iam';
import { type JobArguments, type Place, requestsOfJob } from '../../support/job-requests';
import { loadedPipeline, ON_CLUSTER, WITH_CLUSTER } from '../../support/pipeline-spec';
import { DRIFT, loadedWatched, QUALITY } from '../../support/watched-spec';

/** Those of requests that no permission of a workload lets through. */
function refused(synthesised: SynthesisedPlatform, workload: string, requests: readonly Request[]): readonly string[] {
  const found = workloadPermissions(synthesised).find(({ path }) => path === workload);
  const denied = requests.filter((request) => !allows(found?.permissions ?? [], request));
  return [...new Set(denied.map(({ action, resource }) => `${workload} may not ${action} on ${resource}`))];
}

function placeOf({ platform }: SynthesisedPlatform, { region, account }: Stack): Place {
  const named = (text: string, pseudo: string): string => (/^\$\{Token/.test(text) ? pseudo : text);
  const regionAndAccount = `${named(region, 'REGION')}:${named(account, 'ACCOUNT')}`;
  return {
    regionAndAccount,
    vpcArn: `arn:aws:ec2:${regionAndAccount}:vpc/</mlops/${platform.plan.names.slug}/network/vpc>`,
  };
}

function calledByRuns(synthesised: SynthesisedPlatform, pipeline: TrainingPipeline): DefinitionRequests {
  const written = spelledProperty(synthesised, pipeline.resource, 'PipelineDefinition');
  const body = written.replace(/^\{PipelineDefinitionBody: (.*)\}$/s, '$1');
  const [bucket = ''] = /s3:\/\/[\w<>/. -]*-artifacts-[^/]+/.exec(body) ?? [];
  return requestsOf(JSON.parse(body) as Definition, {
    ...placeOf(synthesised, Stack.of(pipeline)),
    parameter: (name) =>
      name.startsWith('snapshot-') ? `${bucket}/${snapshotPrefix(name.slice('snapshot-'.length))}/taken/` : name,
    queueArn: () => `<AWS::SQS::Queue ${pipeline.clusterSteps?.queue.node.defaultChild?.node.path}>`,
  });
}

const CASES: readonly (readonly [string, PlatformSpec])[] = [
  ...EXAMPLE_CASES.map((example) => [example.title, exampleSpec(example)] as const),
  ['a pipeline with a step of each kind', loadedPipeline()],
  ['a pipeline with a step on the batch cluster', loadedPipeline(ON_CLUSTER, WITH_CLUSTER)],
  [
    'a model that is compared with a dataset',
    loadedWatched({ drift: { ...DRIFT, reference: 'baseline' }, quality: QUALITY }),
  ],
];

const SYNTHESISED = CASES.map(([title, spec]) => ({ title, synthesised: synthPlatform(spec) }));

const found = <T>({ app }: SynthesisedPlatform, kind: abstract new (...args: never[]) => T) =>
  app.node.findAll().filter((construct): construct is typeof construct & T => construct instanceof kind);

describe.each(
  SYNTHESISED.flatMap(({ title, synthesised }) =>
    found(synthesised, TrainingPipeline).map((pipeline) => ({
      title: `${title}: ${pipeline.pipelineName}`,
      synthesised,
      pipeline,
    })),
  ),
)('runs of $title', ({ synthesised, pipeline }) => {
  const called = calledByRuns(synthesised, pipeline);

  it('may start, see and stop each step', () => {
    expect(called.pipeline.length).toBeGreaterThan(0);
    expect(refused(synthesised, pipeline.workload.node.path, called.pipeline)).toEqual([]);
  });

  it('may do in each step what SageMaker does as its role', () => {
    const roles = [...new Set(called.jobs.map(([role]) => role))];
    expect(roles).toEqual([`<AWS::IAM::Role ${pipeline.steps.node.path}/Role/Resource>`]);
    expect(
      refused(
        synthesised,
        pipeline.steps.node.path,
        called.jobs.map(([, request]) => request),
      ),
    ).toEqual([]);
  });

  it('leave a model that whatever serves the version may read', () => {
    const endpoints = found(synthesised, ServingEndpoint).filter((one) => Stack.of(one) === Stack.of(pipeline));
    for (const { hosting } of endpoints) {
      expect(called.serving.length).toBeGreaterThan(0);
      expect(refused(synthesised, hosting.workload.node.path, called.serving)).toEqual([]);
    }
  });
});

it('models that are made here are served in these cases, too', () => {
  const served = SYNTHESISED.flatMap(({ synthesised }) => {
    const making = new Set(found(synthesised, TrainingPipeline).map(Stack.of));
    return found(synthesised, ServingEndpoint).filter((endpoint) => making.has(Stack.of(endpoint)));
  });
  expect(served.length).toBeGreaterThan(3);
});

describe.each(
  SYNTHESISED.flatMap(({ title, synthesised }) =>
    found(synthesised, DriftMonitor).map((monitor) => ({
      title: `${title}: ${monitor.node.path}`,
      synthesised,
      monitor,
    })),
  ),
)('the drift job of $title', ({ synthesised, monitor }) => {
  it('may do what SageMaker does as its role', () => {
    const machine = monitor.machine.resource as CfnStateMachine;
    const calls = sdkCalls(JSON.parse(spelledProperty(synthesised, machine, 'DefinitionString')));
    const created = calls.filter(({ name }) => name === 'sagemaker:createProcessingJob');
    expect(created).toHaveLength(1);
    const requests = created.flatMap(({ args }) => {
      const { ProcessingInputs, ProcessingOutputConfig, ...job } = JSON.parse(args) as JobArguments & {
        readonly ProcessingInputs: unknown;
      };
      return requestsOfJob(
        'ProcessingJob',
        { ...job, ...(ProcessingOutputConfig === undefined ? {} : { ProcessingOutputConfig }) },
        { read: urisIn(ProcessingInputs, monitor), written: urisIn(ProcessingOutputConfig, monitor) },
        placeOf(synthesised, Stack.of(monitor)),
      );
    });
    expect(refused(synthesised, monitor.job.workload.node.path, requests)).toEqual([]);
  });
});

/** Addresses in expressions of a machine. Of what is put together as it runs, the folder that it begins with. */
function urisIn(value: unknown, { job }: DriftMonitor): readonly string[] {
  const [, model = ''] = job.workload.access[0]?.workload.split('/') ?? [];
  const folder = `${driftPrefix(model)}/drift/run`;
  return [
    ...JSON.stringify(value)
      .replaceAll("' & $runFolder & '", folder)
      .matchAll(/'(s3:\/\/[^/']+\/[^']+)'/g),
  ].map(([, uri = '']) => uri);
}
