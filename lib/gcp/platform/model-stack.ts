import type { Construct } from 'constructs';
import { routesOf } from '../../plan/alert-routes';
import { planDrift } from '../../plan/drift/drift-plan';
import { GCP_UNMEASURED } from '../../plan/gcp-unmeasured';
import { planPipeline } from '../../plan/pipeline/pipeline-plan';
import { usesCluster } from '../../plan/pipeline/step-plan';
import type { PlanOn } from '../../plan/platform-plan';
import { servingSignals } from '../../plan/serving-signals';
import { pipelineChecks } from '../../plan/validation/pipeline-checks';
import type { ModelSpec } from '../../spec/model';
import { DriftMonitor } from '../drift-monitor/drift-monitor';
import { lastingResources } from '../lasting';
import { ModelRegistry } from '../model-registry/model-registry';
import { ModelRoles } from '../model-registry/model-roles';
import { Monitoring } from '../monitoring/monitoring';
import { attachmentOf } from '../network/attachment-of';
import { endpointNames } from '../serving-endpoint/endpoint-names';
import { ServingEndpoint } from '../serving-endpoint/serving-endpoint';
import { planCluster } from '../training-cluster/cluster-spec';
import { PipelineStart } from '../training-pipeline/pipeline-start';
import { TrainingPipeline } from '../training-pipeline/training-pipeline';
import { Foundation, foundationNames } from './foundation';
import { lakeByNames } from './lake-by-names';
import { PlatformStack } from './platform-stack';

export interface ModelStackProps {
  readonly plan: PlanOn<'gcp'>;
  /** Name of the model. */
  readonly model: string;
  readonly spec: ModelSpec;
  readonly destroyData: boolean;
}

/** Everything of one model. Nothing of another model is in it, so models come and go alone. */
export class ModelStack extends PlatformStack {
  public readonly registry: ModelRegistry;
  /** Absent while the model does not serve. */
  public readonly serving?: ServingEndpoint;
  /** Absent while the model does not serve. */
  public readonly monitoring?: Monitoring;
  /** Absent while the spec does not say how the model is made. */
  public readonly pipeline?: TrainingPipeline;
  /** What starts its runs. */
  public readonly start?: PipelineStart;
  /** Absent while nobody watches its drift. */
  public readonly drift?: DriftMonitor;

  constructor(scope: Construct, { plan, model, spec, destroyData }: ModelStackProps) {
    super(scope, { plan, part: `model-${model}` });
    const { target, labels } = this;
    const { names } = plan;
    lastingResources(this, { destroyData });
    const foundation = new Foundation(this, 'Foundation', plan);
    const { artifacts, channel, images, keys, network, records } = foundation;
    const roles = ModelRoles.fromNames({ target, names });
    this.registry = new ModelRegistry(this, 'Registry', {
      target,
      model,
      names,
      approval: spec.registry.approval,
      alerts: channel,
      records,
      roles,
      ...(spec.serving === undefined ? {} : { rollout: endpointNames(target, names, model).workflowId }),
    });
    const lake = plan.spec.dataLake === undefined ? undefined : lakeByNames(this, plan);
    if (spec.pipeline !== undefined) {
      const shared = { target, names, plan: planPipeline(model, spec.pipeline, names), artifacts, roles, labels };
      const { registry } = this;
      const encryptionKey = keys.artifacts;
      this.pipeline = new TrainingPipeline(this, 'Pipeline', {
        ...shared,
        repository: images,
        registry,
        network,
        encryptionKey,
        checks: pipelineChecks(shared.plan, plan.spec.dataLake?.datasets ?? {}),
        ...(usesCluster(shared.plan) && plan.spec.training !== undefined
          ? {
              cluster: {
                plan: planCluster(this, plan.spec.training.cluster, target),
                records,
                operationsKey: keys.operations,
              },
            }
          : {}),
      });
      this.start = new PipelineStart(this, 'Start', {
        ...shared,
        registry,
        repository: images,
        document: { name: this.pipeline.documentName, ready: [this.pipeline.document] },
        steps: this.pipeline,
        records,
        alerts: channel,
        encryptionKey,
        operationsKey: keys.operations,
        ...(lake === undefined ? {} : { lake }),
        attachment: attachmentOf(this, network, 'runs of pipelines'),
      });
    }
    if (spec.serving === undefined) return;
    const monitoring = spec.monitoring === undefined ? {} : { monitoring: spec.monitoring };
    this.serving = new ServingEndpoint(this, 'Serving', {
      target,
      names,
      registry: this.registry,
      network,
      repository: images,
      artifacts,
      records,
      encryptionKey: keys.artifacts,
      operationsKey: keys.operations,
      alerts: channel,
      roles,
      serving: spec.serving,
      labels,
      destroyData,
      ...monitoring,
    });
    const used = routesOf(servingSignals(model, spec.serving, spec.monitoring, GCP_UNMEASURED).metrics);
    this.monitoring = new Monitoring(this, 'Monitoring', {
      target,
      model,
      endpointName: this.serving.endpointName,
      serving: spec.serving,
      alerts: channel,
      routes: Object.fromEntries(used.map((route) => [route, foundation.channelOf(route)])),
      names,
      recordsBucket: foundationNames(plan).records,
      ...monitoring,
    });
    const watched = planDrift(model, spec, names);
    const { captures } = this.serving;
    if (watched === undefined || captures === undefined) return;
    this.drift = new DriftMonitor(this, 'Drift', {
      target,
      names,
      plan: watched,
      spec,
      registry: this.registry,
      captures,
      ...(lake === undefined ? {} : { lake }),
      ...(this.start?.signalChannel === undefined ? {} : { retraining: this.start.signalChannel }),
      artifacts,
      records,
      network,
      roles,
      alerts: channel,
      routes: Object.fromEntries(
        routesOf(watched.signals.metrics).map((route) => [route, foundation.channelOf(route)]),
      ),
      encryptionKey: keys.artifacts,
      operationsKey: keys.operations,
      labels,
    });
  }
}
