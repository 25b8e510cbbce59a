import { join } from 'node:path';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { grantReadAsset } from './grant-read-asset';

/** Programs that run inside the platform, beside the compiled constructs. */
const JOBS = join(__dirname, '..', '..', 'jobs');

/**
 * The code of one of the platform's own jobs: a zip in the bucket of the bootstrap, which `cdk deploy` uploads. Python runs a
 * zip with a `__main__.py` as it is. Its name is a hash of its content.
 */
export class JobCode extends Construct {
  public readonly asset: assets.Asset;
  /** `s3://bucket/hash.zip` */
  public readonly uri: string;
  /** Name of the file once it is where the job runs. */
  public readonly file: string;

  /** @param job - folder of the job: `drift` */
  constructor(scope: Construct, id: string, job: string) {
    super(scope, id);
    this.asset = new assets.Asset(this, 'Asset', {
      path: join(JOBS, job),
      exclude: ['__pycache__', '*.pyc'],
    });
    this.uri = this.asset.s3ObjectUrl;
    this.file = `${this.asset.assetHash}.zip`;
  }

  /** Lets someone read this file and no other of the bucket. */
  grantRead(to: iam.IGrantable): void {
    grantReadAsset(this.asset, to);
  }
}
