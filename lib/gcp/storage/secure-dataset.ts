import { BigqueryDataset } from '@cdktf/provider-google/lib/bigquery-dataset';
import type { Construct } from 'constructs';
import { after } from '../access/after';
import type { EncryptionKey } from '../keys/encryption-key';
import { type DataRemovalProps, dataRemoval } from '../removal';
import type { Target } from '../target';

export interface SecureDatasetProps extends DataRemovalProps {
  readonly target: Target;
  /** A name of the plan (kind `database`). */
  readonly datasetId: string;
  readonly description: string;
  /** Key of its tables, where they say no other. The agent of BigQuery must be allowed to use it. */
  readonly encryptionKey: EncryptionKey;
  /** Hours that deleted and changed rows can be seen, 48 to 168. Default: that of BigQuery, 168. */
  readonly timeTravelHours?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * A dataset of BigQuery: customer key, and at first the access of the project's owners alone. Told of none, BigQuery lets
 * everybody in who views or edits the project, and makes whoever deploys an owner, which outlives his roles on the project.
 * So whoever deploys keeps datasets and tables by a role on the project.
 *
 * Terraform says the access once, as a dataset is made: BigQuery writes every grant into the same list, each of which has a
 * resource of its own.
 * Source: BigQuery documentation, "Basic roles and permissions", basic roles for datasets.
 */
export function secureDataset(scope: Construct, id: string, props: SecureDatasetProps): BigqueryDataset {
  const { target, datasetId, description, encryptionKey, timeTravelHours } = props;
  const removal = dataRemoval(scope, props);
  return new BigqueryDataset(scope, id, {
    project: target.project,
    location: target.region,
    datasetId,
    description,
    access: [{ role: 'OWNER', specialGroup: 'projectOwners' }],
    defaultEncryptionConfiguration: { kmsKeyName: encryptionKey.id },
    ...(timeTravelHours === undefined ? {} : { maxTimeTravelHours: String(timeTravelHours) }),
    deleteContentsOnDestroy: removal.destroyContents,
    labels: { ...props.labels },
    lifecycle: { ...removal.lifecycle, ignoreChanges: ['access'] },
    dependsOn: [...after(scope, encryptionKey.ready)],
  });
}
