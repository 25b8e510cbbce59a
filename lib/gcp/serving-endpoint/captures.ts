import type { BigqueryDataset } from '@cdktf/provider-google/lib/bigquery-dataset';
import { BigqueryDatasetIamMember } from '@cdktf/provider-google/lib/bigquery-dataset-iam-member';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import type { EncryptionKey } from '../keys/encryption-key';
import type { DataRemovalProps } from '../removal';
import { agentMember, fillerOf } from '../services/service-agents';
import { secureDataset } from '../storage/secure-dataset';
import type { Target } from '../target';

/** Table that requests and answers go to; the endpoint makes it with the first one. */
export const CAPTURE_TABLE = 'requests';

export interface CapturesProps extends DataRemovalProps {
  readonly target: Target;
  readonly names: PlatformNames;
  readonly model: string;
  /** Key of the dataset and its tables, which BigQuery's agent may use. */
  readonly encryptionKey: EncryptionKey;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Where an endpoint records a part of its requests: a dataset of its own, whose tables are encrypted by its default key.
 * Source: Vertex AI documentation, "Log and view inference requests and responses": set when the endpoint is made.
 */
export class Captures extends Construct {
  public readonly dataset: BigqueryDataset;
  /** `bq://project.dataset.table`, as an endpoint wants it. */
  public readonly outputUri: string;
  /** What an endpoint that writes here is made after. */
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: CapturesProps) {
    super(scope, id);
    const { target, names, model } = props;
    const datasetId = names.of('database', 'captures', model);
    this.dataset = secureDataset(this, 'Dataset', {
      ...props,
      datasetId,
      description: `Requests and answers of ${model}`,
    });
    const filler = fillerOf('captures');
    const writer = new BigqueryDatasetIamMember(this, 'Writer', {
      project: target.project,
      datasetId: this.dataset.datasetId,
      role: filler.role,
      member: agentMember(filler.id, target),
    });
    this.outputUri = `bq://${target.project}.${datasetId}.${CAPTURE_TABLE}`;
    this.ready = [this.dataset, writer];
  }
}
