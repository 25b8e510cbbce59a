import { z } from 'zod';
import { money, percent } from './quantity';
import { uniqueItems } from './unique';

/** Shares of the monthly budget at which somebody is told. */
export const DEFAULT_BUDGET_ALERTS = ['50%', '80%', '100%'] as const;

const budget = z.strictObject({
  monthly: money({ min: 1 }).describe('Amount a month, for example 5000 USD.'),
  alertAt: uniqueItems(
    z
      .array(percent({ min: 1, max: 1000 }))
      .min(1)
      .max(5),
    'share',
  )
    .prefault([...DEFAULT_BUDGET_ALERTS])
    .describe('Shares of the amount at which the alert channel is told, actual and forecast.'),
});

export const governance = z
  .strictObject({ budget: budget.optional().describe('Monthly budget of this platform, found by its tags.') })
  .prefault({})
  .describe('Rules that hold for the whole platform.');

export type GovernanceSpec = z.output<typeof governance>;
export type BudgetSpec = z.output<typeof budget>;
