/** Ranges of a network in one region. */
export interface AddressPlan {
  /** Of the subnetwork that everything runs in. */
  readonly subnetwork: string;
  /** Address of the endpoint for Google's APIs, of no subnetwork. */
  readonly googleApis: string;
}

/**
 * Divides a range such as `10.42.0.0/16`: its first half is the subnetwork, which spans all zones of the region; of the
 * second half, one address leads to Google's APIs and the rest stays free for subnetworks that load balancers or published
 * services ask for. Source: Virtual Private Cloud documentation, "Access Google APIs through endpoints": the address of an
 * endpoint lies in no subnetwork.
 */
export function planAddresses(cidr: string): AddressPlan {
  const [address = '', length = ''] = cidr.split('/');
  const prefix = Number(length);
  const size = 2 ** (32 - prefix);
  const asked = address.split('.').reduce((number, octet) => number * 256 + Number(octet), 0);
  const base = Math.floor(asked / size) * size;
  return { subnetwork: `${dotted(base)}/${prefix + 1}`, googleApis: dotted(base + size / 2 + 2) };
}

const dotted = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
