import type { Resource } from './resource-schemas';

interface Template {
  readonly Resources?: Readonly<Record<string, Resource>>;
}

/**
 * A template as moto can make it: it finds no security groups in the launch template of a compute environment, and knows
 * jobs of one container on one node only.
 */
export function forMoto<T extends Template>(found: T): T {
  const resources = Object.entries(found.Resources ?? {});
  const [group] =
    resources.find(([id, { Type }]) => Type === 'AWS::EC2::SecurityGroup' && /^(Training|Cluster)/.test(id)) ?? [];
  const SecurityGroupIds = [{ 'Fn::GetAtt': [group, 'GroupId'] }];
  const mended = (resource: Resource): Resource => {
    const { Type, Properties = {}, ...rest } = resource;
    if (Type === 'AWS::Batch::ComputeEnvironment') {
      const ComputeResources = { SecurityGroupIds, ...(Properties.ComputeResources as object) };
      return { ...rest, Type, Properties: { ...Properties, ComputeResources } };
    }
    if (Type !== 'AWS::Batch::JobDefinition' || Properties.ContainerProperties !== undefined) return resource;
    return { ...rest, Type, Properties: { ...Properties, ContainerProperties: mainContainer(Properties) } };
  };
  return { ...found, Resources: Object.fromEntries(resources.map(([id, resource]) => [id, mended(resource)])) };
}

interface Node {
  readonly Container?: object;
  readonly EcsProperties?: { readonly TaskProperties: readonly { readonly Containers: readonly object[] }[] };
}

/** The container of the main node, the last where it has several. */
function mainContainer(properties: Readonly<Record<string, unknown>>): object | undefined {
  const nodes = (properties.NodeProperties as { readonly NodeRangeProperties: readonly Node[] } | undefined)
    ?.NodeRangeProperties;
  const { Container, EcsProperties } = nodes?.[0] ?? (properties as Node);
  const {
    DependsOn: _,
    Essential: __,
    Name: ___,
    ...container
  } = (EcsProperties?.TaskProperties[0]?.Containers.at(-1) ?? {}) as Readonly<Record<string, unknown>>;
  return Container ?? container;
}
