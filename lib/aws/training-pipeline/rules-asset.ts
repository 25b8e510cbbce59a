import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';

/** A text as a file that `cdk deploy` uploads; its name is a hash of its content. */
export function textAsset(scope: Construct, id: string, fileName: string, text: string): assets.Asset {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-'));
  try {
    const path = join(folder, fileName);
    writeFileSync(path, text);
    // Copied at once to where the app is synthesised to.
    return new assets.Asset(scope, id, { path });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
