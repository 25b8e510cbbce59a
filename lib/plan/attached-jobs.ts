import type { PlatformSpec } from '../spec/platform';

/** What of a platform runs on Vertex AI, which is in a network only through an attachment to it, each kind once. */
export function attachedJobs({ training, models }: Pick<PlatformSpec, 'training' | 'models'>): readonly string[] {
  const some = Object.values(models);
  return [
    ...(training?.cluster.kind === 'managed' ? ['managed trainings'] : []),
    ...(some.some(({ pipeline }) => pipeline !== undefined) ? ['steps of pipelines'] : []),
    ...(some.some(({ monitoring }) => monitoring?.drift !== undefined) ? ['drift jobs'] : []),
  ];
}
