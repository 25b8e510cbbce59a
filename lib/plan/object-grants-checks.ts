import { eachEntry } from '../spec/each-entry';
import { entryOf } from '../spec/entry-of';
import type { SpecCheck } from '../spec/references';
import { folderTests, MOST_CONDITIONS, objectTests, partsThatFit } from './object-conditions';
import { eachPlan } from './pipeline/each-plan';

/** Datasets of one zone whose files somebody can read: a zone has one bucket for its tables. */
export const MOST_READ_OF_A_ZONE = partsThatFit(folderTests('bucket', 'tables/dataset'));

/**
 * Datasets whose frozen snapshots the steps of one pipeline can read: in the one bucket of artifacts they also read the
 * program that runs them, and a condition of its own lets them walk there.
 */
export const MOST_FROZEN_OF_A_PIPELINE =
  partsThatFit(objectTests('bucket', 'snapshots/dataset'), MOST_CONDITIONS - 1) - 1;

/** Trainings are let read the files of every dataset, each zone with those of its own. */
const trainingReads: SpecCheck = ({ gcp, training, dataLake }, report) => {
  if (gcp === undefined) return;
  const places = new Map<string, number[]>();
  eachEntry(training?.reads ?? [], (dataset, i) => {
    const zone = entryOf(dataLake?.datasets ?? {}, dataset)?.zone;
    if (zone !== undefined) places.set(zone, [...(places.get(zone) ?? []), i]);
  });
  for (const [zone, { length, [MOST_READ_OF_A_ZONE]: beyond }] of places)
    if (beyond !== undefined)
      report({
        path: ['training', 'reads', beyond],
        message: `is one dataset more of the zone ${zone} than IAM lets somebody read the files of`,
        received: `${length} datasets of the zone ${zone}`,
        allowed: `on Google Cloud: ${MOST_READ_OF_A_ZONE} datasets of a zone`,
        fix: 'move datasets into another zone, or let trainings read fewer',
      });
};

/** Steps are let read the snapshots of every dataset of their pipeline. */
const pipelineReads: SpecCheck = (spec, report) => {
  if (spec.gcp === undefined) return;
  eachPlan(spec, ({ datasets }, path) => {
    if (datasets.length > MOST_FROZEN_OF_A_PIPELINE)
      report({
        path,
        at: 'key',
        message: 'read more datasets than IAM lets somebody read the frozen snapshots of',
        received: `${datasets.length} datasets`,
        allowed: `on Google Cloud: ${MOST_FROZEN_OF_A_PIPELINE} datasets of a pipeline`,
        fix: 'let them read fewer datasets, or put what belongs together into one before',
      });
  });
};

/** Rules that come from how many conditions of IAM somebody can have on a bucket. */
export const OBJECT_GRANTS_CHECKS: readonly SpecCheck[] = [trainingReads, pipelineReads];
