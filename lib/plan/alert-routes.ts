import type { MetricSignal } from './serving-signals';

type Routed = Pick<MetricSignal, 'name' | 'route'>;

/** Routes that signals name, each once. */
export const routesOf = (signals: readonly Routed[]): readonly string[] => [
  ...new Set(signals.flatMap(({ route }) => (route === undefined ? [] : [route]))),
];

/**
 * Who hears of each signal: the channel that is its route, or else the usual one. Nothing goes to others than those that it
 * names.
 *
 * @throws Error with every signal whose route is not there.
 */
export function channelFor<Channel>(
  signals: readonly Routed[],
  usual: Channel,
  routes: Readonly<Record<string, Channel>> = {},
): (signal: Routed) => Channel {
  const lost = signals.filter(({ route }) => route !== undefined && !Object.hasOwn(routes, route));
  if (lost.length > 0) {
    const named = lost.map(({ name, route }) => `${name} goes by ${route}`).join(', ');
    const known = Object.keys(routes);
    throw new Error(
      `There is no such route: ${named}. Allowed: ${known.length === 0 ? 'none' : known.join(', ')}. Give each as routes: { ${routesOf(lost).join(', ')} }, or remove route from the threshold.`,
    );
  }
  return ({ route }) => (route === undefined ? usual : (routes[route] ?? usual));
}
