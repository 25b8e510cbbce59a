import type { TerraformPlatform, TerraformStack } from '../../support/terraform-stacks';

/** Stacks that are there when one is applied: those it waits for, and what those wait for. */
export function appliedBefore(stack: TerraformStack, { stacks }: TerraformPlatform): readonly TerraformStack[] {
  const found = new Set<TerraformStack>();
  const open = [stack];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { after } = next;
    const place = stacks.indexOf(next);
    for (const [i, one] of stacks.entries())
      if ((after?.includes(one.name) ?? i < place) && !found.has(one)) {
        found.add(one);
        open.push(one);
      }
  }
  return stacks.filter((one) => found.has(one));
}
