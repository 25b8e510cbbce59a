import type { PlatformNames } from '../plan/names';
import { PLATFORM_TAG } from '../plan/tags';
import type { DeployedStack } from './aws-account';

/** Start of the last part of the name of a model's stack. */
const MODEL = 'model-';

/** Stacks that others stand on: the last to go, the last one last. */
const LAST = ['operations', 'foundation'];

/** Stacks of a platform in the order in which they can go, together those that do not need each other. */
export function inOrderOfDeletion(
  stacks: readonly DeployedStack[],
  names: PlatformNames,
): readonly (readonly DeployedStack[])[] {
  const own = stacks.filter((stack) => partOf(stack, names) !== undefined);
  const of = (wanted: (part: string) => boolean) => own.filter((stack) => wanted(partOf(stack, names) ?? ''));
  return [
    of((part) => part.startsWith(MODEL)),
    of((part) => !part.startsWith(MODEL) && !LAST.includes(part)),
    ...LAST.map((last) => of((part) => part === last)),
  ].filter((together) => together.length > 0);
}

/** The model whose stack it is. */
export function modelOf(stack: DeployedStack, names: PlatformNames): string | undefined {
  const part = partOf(stack, names);
  return part?.startsWith(MODEL) === true ? part.slice(MODEL.length) : undefined;
}

/** Last part of the name of a stack of the platform, by name and tag: names of platforms may begin with one another. */
function partOf({ name, tags }: DeployedStack, { slug }: PlatformNames): string | undefined {
  return tags[PLATFORM_TAG] === slug && name.startsWith(`${slug}-`) ? name.slice(slug.length + 1) : undefined;
}
