import { ArnFormat, Aws, type Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { allow } from '../access/grant-statement';
import type { Grantors } from '../access/grantors';
import { ownStart, SCALABLE_DIMENSION } from './endpoint-names';

const SCALING_SERVICE = 'sagemaker.application-autoscaling.amazonaws.com';

/**
 * Permissions on endpoints by name, and on what belongs to them: models, configurations, scaling, alarms. Names of what
 * belongs to an endpoint begin with `ownStart` of its name, which those of no other endpoint do.
 * Source: Service Authorization Reference, "Amazon SageMaker AI", "Application Auto Scaling", "Amazon CloudWatch".
 */
export class EndpointGrants {
  constructor(private readonly stack: Stack) {}

  /** Lets someone ask an endpoint. */
  invoke(endpoint: string, to: iam.IGrantable): void {
    allow(
      to,
      ['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointWithResponseStream'],
      [this.sagemaker('endpoint', endpoint)],
    );
  }

  /** Lets someone create an endpoint, move it between versions, and remove what of it is old. */
  deploy(endpoint: string, to: iam.IGrantable): void {
    // Creating and updating ask for the endpoint and for its configuration.
    const both = ['sagemaker:AddTags', 'sagemaker:CreateEndpoint', 'sagemaker:UpdateEndpoint'];
    allow(
      to,
      [...both, 'sagemaker:DeleteEndpoint', 'sagemaker:DescribeEndpoint'],
      [this.sagemaker('endpoint', endpoint)],
    );
    allow(
      to,
      [...both, 'sagemaker:CreateEndpointConfig', 'sagemaker:DeleteEndpointConfig', 'sagemaker:DescribeEndpointConfig'],
      [this.sagemaker('endpoint-config', below(endpoint))],
    );
    allow(
      to,
      [
        'sagemaker:AddTags',
        'sagemaker:CreateModel',
        'sagemaker:DeleteModel',
        'sagemaker:DescribeModel',
        'sagemaker:ListTags',
      ],
      [this.sagemaker('model', below(endpoint))],
    );
    allow(to, ['sagemaker:ListModels'], ['*']);
  }

  /**
   * Lets someone begin, change and end the scaling of an endpoint. Application Auto Scaling acts with the permissions of
   * whoever registers: it looks at the endpoint and makes alarms of its own. Source: Application Auto Scaling user guide,
   * "Identity-based policy examples"; SageMaker developer guide, "Auto scaling prerequisites".
   *
   * The condition does not say which endpoint: targets have ids of AWS, and RegisterScalableTarget takes tags only for a
   * target that is new, while the limits of one that is there are set by registering it again. So whoever may do this to
   * one endpoint of an account may do it to all; what it takes on the endpoint and on alarms is allowed for its own only.
   */
  scale(endpoint: string, to: iam.IGrantable): void {
    const target = this.arn('application-autoscaling', 'scalable-target', '*');
    allow(
      to,
      [
        'application-autoscaling:DeregisterScalableTarget',
        'application-autoscaling:PutScalingPolicy',
        'application-autoscaling:RegisterScalableTarget',
      ],
      [target],
      {
        StringEquals: {
          'application-autoscaling:service-namespace': 'sagemaker',
          'application-autoscaling:scalable-dimension': SCALABLE_DIMENSION,
        },
      },
    );
    allow(
      to,
      ['sagemaker:DescribeEndpoint', 'sagemaker:UpdateEndpointWeightsAndCapacities'],
      [this.sagemaker('endpoint', endpoint)],
    );
    allow(to, ['sagemaker:DescribeEndpointConfig'], [this.sagemaker('endpoint-config', below(endpoint))]);
    allow(
      to,
      ['cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm'],
      [this.alarm(`TargetTracking-endpoint/${endpoint}/*`)],
    );
    allow(
      to,
      ['iam:CreateServiceLinkedRole'],
      [`arn:${Aws.PARTITION}:iam::${this.stack.account}:role/aws-service-role/${SCALING_SERVICE}/*`],
      { StringEquals: { 'iam:AWSServiceName': SCALING_SERVICE } },
    );
  }

  /** Lets someone create, arm and delete the alarms of an endpoint, and read how they went. */
  watch(endpoint: string, to: iam.IGrantable): void {
    allow(
      to,
      [
        'cloudwatch:DeleteAlarms',
        'cloudwatch:DescribeAlarmHistory',
        'cloudwatch:DescribeAlarms',
        'cloudwatch:PutMetricAlarm',
        'cloudwatch:TagResource',
      ],
      [this.alarm(below(endpoint))],
    );
  }

  /** Lets someone see the alarms of an endpoint. SageMaker asks for them while an update bakes. */
  seeAlarms(endpoint: string, to: iam.IGrantable): void {
    allow(to, ['cloudwatch:DescribeAlarms'], [this.alarm(below(endpoint))]);
  }

  private sagemaker(resource: string, name: string): string {
    return this.arn('sagemaker', resource, name);
  }

  private alarm(name: string): string {
    return this.arn('cloudwatch', 'alarm', name, ArnFormat.COLON_RESOURCE_NAME);
  }

  private arn(service: string, resource: string, resourceName: string, arnFormat?: ArnFormat): string {
    return this.stack.formatArn({
      service,
      resource,
      resourceName,
      ...(arnFormat === undefined ? {} : { arnFormat }),
    });
  }
}

const below = (endpoint: string): string => `${ownStart(endpoint)}*`;

/** What others may do with one endpoint. */
export class ServingEndpointGrants {
  constructor(
    private readonly all: EndpointGrants,
    private readonly endpoint: string,
  ) {}

  /** Lets someone ask the endpoint. */
  invoke(to: iam.IGrantable): void {
    this.all.invoke(this.endpoint, to);
  }
}

/** Grants the verbs `deploy` and `invoke` on one endpoint, and those of its scaling and alarms. */
export function endpointGrantors(
  all: EndpointGrants,
  endpoint: string,
): Required<Pick<Grantors, 'endpoint' | 'scaling' | 'alarm'>> {
  const own = (name: string): string => {
    if (name !== endpoint) throw new Error(`This is the endpoint ${endpoint}, so it grants nothing on ${name}`);
    return name;
  };
  return {
    endpoint: (verb, name, to) => {
      if (verb === 'deploy') all.deploy(own(name), to);
      else if (verb === 'invoke') all.invoke(own(name), to);
      else
        throw new Error(`The endpoint ${endpoint} grants nobody to ${verb} endpoints: that is for all of a platform`);
    },
    scaling: (_verb, name, to) => all.scale(own(name), to),
    alarm: (verb, name, to) => (verb === 'set' ? all.watch(own(name), to) : all.seeAlarms(own(name), to)),
  };
}
