import { OPERATIONS_SIGNALS } from '../../../plan/outcome-signals';
import { SCORECARD_METRICS, type ScorecardMetric } from '../../../plan/scorecard';
import { MODEL_LABEL, PLATFORM_LABEL, SCORECARD_RESOURCE, scorecardType } from '../../monitoring/scorecard-metrics';
import { apiCall, HTTP_ROUTINES } from '../../workflow/http-steps';
import { RECORD_ROUTINES, readStep } from '../../workflow/record-steps';
import { expr, type Routine, type Step, type WorkflowSource } from '../../workflow/syntax';
import { ANNOUNCED_ERRORS, type OperationsWorkflowProps } from './operations-props';
import { platformEndpointsRoutine } from './platform-endpoints';
import { toldWhenFailed } from './told';

/** Series of one write. Source: Cloud Monitoring API, projects.timeSeries.create: at most 200. */
const MOST_SERIES = 200;

/**
 * The workflow that publishes how many models serve and how long ago the version of each was promoted. A record that it
 * cannot read leaves out that age, and is told of once all the others are published.
 *
 * Nothing declares the metrics: the first write does. Declared by Terraform they would be one resource of a project for
 * all its platforms, and its deletion waits for minutes.
 */
export function scorecardWorkflow(props: OperationsWorkflowProps): WorkflowSource {
  return {
    main: {
      params: ['input'],
      steps: [
        { begin: { assign: [{ models: [] }, { unreadable: [] }, { now: expr('sys.now()') }] } },
        toldWhenFailed(
          [
            { find: { call: 'platform_endpoints', result: 'endpoints' } },
            ...ageSteps(props),
            ...publishSteps(props),
            {
              is_complete: {
                switch: [
                  {
                    condition: expr('len(unreadable) > 0'),
                    raise: expr(
                      '"The record of the version that serves cannot be read of: " + json.encode_to_string(unreadable) + ". It is the object models/<model>/champion; promote a version, which writes it anew."',
                    ),
                  },
                ],
              },
            },
          ],
          {
            platform: props.platform,
            failed: OPERATIONS_SIGNALS.scorecardFailed,
            error: ANNOUNCED_ERRORS.scorecard,
          },
        ),
        { give: { return: { outcome: 'published', models: expr('len(models)') } } },
      ],
    },
    age_of: AGE_OF,
    platform_endpoints: platformEndpointsRoutine(props),
    ...HTTP_ROUTINES,
    ...RECORD_ROUTINES,
  };
}

const { modelsInProduction, championAge } = SCORECARD_METRICS;

/** One series with one point. */
const series = (metric: ScorecardMetric, { target }: OperationsWorkflowProps, labels: object, value: string) => ({
  metric: { type: scorecardType(metric), labels },
  resource: { type: SCORECARD_RESOURCE, labels: { project_id: target.project } },
  metricKind: 'GAUGE',
  valueType: 'DOUBLE',
  points: [{ interval: { endTime: expr('time.format(now)') }, value: { doubleValue: expr(value) } }],
});

/** The age of what each model serves; where nobody was promoted yet there is none. */
const ageSteps = (props: OperationsWorkflowProps): readonly Step[] => [
  { no_ages: { assign: [{ ages: [] }] } },
  {
    each: {
      for: {
        value: 'endpoint',
        in: expr('endpoints'),
        steps: [
          {
            counts: {
              switch: [
                { condition: expr('not(endpoint.serves) or endpoint.model == ""'), next: 'continue' },
                { condition: expr('endpoint.model in models'), next: 'continue' },
              ],
            },
          },
          { count: { assign: [{ models: expr('list.concat(models, endpoint.model)') }] } },
          readStep('read_record', { path: expr('"models/" + endpoint.model + "/champion"'), result: 'record' }),
          { has_record: { switch: [{ condition: expr('not(record.found)'), next: 'continue' }] } },
          // A first version that is still being tried is in the record, and none was promoted yet.
          {
            has_champion: {
              switch: [
                {
                  condition: expr('get_type(record.value) == "map"'),
                  steps: [
                    {
                      is_first: {
                        switch: [{ condition: expr('map.get(record.value, "version") == null'), next: 'continue' }],
                      },
                    },
                  ],
                },
              ],
            },
          },
          {
            measure: {
              try: { call: 'age_of', args: { record: expr('record.value'), now: expr('now') }, result: 'age' },
              except: {
                as: 'e',
                steps: [
                  { note: { assign: [{ unreadable: expr('list.concat(unreadable, endpoint.model)') }] } },
                  { leave: { next: 'continue' } },
                ],
              },
            },
          },
          {
            take_age: {
              assign: [
                {
                  entry: series(
                    championAge,
                    props,
                    { [PLATFORM_LABEL]: props.platform, [MODEL_LABEL]: expr('endpoint.model') },
                    'age',
                  ),
                },
                { ages: expr('list.concat(ages, entry)') },
              ],
            },
          },
        ],
      },
    },
  },
];

/** Seconds since the promotion. Raises for a record without a time of it. */
const AGE_OF: Routine = {
  params: ['record', 'now'],
  steps: [{ give: { return: expr('math.max(0, now - time.parse(record.at))') } }],
};

/** Every age, and the number of models, in as few writes as the API allows. */
const publishSteps = (props: OperationsWorkflowProps): readonly Step[] => [
  {
    take_all: {
      assign: [
        {
          batch: [series(modelsInProduction, props, { [PLATFORM_LABEL]: props.platform }, 'len(models)')],
        },
      ],
    },
  },
  {
    publish_ages: {
      for: {
        value: 'entry',
        in: expr('ages'),
        steps: [
          { is_full: { switch: [{ condition: expr(`len(batch) < ${MOST_SERIES}`), next: 'add' }] } },
          write(props, 'publish_some'),
          { again: { assign: [{ batch: [] }] } },
          { add: { assign: [{ batch: expr('list.concat(batch, entry)') }] } },
        ],
      },
    },
  },
  write(props, 'publish'),
];

const write = ({ target }: OperationsWorkflowProps, name: string): Step =>
  apiCall(name, {
    method: 'POST',
    url: `https://monitoring.googleapis.com/v3/projects/${target.project}/timeSeries`,
    body: { timeSeries: expr('batch') },
  });
