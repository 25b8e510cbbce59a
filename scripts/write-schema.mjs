// Writes schema/platform.schema.json from the built package, so that editors complete what the code accepts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const { platformJsonSchema } = require(join(root, 'dist/spec/json-schema.js'));
const { platformSchema } = require(join(root, 'dist/spec/platform.js'));

const target = join(root, 'schema/platform.schema.json');
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, `${JSON.stringify(platformJsonSchema(platformSchema), null, 2)}\n`);
