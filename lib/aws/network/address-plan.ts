/** Zones for which a network has room. */
export const MAX_ZONES = 3;

/** Ranges of the subnets of a network, one a zone. */
export interface AddressPlan {
  readonly privateRanges: readonly string[];
  readonly publicRanges: readonly string[];
}

/**
 * Divides an IPv4 range such as `10.42.0.0/16`: a quarter for the private subnet of each of three zones, and of the last
 * quarter a quarter for the public subnet of each. It does not depend on how many zones or gateways there are, because a
 * subnet whose range changes is replaced.
 */
export function planAddresses(cidr: string): AddressPlan {
  const [address = '', length = ''] = cidr.split('/');
  const prefix = Number(length);
  const size = 2 ** (32 - prefix);
  const asked = address.split('.').reduce((number, octet) => number * 256 + Number(octet), 0);
  const base = Math.floor(asked / size) * size;
  const quarters = (from: number, bits: number) =>
    Array.from({ length: MAX_ZONES }, (_, i) => `${dotted(from + i * 2 ** (32 - bits))}/${bits}`);
  return { privateRanges: quarters(base, prefix + 2), publicRanges: quarters(base + (size / 4) * 3, prefix + 4) };
}

const dotted = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
