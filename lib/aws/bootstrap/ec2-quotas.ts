/**
 * Quotas of EC2 count vCPUs by class of instance.
 * Source: EC2 user guide, "Amazon EC2 instance type quotas" (names as Service Quotas shows them).
 */
const CLASSES: readonly (readonly [families: RegExp, onDemand: string, spot: string])[] = [
  [/^(g|vt)\d/, 'Running On-Demand G and VT instances', 'All G and VT Spot Instance Requests'],
  [/^p[5-9]/, 'Running On-Demand P instances', 'All P5 Spot Instance Requests'],
  [/^p\d/, 'Running On-Demand P instances', 'All P4, P3 and P2 Spot Instance Requests'],
  [/^trn/, 'Running On-Demand Trn instances', 'All Trn Spot Instance Requests'],
  [/^inf/, 'Running On-Demand Inf instances', 'All Inf Spot Instance Requests'],
];
const STANDARD = [
  'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances',
  'All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests',
] as const;

/** Name of the quota that machines of this type count against. */
export function ec2Quota(machine: string, capacity: 'on-demand' | 'spot'): string {
  const [, onDemand, spot] = CLASSES.find(([families]) => families.test(machine)) ?? [undefined, ...STANDARD];
  return capacity === 'spot' ? spot : onDemand;
}
