import { expr, type Step } from '../../workflow/syntax';

/** Ends the work with an outcome. */
export const end = (name: string, outcome: string, detail: string): Step => ({
  [name]: { assign: [{ outcome: outcome }, { detail }], next: 'worked' },
});

/** Looks at the endpoint as it is: `seen`, and `who` has its traffic. */
export const lookSteps = (name: string): readonly Step[] => [
  { [name]: { call: 'see_endpoint', args: { lock: expr('lock') }, result: 'seen' } },
  { [`${name}_took`]: { assign: [{ lock: expr('seen.lock') }] } },
  {
    [`${name}_who`]: {
      call: 'who_serves',
      args: { split: expr('seen.split'), models: expr('seen.models') },
      result: 'who',
    },
  },
];
