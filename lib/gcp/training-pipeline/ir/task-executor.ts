import { MOUNT } from '../../jobs/job-code';
import type { Executor } from './pipeline-spec';
import { placeholder } from './placeholder';
import type { RenderProps } from './render-props';

/** What of the platform's own runs a task: it waits for something, so the smallest machine will do. */
const RESOURCES = { cpuLimit: 1, memoryLimit: 4, resourceCpuLimit: '1', resourceMemoryLimit: '4G' } as const;

/** A task of the platform's own program. */
export function taskExecutor(
  { target: { project, region }, tasks }: Pick<RenderProps, 'target' | 'tasks'>,
  task: 'job' | 'training' | 'register' | 'outcome',
  { name, kind, args }: { readonly name: string; readonly kind: string; readonly args: readonly string[] },
): Executor {
  const common = ['--project', project, '--location', region, '--root', placeholder.root, '--mount', MOUNT];
  return {
    container: {
      image: tasks.image,
      command: ['python3', tasks.path],
      args: [task, ...common, '--step', name, '--kind', kind, ...args],
      resources: RESOURCES,
    },
  };
}
