import type { PlatformNames } from '../../plan/names';
import type { Signal } from '../../plan/signals';

/** Name of the alarm of a signal. Nothing but another name replaces an alarm, so it may have one. */
export const alarmName = (names: PlatformNames, { name }: Pick<Signal, 'name'>): string => names.of('rule', name);

/** Name of the dashboard of a model. */
export const modelDashboardName = (names: PlatformNames, model: string): string => names.of('rule', 'model', model);

/** Name of the dashboard over all models. */
export const platformDashboardName = (names: PlatformNames): string => names.of('rule', 'models');
