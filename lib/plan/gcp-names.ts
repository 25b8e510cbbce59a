import { eachEntry } from '../spec/each-entry';
import { LIKE_GOOGLE, RESERVED_PREFIX } from '../spec/gcp-target';
import { ENVIRONMENTS } from '../spec/overlay';
import type { Finding } from '../spec/problem';
import type { SpecCheck } from '../spec/references';

const within = (name: string): Pick<Finding, 'message' | 'received' | 'allowed' | 'fix'> => ({
  message: `is part of the names of buckets, and Cloud Storage makes none whose name has ${LIKE_GOOGLE.exec(name)?.[0]} in it`,
  received: JSON.stringify(name),
  allowed: 'a name without google, also in a close misspelling, on Google Cloud',
  fix: 'choose another name',
});

/**
 * Names that Google keeps for itself: that of the platform begins every topic and bucket, those of environments and zones go
 * into the names of buckets. Names of models go into those of topics alone, of which only the beginning is reserved.
 */
export const googleNames: SpecCheck = ({ name, environment, gcp, dataLake }, report) => {
  if (gcp === undefined) return;
  if (name.startsWith(RESERVED_PREFIX))
    report({
      path: ['name'],
      message: `begins the names of buckets and topics, and Google makes none that begin with ${RESERVED_PREFIX}`,
      allowed: `a name that does not begin with ${RESERVED_PREFIX}, on Google Cloud`,
      fix: 'choose another name',
    });
  else if (LIKE_GOOGLE.test(name)) report({ path: ['name'], ...within(name) });
  if (environment !== undefined && LIKE_GOOGLE.test(environment))
    report({ path: [ENVIRONMENTS, environment], at: 'key', ...within(environment) });
  eachEntry(dataLake?.zones ?? {}, (_zone, zone) => {
    if (LIKE_GOOGLE.test(zone)) report({ path: ['dataLake', 'zones', zone], at: 'key', ...within(zone) });
  });
};
