import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { grantReadAsset } from './grant-read-asset';

/**
 * Texts as files in a zip in the bucket of the bootstrap, which `cdk deploy` uploads. Its name is a hash of its content: an
 * object there has no other, so a zip is how files keep theirs.
 */
export class FilesAsset extends Construct {
  public readonly asset: assets.Asset;
  /** `s3://bucket/hash.zip` */
  public readonly uri: string;
  /** Name of the zip. */
  public readonly file: string;

  /** @param files - texts by the path of their file: `{ 'rules.json': '…' }` */
  constructor(scope: Construct, id: string, files: Readonly<Record<string, string>>) {
    super(scope, id);
    const folder = mkdtempSync(join(tmpdir(), 'mlops-'));
    try {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      // Copied at once to where the app is synthesised to.
      this.asset = new assets.Asset(this, 'Asset', { path: folder });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    this.uri = this.asset.s3ObjectUrl;
    this.file = `${this.asset.assetHash}.zip`;
  }

  /** Lets someone read this file and no other of the bucket. */
  grantRead(to: iam.IGrantable): void {
    grantReadAsset(this.asset, to);
  }
}
