import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type FileAssetLocation, FileAssetPackaging, Lazy, Stack, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * A JSON text as a file that `cdk deploy` uploads to the bucket of the bootstrap; its name is a hash of its content. It is
 * written when the app is synthesised and not before: what it says may hang on tags, which can be given until then.
 */
export class LateFile {
  public readonly bucketName: string;
  /** `hash.json` */
  public readonly objectKey: string;

  /** @param text - asked once everything is said; the same each time then, and without tokens */
  constructor(
    private readonly scope: Construct,
    private readonly text: () => string,
  ) {
    this.bucketName = Lazy.string({ produce: () => this.added().bucketName });
    this.objectKey = Lazy.string({ produce: () => this.added().objectKey });
  }

  private added(): FileAssetLocation {
    const text = this.text();
    const sourceHash = createHash('sha256').update(text).digest('hex');
    const { outdir, assetOutdir } = Stage.of(this.scope) as Stage;
    const path = join(assetOutdir, `asset.${sourceHash}.json`);
    writeFileSync(path, text);
    return Stack.of(this.scope).synthesizer.addFileAsset({
      sourceHash,
      fileName: relative(outdir, path),
      packaging: FileAssetPackaging.FILE,
      displayName: `${this.scope.node.path}/File`,
    });
  }
}
