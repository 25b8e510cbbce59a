import { dependencies } from '../../../support/terraform-expressions';
import { resourcesOf, type TerraformStack } from '../../../support/terraform-stacks';
import { appliedBefore } from '../applied-before';
import type { Rule } from '../rule';
import { ALWAYS_ON, serviceOf } from '../services';

/** No resource is made before its APIs are on: in the same stack by order, otherwise by an earlier stack. */
export const afterApi: Rule = (stack, { platform }) => {
  const here = turnedOn(stack);
  const before = dependencies(stack);
  const earlier = new Set(appliedBefore(stack, platform).flatMap((one) => [...turnedOn(one).keys()]));
  return resourcesOf(stack).flatMap(({ address, type }) => {
    if (type === 'google_project_service' || !type.startsWith('google_')) return [];
    const service = serviceOf(type);
    if (service === undefined) return [{ address, message: `no API is known for ${type}: add it to the services` }];
    const needed = service.apis.filter((api) => !ALWAYS_ON.includes(api) && !earlier.has(api));
    return needed.flatMap((api) => {
      const turningOn = here.get(api);
      if (turningOn === undefined) return [{ address, message: `nothing turns ${api} on before it` }];
      return before.get(address)?.has(turningOn) ? [] : [{ address, message: `does not wait for ${turningOn}` }];
    });
  });
};

/** The resources that turn APIs on, by API. */
function turnedOn(stack: TerraformStack): ReadonlyMap<string, string> {
  const services = resourcesOf(stack).filter(({ type }) => type === 'google_project_service');
  return new Map(services.map(({ address, body }) => [String(body.service), address]));
}
