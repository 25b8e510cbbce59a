import { join } from 'node:path';
import type { Construct } from 'constructs';
import { ZippedFolder } from './zipped-folder';

/** Programs that run inside the platform, beside the compiled constructs. */
const JOBS = join(__dirname, '..', '..', 'jobs');

/**
 * The code of one of the platform's own jobs: a zip in the bucket of the bootstrap, which `cdk deploy` uploads. Python runs a
 * zip with a `__main__.py` as it is. Its name is a hash of its content.
 */
export class JobCode extends ZippedFolder {
  /** @param job - folder of the job: `drift` */
  constructor(scope: Construct, id: string, job: string) {
    super(scope, id, join(JOBS, job));
  }
}
