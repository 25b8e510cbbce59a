import { loadEveryEnvironment, loadPlatformSpec } from '../plan/load';
import { type PlatformPlan, planPlatform } from '../plan/platform-plan';
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
    const { idleCost } = await import('../aws/idle-cost.js');
    const checked = plans.map((plan) => ({ plan, costs: idleCost(plan) }));
    if (json)
      printJson(io, {
        platforms: checked.map(({ plan: { spec }, costs }) => ({
          name: spec.name,
          environment: spec.environment ?? null,
          idleCost: costs,
        })),
      });
    else io.out(checked.map(({ plan, costs }) => `${title(plan, io)}\n${costText(costs)}`).join(''));
    return EXIT.fine;
  });
}

const load = (file: string, environment: string | undefined): readonly PlatformPlan[] =>
  (environment === undefined
    ? [...loadEveryEnvironment(file).values()]
    : [loadPlatformSpec(file, { environment })]
  ).map(planPlatform);

const title = ({ spec: { name, environment } }: PlatformPlan, { colors }: Io): string =>
  `${colors.green('✓')} ${environment === undefined ? name : `${name} in ${environment}`}`;

type Costs = ReturnType<typeof import('../aws/idle-cost')['idleCost']>;

/** What is paid for while nothing runs, and what is not. */
function costText(costs: Costs): string {
  const lines = costs
    .filter(({ count }) => count > 0)
    .map(({ what, count, per, why }) => `    ${count} × ${what}, by the ${per} (${why})\n`);
  const free = costs.filter(({ count }) => count === 0).map(({ what }) => what);
  const nothing = free.length === 0 ? '' : `    nothing for ${free.join(', ')}\n`;
  return `  paid for while nothing runs:\n${lines.join('')}${nothing}`;
}
