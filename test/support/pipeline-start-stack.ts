import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { ModelRegistry } from '../../lib/aws/model-registry/model-registry';
import { Foundation } from '../../lib/aws/platform/foundation';
import { lakeByNames } from '../../lib/aws/platform/lake-by-names';
import { PlatformStack } from '../../lib/aws/platform/platform-stack';
import { PipelineStart } from '../../lib/aws/training-pipeline/pipeline-start';
import { type PipelinePlan, planPipeline, type TriggerPlan } from '../../lib/plan/pipeline/pipeline-plan';
import { planPlatform } from '../../lib/plan/platform-plan';
import { specOn } from '../../lib/spec/clouds';
import { loadedPipeline } from './pipeline-spec';

/** A trigger of each kind. */
export const EVERY_TRIGGER: readonly TriggerPlan[] = [
  { name: 'nightly', kind: 'schedule', cron: '0 3 * * 1-5', timeZone: 'Europe/Berlin' },
  { name: 'fresh', kind: 'new-data', dataset: 'transactions' },
  { name: 'drifted', kind: 'signal', signal: 'drift' },
];

/** A stack with the start of a pipeline, as that of a model has it: all else comes by names and published values. */
export function pipelineStartStack(
  triggers: readonly TriggerPlan[] = EVERY_TRIGGER,
  change: Partial<PipelinePlan> = {},
) {
  const plan = planPlatform(specOn('aws', loadedPipeline()));
  const spec = plan.spec.models.detector?.pipeline;
  if (spec === undefined) throw new Error('the pipeline was lost');
  const pipeline = { ...planPipeline('detector', spec, plan.names), triggers, ...change };
  const app = new App();
  const stack = new PlatformStack(app, 'Model', { plan, part: 'model-detector', description: 'Model' });
  const foundation = new Foundation(stack, 'Foundation', plan);
  const { alerts, keys, locks, artifacts } = foundation;
  const registry = new ModelRegistry(stack, 'Registry', { model: 'detector', alerts, encryptionKey: keys.operations });
  const start = new PipelineStart(stack, 'Start', {
    plan: pipeline,
    names: plan.names,
    parameters: {},
    registry: ModelRegistry.fromNames(stack, 'Entry', {
      model: 'detector',
      groupName: plan.names.of('modelGroup', 'detector'),
    }),
    artifacts,
    lake: lakeByNames(stack, plan),
    repository: ecr.Repository.fromRepositoryName(stack, 'Images', plan.names.of('repository', 'training')),
    locks,
    alerts,
    keys,
    deadLetterQueue: registry.deadLetterQueue,
  });
  return { app, plan, pipeline, start, stack, template: Template.fromStack(stack) };
}
