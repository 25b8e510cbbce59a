import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { ownStart } from '../../serving-endpoint/endpoint-names';
import { listStates } from './list-states';
import { literal, NOTHING } from './machine-props';
import { ofEndpoint, type RetireMachineProps, tryAgain } from './retire-props';

/** One kind of thing that is made for an endpoint at run time. All have names that begin with that of the endpoint. */
interface Kind {
  /** Start of the names of its states: `Configs`. */
  readonly prefix: string;
  /** What one is called in an alert. */
  readonly word: string;
  readonly list: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Member of a page that lists them, and the members of each with its name and ARN. */
  readonly members: readonly [items: string, name: string, arn: string];
  readonly tags: string;
  readonly tagsArgument: string;
  readonly remove: string;
  readonly removeArgs: Readonly<Record<string, unknown>>;
  /** Error of a deletion of what is gone already, where it has a name. */
  readonly gone?: string;
}

/** What is said of a model that was marked. */
const MARKED = 'No approval deploys it any more; to have it serve again, promote a version by hand.';

const NAME = expr('$states.input.name');
/** Start of the names of what belongs to the endpoint, in JSONata. */
const OWN_START = `$endpoint & ${literal(ownStart(''))}`;
const NAMED = { NameContains: expr(OWN_START), MaxResults: 100 };

/** In the order of deletion: what uses something goes before it. */
const KINDS: readonly Kind[] = [
  {
    prefix: 'Alarms',
    word: 'alarm',
    list: 'cloudwatch:describeAlarms',
    args: { AlarmNamePrefix: expr(OWN_START), AlarmTypes: ['MetricAlarm'], MaxRecords: 100 },
    members: ['MetricAlarms', 'AlarmName', 'AlarmArn'],
    tags: 'cloudwatch:listTagsForResource',
    tagsArgument: 'ResourceARN',
    remove: 'cloudwatch:deleteAlarms',
    removeArgs: { AlarmNames: [NAME] },
    gone: 'CloudWatch.ResourceNotFoundException',
  },
  {
    prefix: 'Configs',
    word: 'configuration',
    list: 'sagemaker:listEndpointConfigs',
    args: NAMED,
    members: ['EndpointConfigs', 'EndpointConfigName', 'EndpointConfigArn'],
    tags: 'sagemaker:listTags',
    tagsArgument: 'ResourceArn',
    remove: 'sagemaker:deleteEndpointConfig',
    removeArgs: { EndpointConfigName: NAME },
  },
  {
    prefix: 'Models',
    word: 'model',
    list: 'sagemaker:listModels',
    args: NAMED,
    members: ['Models', 'ModelName', 'ModelArn'],
    tags: 'sagemaker:listTags',
    tagsArgument: 'ResourceArn',
    remove: 'sagemaker:deleteModel',
    removeArgs: { ModelName: NAME },
  },
];

/** Deletes what is left once the endpoint is gone. */
export function retireLeftoverStates(props: RetireMachineProps): Readonly<Record<string, AslState>> {
  const states = KINDS.map((kind, index) => {
    const following = KINDS[index + 1];
    return kindStates(kind, props.slug, following === undefined ? 'Report' : `${following.prefix}List`);
  });
  return {
    ...Object.assign({}, ...states),
    Report: { Type: 'Pass', Output: expr(REPORT), End: true },
  };
}

function kindStates(kind: Kind, slug: string, next: string): Readonly<Record<string, AslState>> {
  const { prefix, members, gone } = kind;
  const [items, name, arn] = members;
  const done = { Output: NOTHING, Next: `${prefix}Done` };
  return {
    ...listStates({
      prefix,
      action: kind.list,
      args: kind.args,
      keep: `$page.${items}[$substring(${name}, 0, $length(${OWN_START})) = (${OWN_START})].{ "name": ${name}, "arn": ${arn} }`,
      into: 'found',
      next: `${prefix}Delete`,
    }),
    [`${prefix}Delete`]: {
      Type: 'Map',
      Items: expr('$found'),
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: `${prefix}Tags`,
        States: {
          [`${prefix}Tags`]: call(
            kind.tags,
            { [kind.tagsArgument]: expr('$states.input.arn') },
            {
              Retry: retry(),
              Assign: { belongs: expr(ofEndpoint(slug)) },
              Output: expr('$states.input'),
              Next: `${prefix}Ours`,
            },
          ),
          [`${prefix}Ours`]: {
            Type: 'Choice',
            Choices: [{ Condition: expr('$belongs'), Next: `${prefix}Remove` }],
            Default: `${prefix}Done`,
            Output: NOTHING,
          },
          [`${prefix}Remove`]: call(kind.remove, kind.removeArgs, {
            Retry: retry(...(gone === undefined ? [] : [gone])),
            ...(gone === undefined ? {} : { Catch: [{ ErrorEquals: [gone], ...done }] }),
            Output: expr(`'the ${kind.word} ' & $states.input.name`),
            Next: `${prefix}Done`,
          }),
          [`${prefix}Done`]: { Type: 'Succeed' },
        },
      },
      Catch: tryAgain,
      Assign: { removed: expr("[$removed, $states.result[$ != '']]") },
      Next: next,
    },
  };
}

/** Nobody has to hear of a model of which nothing was there, or that was retired before. */
const REPORT = oneLine(`(
  $all := [$removed, $told ? [] : $kept.texts];
  $deleted := $count($all) = 0 ? 'Nothing of it was there.' : 'Deleted: ' & $join($all, ', ') & '.';
  $merge([{ 'shell': $shell, 'since': $since },
    $marked ? { 'outcome': 'retired', 'detail': $deleted & ' ${MARKED}' }
    : $count($all) > 0 ? { 'outcome': 'retired', 'detail': $deleted }
    : { 'outcome': 'nothing', 'detail': $told
        ? 'It was retired before, and there was nothing left to do.' : 'Nothing of the model was there.' }
  ])
)`);
