import { eachEntry } from '../spec/each-entry';
import type { Finding } from '../spec/problem';
import type { SpecCheck } from '../spec/references';
import { hasOwnAccount } from '../spec/serving';

/**
 * Accounts of a project that each service of Vertex AI runs things as, in one region. Serving is one service and training
 * another; steps of a pipeline and what watches drift and quality are trainings.
 * Source: Vertex AI documentation, "Use a custom service account", limitations.
 */
const MOST_ACCOUNTS = 20;

/** The same, for people: of models that serve. */
export const MOST_SERVING_ACCOUNTS = `${MOST_ACCOUNTS} models with own`;
/** The same: of what trains. */
export const MOST_TRAINING_ACCOUNTS = `${MOST_ACCOUNTS} pipelines, drift watches and managed clusters in all`;

const ANOTHER_PROJECT = 'a platform in another project';

/** Models whose containers run as an account of their own. */
const servingAccounts: SpecCheck = ({ gcp, models }, report) => {
  if (gcp === undefined) return;
  let count = 0;
  eachEntry(models, ({ serving }) => {
    if (serving !== undefined && hasOwnAccount(serving)) count += 1;
  });
  if (count <= MOST_ACCOUNTS) return;
  report({
    ...tooMany(`${count} models that serve as an account of their own`, 'serves'),
    allowed: `${MOST_SERVING_ACCOUNTS} on Google Cloud, and any number with serving.gcp.serviceAccount: vertex-ai`,
    fix: `write serving: { gcp: { serviceAccount: vertex-ai } } for models whose container needs nothing but its artifacts, or move models to ${ANOTHER_PROJECT}`,
  });
};

/** What runs as an account of its own and trains: each pipeline, each watch, and the managed cluster. */
const trainingAccounts: SpecCheck = ({ gcp, models, training }, report) => {
  if (gcp === undefined) return;
  let count = training?.cluster.kind === 'managed' ? 1 : 0;
  eachEntry(models, ({ pipeline, monitoring }) => {
    if (pipeline !== undefined) count += 1;
    if (monitoring?.drift !== undefined) count += 1;
  });
  if (count <= MOST_ACCOUNTS) return;
  report({
    ...tooMany(`${count} pipelines, drift watches and managed clusters, each of which trains as an account`, 'trains'),
    allowed: `${MOST_TRAINING_ACCOUNTS}, on Google Cloud`,
    fix: `move models to ${ANOTHER_PROJECT}`,
  });
};

const tooMany = (what: string, does: string): Pick<Finding, 'path' | 'at' | 'message' | 'received'> => ({
  path: ['models'],
  at: 'key',
  message: `are too many: Vertex AI ${does} as ${MOST_ACCOUNTS} accounts of a project in a region at most`,
  received: what,
});

/** Rules of how many accounts Vertex AI runs things as. */
export const VERTEX_ACCOUNT_CHECKS: readonly SpecCheck[] = [servingAccounts, trainingAccounts];
