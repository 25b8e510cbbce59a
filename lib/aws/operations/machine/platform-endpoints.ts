import { MODEL_TAG, PLATFORM_TAG } from '../../../plan/tags';
import { type AslState, call, expr } from '../../machine/asl';
import { retry } from '../../machine/retry';
import { listStates } from './list-states';
import { literal, NOTHING, tagged } from './machine-props';

/** The states that one endpoint of the platform goes through, given its `name`, `status` and `model` in `$endpoint`. */
export interface EachEndpoint {
  readonly StartAt: string;
  /** They end in `EndpointDone`; what they put out is put out for the endpoint, nothing for `''`. */
  readonly States: Readonly<Record<string, AslState>>;
}

/**
 * Goes through the endpoints of a platform, one after the other, and puts out what `each` gives for them. Whose an
 * endpoint is its tags say; all have a name that begins with the platform's, and so may others. One that is being deleted
 * is none any more; one without the tag of a model has the model `''`.
 */
export function platformEndpoints(slug: string, each: EachEndpoint, next: object): Readonly<Record<string, AslState>> {
  const start = `${slug}-`;
  return {
    ...listStates({
      prefix: 'Endpoints',
      action: 'sagemaker:listEndpoints',
      args: { NameContains: start, MaxResults: 100 },
      keep: `$page.Endpoints[$substring(EndpointName, 0, ${start.length}) = ${literal(start)} and EndpointStatus != 'Deleting'].{ "name": EndpointName, "arn": EndpointArn, "status": EndpointStatus }`,
      into: 'listed',
      next: 'EachEndpoint',
    }),
    EachEndpoint: {
      Type: 'Map',
      Items: expr('$listed'),
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'ReadTags',
        States: {
          ReadTags: call(
            'sagemaker:listTags',
            { ResourceArn: expr('$states.input.arn') },
            {
              Retry: retry(),
              Assign: {
                ours: expr(tagged({ [PLATFORM_TAG]: literal(slug) })),
                endpoint: {
                  name: expr('$states.input.name'),
                  status: expr('$states.input.status'),
                  model: expr(`$string($states.result.Tags[Key = ${literal(MODEL_TAG)}].Value) & ''`),
                },
              },
              Next: 'IsOurs',
            },
          ),
          IsOurs: {
            Type: 'Choice',
            Choices: [{ Condition: expr('$ours'), Next: each.StartAt }],
            Default: 'EndpointDone',
            Output: NOTHING,
          },
          ...each.States,
          EndpointDone: { Type: 'Succeed' },
        },
      },
      ...next,
    },
  };
}
