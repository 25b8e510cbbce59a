import { defineConfig } from 'vitest/config';

const MINUTE = 60_000;

/** Validation of templates costs 2–3 s a process: only the strict suite pays for it. */
const unvalidated = { CDK_VALIDATION: 'false' };

export default defineConfig({
  test: {
    globals: true,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], env: unvalidated, testTimeout: MINUTE } },
      {
        extends: true,
        test: {
          name: 'judges',
          include: ['test/judges/**/*.test.ts'],
          env: unvalidated,
          globalSetup: ['test/support/prepare-judges.ts'],
          testTimeout: 10 * MINUTE,
          hookTimeout: 10 * MINUTE,
        },
      },
      { extends: true, test: { name: 'strict', include: ['test/strict/**/*.test.ts'], testTimeout: 5 * MINUTE } },
    ],
  },
});
