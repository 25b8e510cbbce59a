import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { PREFIXES } from '../../plan/access';
import { literal } from '../escape';

/** Programs of ours that run inside a platform: folders of Python beside this package's code, each with a `__main__.py`. */
const JOBS = join(__dirname, '../../jobs');
const HASH_LENGTH = 16;

export interface JobCodeProps {
  /** Name of the program: `drift`. */
  readonly job: string;
  /** Bucket of artifacts. */
  readonly bucketName: string;
  /** What must be there before, such as the bucket where it is of the same stack. */
  readonly after?: readonly ITerraformDependable[];
}

/** Text of every file of a program, by name. */
function sourcesOf(job: string): Readonly<Record<string, string>> {
  const folder = join(JOBS, job);
  const names = readdirSync(folder).filter((name) => name.endsWith('.py'));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** Folder of a program in the bucket of artifacts, after what is in it: `jobs/drift/0123456789abcdef`. */
export function jobFolder(job: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(sourcesOf(job)))
    .digest('hex')
    .slice(0, HASH_LENGTH);
  return `${PREFIXES.jobs}/${job}/${hash}`;
}

/**
 * Where a program is seen by what Vertex AI runs: `python3` starts the folder. Source: Vertex AI documentation, "Prepare
 * training code", Cloud Storage as a mounted file system: every bucket is below `/gcs/`.
 */
export const jobPath = (bucketName: string, job: string): string => `/gcs/${bucketName}/${jobFolder(job)}`;

/**
 * The code of a program in the bucket of artifacts. A change of it is another folder, so that what runs keeps what it began
 * with until it has read it.
 */
export class JobCode extends Construct {
  public readonly objects: readonly StorageBucketObject[];

  constructor(scope: Construct, id: string, { job, bucketName, after = [] }: JobCodeProps) {
    super(scope, id);
    const folder = jobFolder(job);
    this.objects = Object.entries(sourcesOf(job)).map(
      ([name, text]) =>
        new StorageBucketObject(this, name.replace(/\.py$/, ''), {
          bucket: bucketName,
          name: `${folder}/${name}`,
          content: literal(text),
          contentType: 'text/x-python',
          ...(after.length === 0 ? {} : { dependsOn: [...after] }),
        }),
    );
  }
}
