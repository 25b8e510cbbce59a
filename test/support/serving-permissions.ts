import { EVERY } from '../../lib/plan/access';
import type { Rule } from './permissions';

/** Name of what the platform's endpoints, configurations, models and alarms start with, for an edge to one or to all. */
const start = (name: string, slug: string): string => (name === EVERY ? `${slug}-` : name);

/** `endpoint/<name>`, or what belongs to it: its name and more, such as `endpoint-config/<name>--3-abcd`. */
function owns(resource: string, kinds: readonly string[], name: string, slug: string): boolean {
  const begin = start(name, slug);
  const own = name === EVERY ? `${begin}*` : begin;
  return kinds.some((kind) =>
    resource.endsWith(`:${kind}/${kind === 'endpoint' ? own : name === EVERY ? own : `${begin}--*`}`),
  );
}

const HOSTING = ['endpoint', 'endpoint-config', 'model'];
const LISTS = ['sagemaker:ListEndpoints', 'sagemaker:ListEndpointConfigs', 'sagemaker:ListModels'];
const DEPLOY =
  /^sagemaker:(Create|Delete|Describe)(Endpoint|EndpointConfig|Model)$|^sagemaker:(UpdateEndpoint|AddTags|ListTags)$/;

export const endpoint: Rule = ({ action, resource, condition }, { verb, name }, { names: { slug } }) => {
  const own = owns(resource, HOSTING, name, slug);
  switch (verb) {
    case 'deploy':
      return (
        (own && DEPLOY.test(action)) ||
        (resource === '*' && action === 'sagemaker:ListModels') ||
        // Disks of the machines are encrypted: the service takes a grant of its own.
        (action === 'kms:CreateGrant' &&
          resource === `</mlops/${slug}/keys/artifacts>` &&
          condition === '{Bool: {kms:GrantIsForAWSResource: true}}') ||
        (action === 'iam:PassRole' &&
          /\/Serving\/Hosting\/Workload\/Role\/Resource>$/.test(resource) &&
          condition === '{StringEquals: {iam:PassedToService: sagemaker.amazonaws.com}}')
      );
    case 'retire':
      return (
        (resource === '*' && LISTS.includes(action)) ||
        (own &&
          ['sagemaker:ListTags', 'sagemaker:DescribeEndpoint', 'sagemaker:DescribeEndpointConfig'].includes(action)) ||
        // What a slug begins is not yet this platform's: its tag has to say so too.
        (own &&
          /^sagemaker:Delete(Endpoint|EndpointConfig|Model)$/.test(action) &&
          condition.includes(`mlops-platform: ${slug}`))
      );
    case 'list':
      return (resource === '*' && action === 'sagemaker:ListEndpoints') || (own && action === 'sagemaker:ListTags');
    default:
      return false;
  }
};

export const scaling: Rule = ({ action, resource, condition }, { name }, { names: { slug } }) => {
  const own = name === EVERY ? `${slug}-*` : name;
  return (
    (/^application-autoscaling:((Register|Deregister)ScalableTarget|PutScalingPolicy|DescribeScal\w+)$/.test(action) &&
      resource.endsWith(':scalable-target/*') &&
      condition.includes('application-autoscaling:service-namespace: sagemaker')) ||
    (/^cloudwatch:(PutMetricAlarm|DeleteAlarms|DescribeAlarms)$/.test(action) &&
      resource.endsWith(`:alarm:TargetTracking-endpoint/${name === EVERY ? own : `${own}/*`}`)) ||
    (/^sagemaker:(Describe|Update)Endpoint(Config|WeightsAndCapacities)?$/.test(action) &&
      owns(resource, ['endpoint', 'endpoint-config'], name, slug)) ||
    (action === 'iam:CreateServiceLinkedRole' && condition.includes('sagemaker.application-autoscaling.amazonaws.com'))
  );
};

export const alarm: Rule = ({ action, resource, condition }, { name, verb }, { names: { slug } }) =>
  (verb === 'read' && action === 'cloudwatch:DescribeAlarms' && resource.endsWith(`:alarm:${name}--*`)) ||
  (verb === 'set' &&
    /^cloudwatch:(DeleteAlarms|DescribeAlarms|DescribeAlarmHistory|ListTagsForResource|PutMetricAlarm|TagResource)$/.test(
      action,
    ) &&
    resource.endsWith(`:alarm:${name === EVERY ? `${slug}-*` : `${name}--*`}`) &&
    (name !== EVERY || action !== 'cloudwatch:DeleteAlarms' || condition.includes(`mlops-platform: ${slug}`))) ||
  // Alarms are listed by a prefix, which IAM does not know.
  (verb === 'set' && action === 'cloudwatch:DescribeAlarms' && resource.endsWith(':alarm:*'));
