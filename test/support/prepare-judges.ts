import type { TestProject } from 'vitest/node';
import { JUDGES, type JudgeName, type PythonEnv, pythonEnv } from './python-env';

declare module 'vitest' {
  export interface ProvidedContext {
    judges: Record<JudgeName, PythonEnv>;
  }
}

/** Makes the virtual environments of the Python judges before any test starts, so that no test waits for an installation. */
export default async function prepareJudges(project: TestProject): Promise<void> {
  const names = Object.keys(JUDGES) as JudgeName[];
  const prepared = await Promise.all(names.map(async (name) => [name, await pythonEnv(name)] as const));
  project.provide('judges', Object.fromEntries(prepared) as Record<JudgeName, PythonEnv>);
}
