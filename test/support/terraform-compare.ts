import type { TerraformPlatform, TerraformStack } from './terraform-stacks';

/** Stacks that are not the same, byte for byte: changed, new or gone, by name. */
export function differingStacks(
  before: readonly TerraformStack[],
  after: readonly TerraformStack[],
): readonly string[] {
  const bytes = (stacks: readonly TerraformStack[]) =>
    new Map(stacks.map(({ name, json }) => [name, JSON.stringify(json)]));
  const [old, now] = [bytes(before), bytes(after)];
  const names = new Set([...old.keys(), ...now.keys()]);
  return [...names].filter((name) => old.get(name) !== now.get(name)).sort();
}

/** What differs between two syntheses of the same platforms, `platform stack` each: nothing, or synthesis is not pure. */
export function impureStacks(synth: () => readonly TerraformPlatform[]): readonly string[] {
  const [first, second] = [synth(), synth()];
  const names = (platforms: readonly TerraformPlatform[]) => platforms.map(({ name }) => name).join(', ');
  if (names(first) !== names(second)) return [`platforms: ${names(first)} / ${names(second)}`];
  return first.flatMap(({ name, stacks }, i) =>
    differingStacks(stacks, second[i]?.stacks ?? []).map((stack) => `${name} ${stack}`),
  );
}
