import { Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct, type IConstruct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import type { Grantors } from '../access/grantors';
import { type EndpointMetric, endpointMetric } from '../monitoring/endpoint-metrics';
import { EndpointGrants, endpointGrantors, ServingEndpointGrants } from './endpoint-grants';

/** An endpoint of another stack, found by the names of its plan. */
export interface ServingEndpointAttributes {
  readonly model: string;
  readonly names: PlatformNames;
}

/** The endpoint of a model, made here or elsewhere. */
export interface IServingEndpoint extends IConstruct {
  readonly model: string;
  readonly endpointName: string;
  readonly endpointArn: string;
  readonly grants: ServingEndpointGrants;
  /** Grants the verbs of `scaling` and `alarm`, and `deploy` and `invoke` of `endpoint`, on this endpoint. */
  readonly grantors: Required<Pick<Grantors, 'endpoint' | 'scaling' | 'alarm'>>;
  /** A metric of the endpoint by its official name, over all its versions. */
  metric(metricName: EndpointMetric, options?: cloudwatch.MetricOptions): cloudwatch.Metric;
}

/** As the service model of SageMaker has `EndpointName`, but no two hyphens in a row (see `ownStart`). */
const NAME = /^[a-zA-Z0-9](-?[a-zA-Z0-9])*$/;

/** What every endpoint can do, whoever made it. */
export abstract class EndpointEntry extends Construct implements IServingEndpoint {
  public readonly model: string;
  public readonly endpointName: string;
  public readonly endpointArn: string;
  public readonly grants: ServingEndpointGrants;
  public readonly grantors: IServingEndpoint['grantors'];

  /** @throws Error when the model has a name that no endpoint can have. */
  constructor(scope: Construct, id: string, model: string, namesOf: (self: Construct) => PlatformNames) {
    super(scope, id);
    const stack = Stack.of(this);
    this.model = model;
    this.endpointName = namesOf(this).of('endpoint', model);
    if (Token.isUnresolved(this.endpointName) || !NAME.test(this.endpointName))
      throw new Error(
        `${this.node.path}: the endpoint of '${model}' cannot be called '${this.endpointName}'. Call the model by letters, digits and single hyphens.`,
      );
    this.endpointArn = stack.formatArn({
      service: 'sagemaker',
      resource: 'endpoint',
      resourceName: this.endpointName,
    });
    const all = new EndpointGrants(stack);
    this.grants = new ServingEndpointGrants(all, this.endpointName);
    this.grantors = endpointGrantors(all, this.endpointName);
  }

  metric(metricName: EndpointMetric, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return endpointMetric(metricName, this.endpointName, options);
  }
}

/** An endpoint of another stack. */
export class ImportedEndpoint extends EndpointEntry {
  constructor(scope: Construct, id: string, { names, model }: ServingEndpointAttributes) {
    super(scope, id, model, () => names);
  }
}
