import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freeze } from '../../lib/cli/local-run/freeze';
import { LocalStore } from '../../lib/cli/local-run/local-store';
import { startWorkflow } from '../../lib/gcp/training-pipeline/workflow/start-workflow';
import { PROPS } from '../judges/gcp-start-world';
import { startMachineOfTemplate } from '../judges/start-machine';
import { A_MANIFEST } from '../support/a-manifest';

type Manifest = Readonly<Record<string, unknown>>;

/** Objects anywhere within a document that say in which format the files of a snapshot are. */
function manifestsIn(value: unknown): readonly Manifest[] {
  if (typeof value !== 'object' || value === null) return [];
  const within = Object.values(value).flatMap(manifestsIn);
  return 'format' in value && 'snapshot' in value ? [value as Manifest, ...within] : within;
}

function onALaptop(): readonly Manifest[] {
  const work = mkdtempSync(join(tmpdir(), 'manifest-'));
  try {
    mkdirSync(join(work, 'data/payments'), { recursive: true });
    writeFileSync(join(work, 'data/payments/part.parquet'), 'payments');
    const [made] = freeze(['payments'], join(work, 'data'), new LocalStore(join(work, 'out')), 'local-1');
    const folder = made?.folder ?? '';
    return [join(folder, 'manifest.json'), join(folder, '../manifest.json')].map((file) =>
      JSON.parse(readFileSync(file, 'utf8')),
    );
  } finally {
    rmSync(work, { recursive: true });
  }
}

// The judges of what starts a run hold what each cloud really writes against the same.
it('every manifest of a snapshot has the same keys, in the same order, and the same version and format', () => {
  const places = {
    aws: manifestsIn(startMachineOfTemplate()),
    google: manifestsIn(startWorkflow(PROPS)),
    laptop: onALaptop(),
  };
  expect(places.laptop).toEqual([A_MANIFEST, A_MANIFEST]);
  for (const [place, manifests] of Object.entries(places)) {
    expect(manifests.length, place).toBeGreaterThan(0);
    for (const manifest of manifests) {
      expect(Object.keys(manifest), place).toEqual(Object.keys(A_MANIFEST));
      expect(manifest, place).toMatchObject({ schemaVersion: 1, format: 'parquet' });
    }
  }
});
