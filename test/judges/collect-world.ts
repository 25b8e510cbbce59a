import { Template } from 'aws-cdk-lib/assertions';
import { Alerts } from '../../lib/aws/alerts/alerts';
import { ArtifactStore } from '../../lib/aws/artifact-store/artifact-store';
import { Keys } from '../../lib/aws/keys/keys';
import { SnapshotCollector } from '../../lib/aws/operations/snapshot-collector';
import { PlatformNames } from '../../lib/plan/names';
import { aslFromTemplate, machinesOf } from '../support/asl-from-template';
import type { AslRequest, AslRun } from '../support/asl-judge';
import { frozenSnapshots } from '../support/frozen-snapshots';
import { testStack } from '../support/synth';

const NAMES = new PlatformNames('fraud', 'prod');
const BUCKET = 'artifacts-bucket';
export const DAY = 86_400;
export const GRACE = 30 * DAY;
const NOW = '2026-06-01T00:00:00.000Z';

let machine: object | undefined;

/** The machine as it stands in a template. */
export function collector(): object {
  machine ??= synthesise();
  return machine;
}

function synthesise(): object {
  const stack = testStack({ env: { account: '111111111111', region: 'eu-central-1' } });
  new SnapshotCollector(stack, 'Snapshots', {
    names: NAMES,
    plan: { graceSeconds: GRACE },
    artifacts: ArtifactStore.fromName(stack, 'Artifacts', { bucketName: BUCKET }),
    alerts: new Alerts(stack, 'Alerts', { platform: NAMES.slug }),
    keys: new Keys(stack, 'Keys'),
  });
  const template = Template.fromStack(stack).toJSON();
  const [id = ''] = machinesOf(template);
  return aslFromTemplate(template, id, {
    ref: (name) => (name.includes('AlertsTopic') ? 'arn:aws:sns:eu-central-1:111111111111:alerts' : undefined),
  });
}

export type Files = Readonly<Record<string, { readonly text: string; readonly modified: string }>>;

const daysAgo = (days: number): string => new Date(Date.parse(NOW) - days * DAY * 1000).toISOString();
export const file = (days: number) => ({ text: '{}', modified: daysAgo(days) });

export const { frozen, withdrawn } = frozenSnapshots(file);

export interface Version {
  readonly group?: string;
  readonly snapshots: Readonly<Record<string, string>>;
}

export function request(files: Files, versions: readonly Version[] = [], s3: object = {}): AslRequest {
  const arns = versions.map(
    ({ group = 'fraud-prod-detector' }, n) =>
      `arn:aws:sagemaker:eu-central-1:111111111111:model-package/${group}/${n + 1}`,
  );
  return {
    definition: collector(),
    input: {},
    world: {
      kind: 'lifecycle',
      now: NOW,
      state: {
        s3: { buckets: { [BUCKET]: files }, ...s3 },
        sagemaker: {
          versions: Object.fromEntries(arns.map((arn) => [arn, 'Rejected'])),
          packages: Object.fromEntries(
            versions.map(({ snapshots }, n) => [
              arns[n],
              {
                CustomerMetadataProperties: {
                  'mlops-run': `run-${n}`,
                  ...Object.fromEntries(Object.entries(snapshots).map(([name, id]) => [`mlops-snapshot-${name}`, id])),
                },
              },
            ]),
          ),
        },
      },
    },
    maxSeconds: 300,
  };
}

interface Left {
  readonly s3: { readonly buckets: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly sns: { readonly published: readonly { readonly Message: string }[] };
}

const stateOf = (run: Pick<AslRun, 'world'>) => run.world.state as unknown as Left;
export const left = (run: Pick<AslRun, 'world'>): readonly string[] =>
  Object.keys(stateOf(run).s3.buckets[BUCKET] ?? {}).sort();
export const told = (run: Pick<AslRun, 'world'>): readonly string[] =>
  stateOf(run).sns.published.map(
    ({ Message }) => (JSON.parse(Message) as { metadata: { eventType: string } }).metadata.eventType,
  );
export const counts = (withdrawnCount: number, deleted: number) => ({
  status: 'SUCCEEDED',
  output: { outcome: 'collected', withdrawn: withdrawnCount, deleted },
});
