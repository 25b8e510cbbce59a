import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const MINUTE = 60_000;

/** Validation of templates costs 2–3 s a process: only the strict suite pays for it. */
const unvalidated = { CDK_VALIDATION: 'false' };

/** The package by its own name, as the examples import it, straight from its sources. */
const itself = [
  { find: /^mlops-constructs$/, replacement: resolve(import.meta.dirname, 'lib/index.ts') },
  { find: /^mlops-constructs\/(aws|gcp)$/, replacement: resolve(import.meta.dirname, 'lib/$1/index.ts') },
];

export default defineConfig({
  resolve: { alias: itself },
  test: {
    globals: true,
    hookTimeout: 10 * MINUTE,
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'examples/**/*.test.ts'],
          env: unvalidated,
          // Files share what they load, which takes longer than most of them.
          isolate: false,
          testTimeout: 5 * MINUTE,
        },
      },
      {
        extends: true,
        test: { name: 'contract', include: ['test/contract/**/*.test.ts'], env: unvalidated, testTimeout: 5 * MINUTE },
      },
      {
        extends: true,
        test: {
          name: 'judges',
          include: ['test/judges/**/*.test.ts'],
          env: unvalidated,
          globalSetup: ['test/support/prepare-judges.ts'],
          testTimeout: 10 * MINUTE,
        },
      },
      { extends: true, test: { name: 'strict', include: ['test/strict/**/*.test.ts'], testTimeout: 5 * MINUTE } },
    ],
  },
});
