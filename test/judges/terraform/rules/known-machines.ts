import { MACHINE_ROLES, type MachineRole, type MachineType } from '../../../../lib/plan/machines/machines';
import { resourcesOf, type StringAt, stringsIn, type TerraformStack } from '../../../support/terraform-stacks';
import type { Rule, RuleContext } from '../rule';

const MACHINE = /(^|\.)machine_?type$/i;
const ACCELERATOR = /(^|\.)(accelerator_?type|(guest_?)?accelerators?(\.\d+)?\.type)$/i;
const BUYING = /(^|\.)(provisioning_?model|strategy)$/i;

const WAYS: Readonly<Record<string, string>> = {
  SPOT: 'spot',
  STANDARD: 'on-demand',
  ON_DEMAND: 'on-demand',
  FLEX_START: 'flex-start',
  RESERVATION_BOUND: 'reservation',
};

/** What a machine is for, by the type of the resource or the words of the API around it: each has its own regions. */
const ROLES: readonly (readonly [pattern: RegExp, roles: readonly MachineRole[]])[] = [
  [/^google_compute_/, ['batch']],
  [/dedicated_?resources/i, ['hosting', 'transform']],
  [/worker_?pool_?specs/i, ['training', 'processing']],
];

/** Google's provider plans any machine, accelerator and way of buying: only those of the plan's tables are accepted. */
export const knownMachines: Rule = (stack, { machines: catalog }) =>
  resourcesOf(stack).flatMap(({ address, type, body }) =>
    unitsOf(body).flatMap((value) => {
      const unit = stringsIn(value);
      const region = regionOf(body, stack);
      const valuesOf = (pattern: RegExp) => unit.filter(({ path, text }) => pattern.test(path) && !text.includes('${'));
      const machines = valuesOf(MACHINE);
      const accelerators = valuesOf(ACCELERATOR).map(({ text }) => text);
      const unknown = accelerators
        .filter((name) => !catalog.machines.some((machine) => isCalled(machine, name)))
        .map((name) => `the accelerator ${name} is in no table`);
      const ways = new Set(valuesOf(BUYING).flatMap(({ text }) => WAYS[text] ?? []));
      const wrong = machines.flatMap((machine) =>
        faultsOf(nameOf(machine), {
          catalog,
          accelerators,
          region,
          roles: ROLES.find(([pattern]) => pattern.test(`${type} ${machine.path}`))?.[1] ?? MACHINE_ROLES,
          ways: ways.size > 0 ? [...ways] : ['on-demand'],
        }),
      );
      const miscounted = machines.flatMap((machine) =>
        valuesOf(ACCELERATOR).flatMap((accelerator) => miscount(value, machine, accelerator, catalog)),
      );
      return [...new Set([...unknown, ...wrong, ...miscounted])].map((message) => ({ address, message }));
    }),
  );

interface Use {
  readonly catalog: RuleContext['machines'];
  readonly accelerators: readonly string[];
  readonly region: string | undefined;
  readonly roles: readonly MachineRole[];
  readonly ways: readonly string[];
}

function faultsOf(name: string, { catalog, accelerators, region, roles, ways }: Use): readonly string[] {
  const lines = linesOf(name, catalog);
  if (lines.length === 0) return [`the machine ${name} is in no table`];
  const taken = lines.some((line) => line.name.includes('+'));
  const suited = taken ? lines.filter((line) => accelerators.some((one) => isCalled(line, one))) : lines;
  if (suited.length === 0) return [`the machine ${name} does not take ${accelerators.join(', ') || 'no accelerator'}`];
  const offered = suited.flatMap((line) =>
    roles
      .filter((role) => line.offers[role]?.regions.has(region ?? '') ?? false)
      .map((role) => line.buying.filter((way) => catalog.roles[role].buying.includes(way)) as readonly string[]),
  );
  if (offered.length === 0) return [`the machine ${name} does not exist for ${roles.join(' or ')} in ${region}`];
  return ways
    .filter((way) => !offered.some((buying) => buying.includes(way)))
    .map((way) => `the machine ${name} cannot be had as ${way} for ${roles.join(' or ')}`);
}

/** One that takes its accelerators apart has a line for each number of them. */
function linesOf(name: string, catalog: RuleContext['machines']): readonly MachineType[] {
  return catalog.machines.filter((machine) => machine.name.split('+')[0] === name);
}

/** A number of accelerators beside a machine or below it, which no line of it has. */
function miscount(
  value: unknown,
  machine: StringAt,
  accelerator: StringAt,
  catalog: RuleContext['machines'],
): readonly string[] {
  if (!accelerator.path.startsWith(machine.path.replace(MACHINE, '$1'))) return [];
  const count = valueAt(value, accelerator.path.replace(/type$/, 'count').replace(/Type$/, 'Count'));
  if (count === undefined || `${count}`.includes('${')) return [];
  const name = nameOf(machine);
  return linesOf(name, catalog).some(
    (line) => isCalled(line, accelerator.text) && line.accelerator?.count === Number(count),
  )
    ? []
    : [`the machine ${name} does not have ${count} of ${accelerator.text}`];
}

/** The value at a path as `stringsIn` writes it. */
const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((at, key) => (at as Readonly<Record<string, unknown>> | undefined)?.[key], value);

/** The last part of an address, or the text itself. */
const nameOf = ({ text }: StringAt): string => text.split('/').at(-1) ?? text;

function isCalled({ accelerator }: MachineType, name: string): boolean {
  return accelerator?.names !== undefined && Object.values(accelerator.names).includes(name.split('/').at(-1) ?? name);
}

/** The resource, and each JSON document in it by itself: a document may be about another machine. */
function unitsOf(body: unknown): readonly unknown[] {
  const documents = stringsIn(body).flatMap(({ text }) => (/^\s*[[{]/.test(text) ? [parsed(text)] : []));
  return [body, ...documents];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function regionOf(body: Readonly<Record<string, unknown>>, { json }: TerraformStack): string | undefined {
  const provider = [json.provider?.google ?? []].flat()[0] as Readonly<Record<string, unknown>> | undefined;
  const places = [body.region, body.location, body.zone, provider?.region];
  const place = places.find((one): one is string => typeof one === 'string' && !one.includes('${'));
  return place?.replace(/(\d)-[a-z]$/, '$1');
}
