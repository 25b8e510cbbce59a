import { expect, it } from 'vitest';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { synthPlatform } from '../../support/examples';
import { EXECUTION_ENDS, toldOfEnd } from '../../support/execution-event';
import { ON_CLUSTER, WITH_CLUSTER } from '../../support/pipeline-spec';
import { watchedPlatform } from '../../support/watched-spec';

const watched = watchedPlatform() as {
  readonly dataLake: { readonly datasets: object };
  readonly models: { readonly detector: object };
};
const transactions = { zone: 'curated', columns: { card_id: 'string', amount: 'double' } };

/** A platform that has every kind of machine. */
const { templates } = synthPlatform(
  loadPlatformSpec({
    ...watched,
    ...WITH_CLUSTER,
    dataLake: { ...watched.dataLake, datasets: { ...watched.dataLake.datasets, transactions } },
    models: {
      detector: { ...watched.models.detector, registry: { approval: 'automatic' } },
      trainer: { pipeline: ON_CLUSTER },
    },
  }),
);

/** What is told of each machine, by its stack and construct. */
const SIGNALS = {
  'data LakeTables': 'table-failed',
  'operations OperationsRetire': 'endpoint-retire-failed',
  'operations OperationsScorecard': 'scorecard-failed',
  'operations OperationsSweep': 'endpoint-sweep-failed',
  'operations SnapshotsDaily': 'snapshot-collection-failed',
  'model-detector Drift': 'detector-drift-failed',
  'model-detector RegistryApprover': 'detector-approval-failed',
  'model-detector ServingRollout': 'detector-rollout-unfinished',
  'model-detector Start': 'detector-run-start-failed',
  'model-trainer PipelineCluster': 'trainer-run-start-failed',
  'model-trainer Start': 'trainer-run-start-failed',
};

it.each(EXECUTION_ENDS)('an execution of any machine that %s: %j, is told of once: %j', (_, end, told) => {
  const heard = templates.flatMap(({ name, template }) =>
    Object.entries(toldOfEnd(template, end)).map(([machine, signals]) => [
      `${name.replace('fraud-', '')} ${machine.replace(/(Kept)?Machine\w*$/, '')}`,
      signals,
    ]),
  );
  const signals = Object.entries(SIGNALS).map(([machine, signal]) => [machine, told ? [signal] : []]);
  expect(Object.fromEntries(heard)).toEqual(Object.fromEntries(signals));
});
