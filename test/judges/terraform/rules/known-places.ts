import { resourcesOf, stringsIn } from '../../../support/terraform-stacks';
import type { Rule } from '../rule';

/** Places that are no region: of data that lives in several, and of what has none. */
const WIDER = ['global', 'eu', 'us', 'europe', 'asia'];

const ARGUMENT = /(^|\.)(location|region|zone|locations\.\d+|zones\.\d+|distribution_policy_zones\.\d+)$/;
const IN_A_NAME =
  /\/(?:locations|regions|zones)\/([a-z][a-z0-9-]*)(?![\w{$])|\b([a-z]+-[a-z]+\d+)(?=-(?:docker\.pkg\.dev|aiplatform\.googleapis\.com))/g;

/** Google's provider plans a region that does not exist: only those of the plan's tables are accepted. */
export const knownPlaces: Rule = (stack, { machines }) => {
  const regions = new Set(Object.values(machines.roles).flatMap((role) => [...role.regions]));
  const unknown = (place: string) => {
    const region = place.replace(/-[a-z]$/, '');
    return !WIDER.includes(place.toLowerCase()) && !regions.has(region);
  };
  return resourcesOf(stack).flatMap(({ address, body }) =>
    stringsIn(body).flatMap(({ path, text }) => {
      const whole = ARGUMENT.test(path) && !text.includes('${') && !text.includes('/') ? [text] : [];
      const named = [...text.matchAll(IN_A_NAME)].flatMap(([, location, host]) => location ?? host ?? []);
      return [...new Set([...whole, ...named])]
        .filter(unknown)
        .map((place) => ({ address, message: `${path} is in ${place}, which is in no table` }));
    }),
  );
};
