import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const LIB = resolve(__dirname, '../../lib');

/** The first folder of a file in lib; the package's entry is a layer of its own. */
const layerOf = (file: string): string => {
  const [first = '', second] = relative(LIB, file).split(/[\\/]/);
  return second === undefined ? 'entry' : first;
};

const isInside = (file: string): boolean => !relative(LIB, file).startsWith('..') || file === resolve(LIB, '..');

/** What each layer may load when it is loaded itself. A dynamic import is no part of that. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  spec: ['spec'],
  plan: ['plan', 'spec'],
  aws: ['aws', 'plan', 'spec'],
  gcp: ['gcp', 'plan', 'spec'],
  cli: ['cli', 'plan', 'spec'],
  entry: ['plan', 'spec'],
};

/** Packages of the clouds, and the one layer that may load each. */
const CLOUDS: readonly (readonly [pattern: RegExp, layer: string])[] = [
  [/^(aws-cdk-lib|@aws-sdk)(\/|$)/, 'aws'],
  [/^(cdktf|@cdktf|@google-cloud)(\/|$)/, 'gcp'],
];

const IMPORT =
  /^\s*(?:import|export)\s+(?!type\b)(?:[\w*{}\s,$]+?\sfrom\s+)?['"]([^'"]+)['"]|\brequire\(\s*['"]([^'"]+)['"]\s*\)/gm;

/** What a file loads that its layer may not, as `file loads what`. */
function breaches(file: string, code: string): readonly string[] {
  const layer = layerOf(file);
  return [...code.matchAll(IMPORT)].flatMap(({ 1: imported, 2: required }) => {
    const what = imported ?? required ?? '';
    const cloud = CLOUDS.find(([pattern]) => pattern.test(what));
    const wrong = what.startsWith('.')
      ? isInside(resolve(dirname(file), what)) && !MAY[layer]?.includes(layerOf(resolve(dirname(file), what)))
      : cloud !== undefined && cloud[1] !== layer && !(layer === 'cli' && what.startsWith('@'));
    return wrong ? [`${relative(LIB, file)} loads ${what}`] : [];
  });
}

const files = readdirSync(LIB, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(LIB, name));

describe('layers', () => {
  it('load nothing that they may not', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap((file) => breaches(file, readFileSync(file, 'utf8')))).toEqual([]);
  });

  it.each([
    ['aws/serving-endpoint/machine/x.ts', '../../../gcp/x/g'],
    ['aws/serving-endpoint/machine/x.ts', '../../../cli/io'],
    ['aws/serving-endpoint/machine/x.ts', '../../../index'],
    ['cli/io.ts', '../aws/removal'],
    ['index.ts', './aws/index'],
    ['spec/model.ts', '..'],
    ['spec/model.ts', 'aws-cdk-lib'],
    ['plan/names.ts', '../aws/removal'],
    ['plan/names.ts', '../../lib/aws/removal'],
    ['gcp/x/g.ts', '../../aws/removal'],
    ['aws/x.ts', 'cdktf'],
  ])('%s may not load %s', (file, what) => {
    for (const code of [`import { x } from '${what}';`, `export * from '${what}';`, `const x = require('${what}');`])
      expect(breaches(join(LIB, file), code), code).toHaveLength(1);
  });
});
