// Entries of the package load what they export at its first use: whoever needs one construct loads no other. The names are
// those that the entry has, so types and what tools see of it stay the same.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Entries in dist, those first that others go on to. */
const ENTRIES = ['spec/index.js', 'plan/index.js', 'index.js', 'aws/index.js', 'gcp/index.js'];

const HEAD = `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
`;

// A value that was read once is kept as a plain one.
const LAZILY = `const lazily = (name, load) =>
  Object.defineProperty(exports, name, {
    enumerable: true,
    configurable: true,
    get: () => {
      const value = load()[name];
      Object.defineProperty(exports, name, { enumerable: true, value });
      return value;
    },
  });
`;

/** @param dist - folder of the built package */
export function makeEntriesLazy(dist) {
  const require = createRequire(join(dist, 'index.js'));
  for (const entry of ENTRIES) {
    const file = join(dist, entry);
    const modules = [...readFileSync(file, 'utf8').matchAll(/require\("([^"]+)"\)/g)].map(([, path]) => path);
    const load = createRequire(file);
    const names = Object.keys(require(file));
    const homes = names.map((name) => [name, modules.find((path) => Object.hasOwn(load(path), name))]);
    const lost = homes.filter(([, home]) => home === undefined).map(([name]) => name);
    if (lost.length > 0) throw new Error(`${entry} exports what it does not import: ${lost.join(', ')}`);
    writeFileSync(
      file,
      [
        HEAD,
        // What reads a CommonJS module without running it sees these names, such as an import of them from a module.
        names.length === 0 ? '' : `${names.map((name) => `exports.${name} = `).join('')}void 0;\n`,
        LAZILY,
        ...homes.map(([name, home]) => `lazily(${JSON.stringify(name)}, () => require(${JSON.stringify(home)}));\n`),
      ].join(''),
    );
  }
}
