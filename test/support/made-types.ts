import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const LIB = resolve(__dirname, '../../lib/gcp');

/** Types of Terraform that the library makes: `google_storage_bucket`. */
export const MADE_TYPES: readonly string[] = [
  ...new Set(
    readdirSync(LIB, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [
        ...readFileSync(join(LIB, file), 'utf8').matchAll(
          /import (?!type)[^;]*?'@cdktf\/provider-google\/lib\/([\w-]+)'/g,
        ),
      ])
      .map(([, module = '']) => `google_${module.replaceAll('-', '_')}`)
      .filter((type) => type !== 'google_provider'),
  ),
];
