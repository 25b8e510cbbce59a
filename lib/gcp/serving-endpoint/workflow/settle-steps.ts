import { CHALLENGER_ALIAS, CHAMPION_ALIAS } from '../../model-registry/approval-convention';
import { apiCall } from '../../workflow/http-steps';
import { expr, quoted, type Routine, type Step } from '../../workflow/syntax';
import { servedName, servedPattern } from './deployment';
import { type RolloutWorkflowProps, vertexHost } from './rollout-props';

/**
 * Puts in order what is around the version that serves: `call: settle`, `args: { lock, record, version, keep }`, where
 * `version` is the one that was asked for, and `keep` the id of what another execution is still to go on with, or to take
 * back: what had the traffic before stays too then. Undeploys what the rollout deployed and has no traffic, keeps the
 * aliases, leads the address to the endpoint, and lets what has all traffic scale in. Gives `{ lock, serves }`. Does nothing
 * where all is in order.
 */
export function settleRoutine(props: RolloutWorkflowProps): Routine {
  const see = (name: string): readonly Step[] => [
    { [name]: { call: 'see_endpoint', args: { lock: expr('held') }, result: 'seen' } },
    { [`${name}_took`]: { assign: [{ held: expr('seen.lock') }] } },
  ];
  return {
    params: ['lock', 'record', 'version', 'keep'],
    steps: [
      { begin: { assign: [{ held: expr('lock') }, { champion: expr('default(map.get(record, "version"), "")') }] } },
      ...see('see'),
      {
        leftovers: {
          for: {
            value: 'one',
            in: expr('seen.models'),
            steps: [
              {
                is_leftover: {
                  switch: [
                    {
                      condition: expr('one.id == keep or default(map.get(seen.split, one.id), 0) > 0'),
                      next: 'continue',
                    },
                    {
                      condition: expr('keep != "" and map.get(record, ["trying", "saved", one.id]) != null'),
                      next: 'continue',
                    },
                    {
                      condition: expr(
                        `text.match_regex(default(map.get(one, "displayName"), ""), ${quoted(servedPattern(props.endpoint))})`,
                      ),
                      next: 'undeploy_it',
                    },
                  ],
                  next: 'continue',
                },
              },
              { undeploy_it: { call: 'undeploy', args: { lock: expr('held'), id: expr('one.id') }, result: 'held' } },
            ],
          },
        },
      },
      { who: { call: 'who_serves', args: { split: expr('seen.split'), models: expr('seen.models') }, result: 'who' } },
      { is_champion: { switch: [{ condition: expr('who.whole == "" or champion == ""'), next: 'is_other' }] } },
      alias('crown', 'champion', CHAMPION_ALIAS, true),
      alias('no_challenge', 'champion', CHALLENGER_ALIAS, false),
      {
        is_other: { switch: [{ condition: expr('version in ["", champion]'), next: 'is_reached' }] },
      },
      alias('end_challenge', 'version', CHALLENGER_ALIAS, false),
      ...(props.privateAddress === undefined
        ? [{ is_reached: { switch: [{ condition: true, next: 'is_settled' }] } }]
        : [
            { is_reached: { switch: [{ condition: expr('who.most == ""'), next: 'is_settled' }] } },
            { reach: { call: 'keep_address', args: { seen: expr('seen'), lock: expr('held') }, result: 'held' } },
          ]),
      { is_settled: { switch: [{ condition: expr('who.whole in ["", keep]'), next: 'tell' }] } },
      {
        release: {
          call: 'release_fleet',
          args: {
            lock: expr('held'),
            models: expr('seen.models'),
            id: expr('who.whole'),
            name: expr(servedName(props.endpoint, props.settings, 'who.version')),
          },
          result: 'held',
        },
      },
      { tell: { call: 'told', args: { who: expr('who'), split: expr('seen.split') }, result: 'serves' } },
      { give: { return: { lock: expr('held'), serves: expr('serves') } } },
    ],
  };
}

const alias = (name: string, version: string, of: string, wanted: boolean): Step => ({
  [name]: { call: 'set_alias', args: { version: expr(version), alias: of, wanted } },
});

/** Who serves, as people read it. */
export const TOLD: Routine = {
  params: ['who', 'split'],
  steps: [
    {
      tell: {
        switch: [
          { condition: expr('who.most == ""'), return: 'nothing' },
          { condition: expr('who.whole == ""'), return: expr('json.encode_to_string(split)') },
        ],
      },
    },
    { whole: { return: expr('"version " + who.version + " (" + who.name + ")"') } },
  ],
};

/**
 * Sets or removes an alias of a version, if it is not so already: `args: { version, alias, wanted }`. An alias that another
 * version has moves. A version that was deleted meanwhile has none.
 */
export function aliasRoutine({ target, modelId }: RolloutWorkflowProps): Routine {
  const url = (rest: string) => expr(`"https://${vertexHost(target)}/v1/${modelId}@" + version${rest}`);
  return {
    params: ['version', 'alias', 'wanted'],
    steps: [
      apiCall('look', { method: 'GET', url: url(''), accept: [404], result: 'found' }),
      { is_gone: { switch: [{ condition: expr('found.code == 404'), return: false }] } },
      { take: { assign: [{ has: expr('alias in default(map.get(found.body, "versionAliases"), [])') }] } },
      { is_so: { switch: [{ condition: expr('has == wanted'), return: true }] } },
      apiCall('merge', {
        method: 'POST',
        url: url(' + ":mergeVersionAliases"'),
        body: { versionAliases: [expr('if(wanted, alias, "-" + alias)')] },
      }),
      { done: { return: true } },
    ],
  };
}
