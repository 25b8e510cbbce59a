import * as ecr from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import { routesOf } from '../../plan/alert-routes';
import { frozenForDrift } from '../../plan/drift/drift-access';
import { planDrift } from '../../plan/drift/drift-plan';
import { planPipeline } from '../../plan/pipeline/pipeline-plan';
import { usesCluster } from '../../plan/pipeline/step-plan';
import type { PlanOn } from '../../plan/platform-plan';
import { servingSignals } from '../../plan/serving-signals';
import { pipelineChecks } from '../../plan/validation/pipeline-checks';
import type { ModelSpec } from '../../spec/model';
import { DriftMonitor } from '../drift-monitor/drift-monitor';
import { ModelRegistry } from '../model-registry/model-registry';
import { Monitoring } from '../monitoring/monitoring';
import { ServingEndpoint } from '../serving-endpoint/serving-endpoint';
import { PipelineStart } from '../training-pipeline/pipeline-start';
import { TrainingPipeline } from '../training-pipeline/training-pipeline';
import { Foundation } from './foundation';
import { lakeByNames } from './lake-by-names';
import { PlatformStack } from './platform-stack';
import { stepCluster } from './step-cluster';

export interface ModelStackProps {
  readonly plan: PlanOn<'aws'>;
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
  /** What starts runs of its pipeline; absent while the spec does not say how the model is made. */
  public readonly start?: PipelineStart;
  /** Absent while nothing says what the model is compared with. */
  public readonly drift?: DriftMonitor;

  constructor(scope: Construct, id: string, { plan, model, spec, destroyData }: ModelStackProps) {
    super(scope, id, { plan, part: `model-${model}`, description: `Model ${model}` });
    const { names } = plan;
    const foundation = new Foundation(this, 'Foundation', plan);
    const { keys, alerts } = foundation;
    this.registry = new ModelRegistry(this, 'Registry', {
      model,
      groupName: names.of('modelGroup', model),
      approval: spec.registry.approval,
      alerts,
      encryptionKey: keys.operations,
      logName: names.of('machine', model, 'approval'),
      destroyData,
    });
    const repository = ecr.Repository.fromRepositoryName(this, 'Images', names.of('repository', 'training'));
    const lake = plan.spec.dataLake === undefined ? undefined : lakeByNames(this, plan);
    if (spec.pipeline !== undefined) {
      const { artifacts, network, locks } = foundation;
      const shared = {
        plan: planPipeline(model, spec.pipeline, names),
        registry: this.registry,
        artifacts,
        repository,
        keys,
      };
      const cluster = usesCluster(shared.plan) ? stepCluster(this, plan, foundation, this.registry) : undefined;
      this.pipeline = new TrainingPipeline(this, 'Pipeline', {
        ...shared,
        ...(cluster === undefined ? {} : { cluster }),
        network,
        checks: pipelineChecks(shared.plan, plan.spec.dataLake?.datasets ?? {}),
      });
      this.start = new PipelineStart(this, 'Start', {
        ...shared,
        names,
        parameters: this.pipeline.parameters,
        ...(lake === undefined ? {} : { lake }),
        ...(cluster === undefined ? {} : { cluster: cluster.plan }),
        locks,
        alerts,
        deadLetterQueue: this.registry.deadLetterQueue,
      });
      this.start.node.addDependency(this.pipeline.resource);
    }
    if (spec.serving === undefined) return;
    const used = routesOf(servingSignals(model, spec.serving, spec.monitoring).metrics);
    const routes = Object.fromEntries(used.map((route) => [route, foundation.alertsOf(route)]));
    const monitoring = { routes, ...(spec.monitoring === undefined ? {} : { monitoring: spec.monitoring }) };
    this.serving = new ServingEndpoint(this, 'Serving', {
      registry: this.registry,
      network: foundation.network,
      repository,
      artifacts: foundation.artifacts,
      encryptionKey: keys.artifacts,
      operationsKey: keys.operations,
      alerts,
      locks: foundation.locks,
      serving: spec.serving,
      names,
      deadLetterQueue: this.registry.deadLetterQueue,
      destroyData,
      ...monitoring,
    });
    this.monitoring = new Monitoring(this, 'Monitoring', {
      model,
      endpointName: this.serving.endpointName,
      serving: spec.serving,
      alerts,
      names,
      ...monitoring,
    });
    const drift = planDrift(model, spec, names);
    if (drift === undefined) return;
    this.drift = new DriftMonitor(this, 'Drift', {
      plan: drift,
      spec,
      names,
      endpointName: this.serving.endpointName,
      registry: this.registry,
      network: foundation.network,
      artifacts: foundation.artifacts,
      keys,
      ...(lake === undefined || frozenForDrift(spec).length === 0 ? {} : { lake }),
      alerts,
      routes: Object.fromEntries(routesOf(drift.signals.metrics).map((route) => [route, foundation.alertsOf(route)])),
      deadLetterQueue: this.registry.deadLetterQueue,
    });
  }
}
