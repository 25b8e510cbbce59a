import { Aws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { PLATFORM_TAG } from '../../plan/tags';
import { allow } from '../access/grant-statement';
import type { Grantors } from '../access/grantors';
import { SCORECARD_NAMESPACE } from '../monitoring/scorecard-metrics';
import { SCALABLE_DIMENSION } from '../serving-endpoint/endpoint-names';
import { grantPublishMetrics } from '../training-cluster/training-metrics';

/** What the machines that look after every endpoint of a platform may be granted. */
export type EveryEndpointGrantors = Required<Pick<Grantors, 'endpoint' | 'scaling' | 'alarm' | 'parameter' | 'metric'>>;

/**
 * Permissions on every endpoint of a platform and on what belongs to it, also of models that left the spec. All have
 * names that begin with the platform's; as names of other platforms may do so too, whatever deletes asks for the tag of
 * the platform as well.
 */
export function everyEndpoint(scope: Construct, names: PlatformNames): EveryEndpointGrantors {
  const stack = Stack.of(scope);
  const start = `${names.slug}-`;
  const sagemaker = (resource: string) =>
    stack.formatArn({ service: 'sagemaker', resource, resourceName: `${start}*` });
  const [endpoints, configs, models] = ['endpoint', 'endpoint-config', 'model'].map(sagemaker) as [
    string,
    string,
    string,
  ];
  const alarm = (name: string) => `arn:${Aws.PARTITION}:cloudwatch:${stack.region}:${stack.account}:alarm:${name}`;
  const parameter = (name: string) =>
    `arn:${Aws.PARTITION}:ssm:${stack.region}:${stack.account}:parameter${names.parameter(name)}/*`;
  const ofThisPlatform = { StringEquals: { [`aws:ResourceTag/${PLATFORM_TAG}`]: names.slug } };

  return {
    endpoint: (verb, _name, to) => {
      switch (verb) {
        case 'list':
          allow(to, ['sagemaker:ListEndpoints'], ['*']);
          allow(to, ['sagemaker:ListTags'], [endpoints]);
          return;
        case 'retire':
          allow(to, ['sagemaker:ListEndpointConfigs', 'sagemaker:ListModels'], ['*']);
          allow(to, ['sagemaker:ListTags'], [configs, models]);
          allow(to, ['sagemaker:DeleteEndpoint'], [endpoints], ofThisPlatform);
          allow(to, ['sagemaker:DeleteEndpointConfig'], [configs], ofThisPlatform);
          allow(to, ['sagemaker:DeleteModel'], [models], ofThisPlatform);
          return;
        default:
          throw new Error(`${scope.node.path} looks after endpoints and cannot grant '${verb}' on one`);
      }
    },
    // Whoever ends the scaling of an endpoint needs the permissions of its parts too. Source: Application Auto Scaling
    // user guide, "Permissions required for API actions on target services and CloudWatch".
    scaling: (_verb, _name, to) => {
      const targets = stack.formatArn({
        service: 'application-autoscaling',
        resource: 'scalable-target',
        resourceName: '*',
      });
      allow(to, ['application-autoscaling:DeregisterScalableTarget'], [targets], {
        StringEquals: {
          'application-autoscaling:service-namespace': 'sagemaker',
          'application-autoscaling:scalable-dimension': SCALABLE_DIMENSION,
        },
      });
      allow(to, ['sagemaker:DescribeEndpoint', 'sagemaker:DescribeEndpointConfig'], [endpoints, configs]);
      allow(to, ['cloudwatch:DeleteAlarms'], [alarm(`TargetTracking-endpoint/${start}*`)]);
    },
    alarm: (_verb, _name, to) => {
      allow(to, ['cloudwatch:DescribeAlarms'], [alarm('*')]);
      allow(to, ['cloudwatch:ListTagsForResource'], [alarm(`${start}*`)]);
      allow(to, ['cloudwatch:DeleteAlarms'], [alarm(`${start}*`)], ofThisPlatform);
    },
    parameter: (verb, name, to) =>
      allow(to, verb === 'read' ? ['ssm:GetParameter'] : ['ssm:DeleteParameter', 'ssm:PutParameter'], [
        parameter(name),
      ]),
    metric: (_verb, _name, to) => grantPublishMetrics([SCORECARD_NAMESPACE], to),
  };
}
