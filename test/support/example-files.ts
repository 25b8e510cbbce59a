import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadPlatformSpec } from '../../lib/plan/load';
import { type Cloud, cloudsOf } from '../../lib/spec/clouds';
import type { PlatformSpec } from '../../lib/spec/platform';

const ROOT = join(__dirname, '../../examples');

/** A platform of the examples, in one environment. */
export interface ExampleCase {
  /** `fraud-detection prod`. */
  readonly title: string;
  readonly file: string;
  readonly environment: string | undefined;
}

/** Every example with a spec, in every environment. */
const ALL: readonly ExampleCase[] = readdirSync(ROOT)
  .map((example) => ({ example, file: join(ROOT, example, 'platform.yaml') }))
  .filter(({ file }) => existsSync(file))
  .flatMap(({ example, file }) => {
    const environments: (string | undefined)[] = Object.keys(parse(readFileSync(file, 'utf8')).environments ?? {});
    return (environments.length === 0 ? [undefined] : environments).map((environment) => ({
      title: [example, environment].filter((part) => part !== undefined).join(' '),
      file,
      environment,
    }));
  });

export const exampleSpec = ({ file, environment }: ExampleCase): PlatformSpec =>
  loadPlatformSpec(file, environment === undefined ? {} : { environment });

/** Examples that live on a cloud. */
export const examplesOn = (cloud: Cloud): readonly ExampleCase[] =>
  ALL.filter((example) => cloudsOf(exampleSpec(example)).includes(cloud));
