import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { PREFIXES } from '../../plan/access';
import { contentHash } from '../../plan/names';
import { after } from '../access/after';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import { literal } from '../escape';

/** Where jobs find buckets. Source: Vertex AI documentation, "Cloud Storage as a mounted file system". */
export const MOUNT = '/gcs';

/** A `gs://` address as a path of a job. */
export const mounted = (uri: string): string => uri.replace(/^gs:\//, MOUNT).replace(/\/$/, '');

/** Text files of a job by their paths within it. */
export type JobFiles = Readonly<Record<string, string>>;

export interface JobCodeProps {
  /** Where the code is kept. */
  readonly artifacts: Pick<IArtifactStore, 'bucketName' | 'ready'>;
  /** Name of the job, a folder of `jobs/` in the bucket. */
  readonly job: string;
  /** Default: the program of the library that is called like the job. */
  readonly files?: JobFiles;
}

/**
 * Code of a job in the artifact store, `jobs/<job>/<hash of the content>/`: another content is another folder, and what
 * runs goes on with the one that it began with. Folders that no stack names any more stay: a run may be in the middle.
 *
 * `python3 <path>` runs the program.
 */
export class JobCode extends Construct {
  public readonly objects: readonly StorageBucketObject[];
  /** `gs://bucket/jobs/<job>/<hash>`. */
  public readonly uri: string;
  /** The same as a folder in the file system of a job: `/gcs/bucket/jobs/<job>/<hash>`. */
  public readonly path: string;

  constructor(scope: Construct, id: string, { artifacts, job, files = programOf(job) }: JobCodeProps) {
    super(scope, id);
    const folder = `${PREFIXES.jobs}/${job}/${hashOf(files)}`;
    this.uri = `gs://${artifacts.bucketName}/${folder}`;
    this.path = mounted(this.uri);
    this.objects = Object.entries(files).map(
      ([name, content]) =>
        new StorageBucketObject(this, name.replaceAll('/', '-'), {
          bucket: artifacts.bucketName,
          name: `${folder}/${name}`,
          content: literal(content),
          contentType: name.endsWith('.json') ? 'application/json' : 'text/x-python',
          deletionPolicy: 'ABANDON',
          dependsOn: [...after(this, artifacts.ready)],
        }),
    );
  }

  /** What has to be there before anything runs the job. */
  get ready(): readonly ITerraformDependable[] {
    return this.objects;
  }
}

const JOBS = resolve(__dirname, '../../jobs');

/** Files of a program of the library. */
function programOf(job: string): JobFiles {
  const root = join(JOBS, job);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.pyc'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(root, name), 'utf8')]));
}

const hashOf = (files: JobFiles): string =>
  contentHash(
    Object.entries(files)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, content]) => `${name}\0${content.length}\0${content}\0`)
      .join(''),
  );
