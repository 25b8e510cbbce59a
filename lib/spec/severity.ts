/** How loud a signal is. critical: a person should look now. warning: today. */
export const SEVERITIES = ['warning', 'critical'] as const;

/** How loud a signal is that says nothing of it. */
export const DEFAULT_SEVERITY = 'warning';
