import { SPEND_RECORDS } from '../../plan/gcp-access';
import { spendSignals } from '../../plan/signals';
import { announceStep } from '../alerts/announce';
import { HTTP_ROUTINES } from '../workflow/http-steps';
import { RECORD_ROUTINES, readStep, writeStep } from '../workflow/record-steps';
import { expr, type Routine, type Step, type WorkflowSource } from '../workflow/syntax';

/** Less than shares differ by: what is reached is told as a fraction. */
const TOLERANCE = 0.000_001;

/** What a share can be of, and where a message of the budget says so. */
const KINDS = {
  spent: 'alertThresholdExceeded',
  forecast: 'forecastThresholdExceeded',
} as const;

/**
 * The workflow that tells of a budget's shares, each once a month when it is spent and once when it is forecast to be.
 * Google publishes what is spent many times a day, whether a share was reached or not, and names the highest one that was;
 * those below it were reached too. A share is recorded once it was told of, so a run that was cut tells of it again.
 * Source: Cloud Billing documentation, "Set up programmatic notifications", notification format.
 */
export function spendSource(platform: string, shares: readonly number[]): WorkflowSource {
  return {
    main: {
      params: ['event'],
      steps: [
        {
          decode: {
            assign: [
              { budget: expr('json.decode(base64.decode(event.data.message.data))') },
              { month: expr('text.substring(budget.costIntervalStart, 0, 7)') },
              {
                detail: expr('string(math.floor(budget.costAmount)) + " " + budget.currencyCode + " this month"'),
              },
              { told: [] },
            ],
          },
        },
        ...Object.entries(KINDS).flatMap(([kind, field]): readonly Step[] => [
          {
            [`take_${kind}`]: { assign: [{ reached: expr(`default(map.get(budget, "${field}"), 0)`) }] },
          },
          ...shares.map((share, i) => ifReached(kind, share, i)),
        ]),
        { give: { return: { told: expr('told') } } },
      ],
    },
    tell: tell(platform, shares),
    ...RECORD_ROUTINES,
    ...HTTP_ROUTINES,
  };
}

const ifReached = (kind: string, share: number, i: number): Step => ({
  [`is_${kind}_${i}`]: {
    switch: [
      {
        condition: expr(`reached > ${share / 100 - TOLERANCE}`),
        steps: [
          {
            [`tell_${kind}_${i}`]: {
              call: 'tell',
              args: { share: String(share), kind, month: expr('month'), detail: expr('detail') },
              result: 'new',
            },
          },
          {
            [`count_${kind}_${i}`]: {
              switch: [
                {
                  condition: expr('new'),
                  steps: [
                    { [`add_${kind}_${i}`]: { assign: [{ told: expr(`list.concat(told, "${kind} ${share}")`) }] } },
                  ],
                },
              ],
            },
          },
        ],
      },
    ],
  },
});

/** Tells of a share unless that was done this month; gives whether it did. */
const tell = (platform: string, shares: readonly number[]): Routine => ({
  params: ['share', 'kind', 'month', 'detail'],
  steps: [
    {
      name_record: { assign: [{ path: expr(`"${SPEND_RECORDS}/" + month + "/" + share + "-" + kind`) }] },
    },
    readStep('look', { path: expr('path'), result: 'record' }),
    { was_told: { switch: [{ condition: expr('record.found'), return: false }] } },
    {
      which: {
        switch: spendSignals(shares).map((signal, i) => ({
          condition: expr(`share == "${signal.threshold ?? 0}"`),
          steps: [announceStep(`announce_${i}`, platform, signal, { reason: 'kind', detail: 'detail' })],
        })),
      },
    },
    writeStep('keep', { path: expr('path'), value: { at: expr('time.format(sys.now())') } }),
    { done: { return: true } },
  ],
});
