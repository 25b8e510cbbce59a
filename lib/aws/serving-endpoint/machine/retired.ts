import { oneLine } from '../../machine/one-line';
import type { ChampionRecord } from '../records';

/**
 * JSONata for the digest of what a shell published, given JSONata for its facts; '' where there are none. The facts name
 * the machine of the endpoint, and CloudFormation gives each a name of its own, so no two shells share it.
 * Source: CloudFormation user guide, AWS::StepFunctions::StateMachine: a machine without a name gets a unique one.
 */
export const shellOf = (facts: string): string =>
  oneLine(`($facts := ${facts}; $exists($facts) ? $hash($facts, 'SHA-256') : '')`);

/**
 * A model that was retired serves again when a person says so, and not when a version of it was approved: what is retired is
 * about to be destroyed. Under another shell than the one that was there it is not retired.
 */
export const RETIRED = '$exists($record.retired) and $request.event and $record.shell = $shell';

const MARK = ['retired', 'retiring', 'shell'] as const satisfies readonly (keyof ChampionRecord)[];

/**
 * JSONata for a record, given as JSONata, of a model that is not retired any more; `without` names what else goes. What
 * `$sift` leaves nothing of is nothing, and no object.
 */
export const servesAgain = (record: string, ...without: readonly (keyof ChampionRecord)[]): string =>
  `$merge([{}, $sift(${record}, function($_, $key) { $not($key in ${JSON.stringify([...MARK, ...without])}) })])`;
