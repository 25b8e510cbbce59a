import type { IdleCost } from '../plan/idle-cost';
import { loadEveryEnvironment, loadPlatformSpec } from '../plan/load';
import { type PlatformPlan, planPlatform } from '../plan/platform-plan';
import { CLOUD_NAMES, type Cloud, cloudsOf } from '../spec/clouds';
import { EXIT, type ExitCode, type Io } from './io';
import { printJson } from './report';
import { reporting } from './with-spec';

/** `mlops validate`: checks one environment of a spec, or the spec and all of them, and says what each costs idle. */
export async function validate(
  file: string,
  { environment, json = false }: { readonly environment?: string; readonly json?: boolean },
  io: Io,
): Promise<ExitCode> {
  return reporting(json, io, async () => {
    const plans = load(file, environment);
    const idleCosts = { aws: await import('../aws/idle-cost.js'), gcp: await import('../gcp/idle-cost.js') };
    const checked = plans.flatMap((plan) =>
      cloudsOf(plan.spec).map((cloud) => ({ plan, cloud, costs: idleCosts[cloud].idleCost(plan) })),
    );
    if (json)
      printJson(io, {
        platforms: checked.map(({ plan: { spec }, cloud, costs }) => ({
          name: spec.name,
          environment: spec.environment ?? null,
          cloud,
          idleCost: costs,
        })),
      });
    else io.out(checked.map(({ plan, cloud, costs }) => `${title(plan, cloud, io)}\n${costText(costs)}`).join(''));
    return EXIT.fine;
  });
}

const load = (file: string, environment: string | undefined): readonly PlatformPlan[] =>
  (environment === undefined
    ? [...loadEveryEnvironment(file).values()]
    : [loadPlatformSpec(file, { environment })]
  ).map(planPlatform);

const title = ({ spec: { name, environment } }: PlatformPlan, cloud: Cloud, { colors }: Io): string =>
  `${colors.green('✓')} ${environment === undefined ? name : `${name} in ${environment}`} on ${CLOUD_NAMES[cloud]}`;

/** What is paid for while nothing runs, and what is not. */
function costText(costs: readonly IdleCost[]): string {
  const lines = costs
    .filter(({ count }) => count > 0)
    .map(({ what, count, per, why }) => `    ${count} × ${what}, by the ${per} (${why})\n`);
  const free = costs.filter(({ count }) => count === 0).map(({ what }) => what);
  const nothing = free.length === 0 ? '' : `    nothing for ${free.join(', ')}\n`;
  return `  paid for while nothing runs:\n${lines.join('')}${nothing}`;
}
