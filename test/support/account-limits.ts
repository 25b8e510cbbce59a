import { type Proof, refused, taken } from './limit-proofs';
import { cluster, drifting, GCP, many } from './limit-specs';
import { PREPARED } from './watched-spec';

/** Limits of accounts that Vertex AI runs things as, by their text, numbers left out, and what shows that they hold. */
export const ACCOUNT_LIMITS: Readonly<Record<string, Proof>> = {
  '# models with own': (most = 0) => {
    const served = (own: number, others = 0) => ({
      ...GCP,
      models: many(own + others, (i) => ({ serving: i < own ? {} : { gcp: { serviceAccount: 'vertex-ai' } } })),
    });
    taken(served(most, 100));
    refused(served(most + 1), 'models');
  },
  '# pipelines, drift watches and managed clusters in all': (most = 0) => {
    const watched = drifting({}).models.ranker;
    const training = (pipelines: number, watches: number, kind: 'managed' | 'batch') => ({
      ...GCP,
      ...cluster(kind, {}),
      models: many(pipelines, (i) => (i < watches ? watched : { pipeline: PREPARED })),
    });
    for (const watches of [0, 1, 2]) {
      taken(training(most - watches, watches, 'batch'));
      refused(training(most - watches, watches, 'managed'), 'models');
      refused(training(most - watches + 1, watches, 'batch'), 'models');
    }
  },
};
