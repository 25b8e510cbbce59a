import type { PrivateService } from '../../plan/network-needs';

/**
 * Interfaces of each service by the name that AWS gives them; objects have a gateway, which costs nothing. Sources:
 * SageMaker developer guide, "Give SageMaker training jobs access to resources in your VPC"; Amazon ECS developer guide
 * and Amazon ECR user guide, "Interface VPC endpoints".
 */
export const INTERFACE_NAMES: Readonly<Record<Exclude<PrivateService, 'objects'>, readonly string[]>> = {
  catalog: ['glue'],
  metrics: ['monitoring'],
  logs: ['logs'],
  images: ['ecr.api', 'ecr.dkr'],
  containers: ['ecs', 'ecs-agent', 'ecs-telemetry'],
};
