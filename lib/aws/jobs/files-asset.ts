import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Construct } from 'constructs';
import { ZippedFolder } from './zipped-folder';

/**
 * Texts as files in a zip in the bucket of the bootstrap, which `cdk deploy` uploads. Its name is a hash of its content: an
 * object there has no other, so a zip is how files keep theirs.
 */
export class FilesAsset extends ZippedFolder {
  /** @param files - texts by the path of their file: `{ 'rules.json': '…' }` */
  constructor(scope: Construct, id: string, files: Readonly<Record<string, string>>) {
    const folder = mkdtempSync(join(tmpdir(), 'mlops-'));
    try {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      super(scope, id, folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
