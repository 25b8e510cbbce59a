import { CLOUD_NAMES, cloudsOf } from '../spec/clouds';
import { eachEntry } from '../spec/each-entry';
import type { SpecCheck } from '../spec/references';
import { alertChannels } from './alert-receivers';
import { attachedJobs } from './attached-jobs';
import { googleNames } from './gcp-names';
import { googleReceiverFindings } from './google-receivers';

/** A network that is there already is somewhere on each cloud. */
const existingNetwork: SpecCheck = (spec, report) => {
  const { network } = spec;
  if (network.mode !== 'existing') return;
  for (const cloud of cloudsOf(spec))
    if (network[cloud] === undefined)
      report({
        path: ['network', cloud],
        at: 'missing',
        message: `says nothing of where the network is on ${CLOUD_NAMES[cloud]}`,
        allowed: cloud === 'aws' ? 'aws: { vpc, subnets }' : 'gcp: { network, subnetwork }',
        fix: `add ${cloud} to network`,
      });
};

/** A job on Vertex AI is in a network of somebody else only if that network has a way in for it. */
const networkAttachment: SpecCheck = (spec, report) => {
  const { gcp, network, training } = spec;
  if (gcp === undefined || network.mode !== 'existing') return;
  if (network.gcp === undefined || network.gcp.attachment !== undefined) return;
  const jobs = attachedJobs(spec);
  if (jobs.length === 0) return;
  report({
    path: ['network', 'gcp', 'attachment'],
    at: 'missing',
    message: `is missing: ${jobs.join(' and ')} are in an existing network only through a network attachment`,
    allowed: 'the name of a network attachment to the subnetwork',
    fix:
      jobs.length === 1 && training?.cluster.kind === 'managed'
        ? 'name one, or let trainings run on kind: batch'
        : 'name one',
  });
};

/** Chat there is a bot that the team owns, an alert policy tells fewer, and secrets have narrower names. */
const googleReceivers: SpecCheck = (spec, report) => {
  if (spec.gcp === undefined) return;
  eachEntry(alertChannels(spec), ({ path, receivers }) => {
    eachEntry(receivers.slack, (slack, name) => {
      if (slack.gcp === undefined)
        report({
          path: [...path, 'slack', name, 'gcp'],
          at: 'missing',
          message: 'says nothing of the bot that writes to the channel on Google Cloud',
          allowed: 'gcp: { secret: name-of-the-secret-with-its-token }',
          fix: `add gcp: { secret: slack-${name} }`,
        });
    });
    for (const finding of googleReceiverFindings(receivers)) report({ ...finding, path: [...path, ...finding.path] });
  });
};

/** Google Cloud bills an account, and a budget is one of its. */
const googleBudget: SpecCheck = ({ gcp, governance }, report) => {
  if (gcp === undefined || governance.budget === undefined || gcp.billingAccount !== undefined) return;
  report({
    path: ['gcp', 'billingAccount'],
    at: 'missing',
    message: 'is missing, and governance.budget needs it: a budget on Google Cloud is one of a billing account',
    allowed: 'the id of a billing account that is billed in US dollars, for example 01AB23-45CD67-89EF01',
    fix: 'add gcp.billingAccount, or remove governance.budget',
  });
};

/** What a cloud has to be told that another one does not ask for. */
export const CLOUD_NEEDS_CHECKS: readonly SpecCheck[] = [
  existingNetwork,
  networkAttachment,
  googleReceivers,
  googleBudget,
  googleNames,
];
