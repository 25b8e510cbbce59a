import type { PlatformSpec } from '../spec/platform';

/**
 * Services that something inside the private subnets calls. objects: files and image layers. catalog: tables of the lake.
 * metrics, logs: what a workload measures and prints. images: the registry of container images. containers: the service
 * that tells nodes of a queue what to run.
 */
export const PRIVATE_SERVICES = ['objects', 'catalog', 'metrics', 'logs', 'images', 'containers'] as const;
export type PrivateService = (typeof PRIVATE_SERVICES)[number];

/** One service that must be reachable from the private subnets. */
export interface NetworkNeed {
  readonly service: PrivateService;
  /** Who calls it and what for. */
  readonly why: string;
}

/**
 * What the chosen capabilities call from inside the private subnets, each service once, in the order of
 * `PRIVATE_SERVICES`. The managed training service pulls images and ships logs over its own network, so only what the
 * training's own program calls is needed there; nodes of a queue do all of it themselves. Encryption, decryption and
 * credentials are dealt with by the services and the node, none of them by a call from the subnets.
 */
export function networkNeeds({
  training,
  models = {},
}: Pick<PlatformSpec, 'training'> & Partial<Pick<PlatformSpec, 'models'>>): readonly NetworkNeed[] {
  const serves = Object.values(models).some(({ serving }) => serving !== undefined);
  const queue = training?.cluster.kind === 'batch';
  const whys: Readonly<Record<PrivateService, string | false>> = {
    objects:
      (training !== undefined && 'trainings read data and write artifacts and checkpoints') ||
      (serves && 'endpoints fetch the models that they serve'),
    catalog: training !== undefined && training.reads.length > 0 && 'trainings look up the tables that they read',
    metrics:
      (training !== undefined && 'trainings publish what they measure') ||
      (serves && 'endpoints publish what they measure'),
    logs: queue && 'nodes of the queue send what trainings print',
    images: queue && 'nodes of the queue pull the container that trains',
    containers: queue && 'nodes of the queue register and ask what to run',
  };
  return PRIVATE_SERVICES.flatMap((service) => {
    const why = whys[service];
    return why === false ? [] : [{ service, why }];
  });
}
