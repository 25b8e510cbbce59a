import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS_FILE } from '../../plan/pipeline/step-arguments';
import { StepFailed } from './step-failed';

export type Metrics = Readonly<Record<string, number>>;

/**
 * Reads what a step measured.
 *
 * @param folder - what the step was given as `--metrics`
 * @param declared - its metrics in the spec
 * @throws StepFailed with everything that is wrong with the file
 */
export function readMetrics(step: string, folder: string, declared: readonly string[]): Metrics {
  const file = join(folder, METRICS_FILE);
  const example = JSON.stringify(Object.fromEntries(declared.map((name) => [name, 0.5])));
  const wanted = `Step ${step} has to write ${METRICS_FILE} to the folder of --metrics, for example ${example}`;
  if (!existsSync(file)) throw new StepFailed(`${wanted}: there is no ${file}.`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StepFailed(`${wanted}: ${file} is no JSON (${(error as Error).message}).`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new StepFailed(`${wanted}: ${file} is no object.`);
  const measured = content as Readonly<Record<string, unknown>>;
  const problems = [
    ...declared.filter((name) => !Object.hasOwn(measured, name)).map((name) => `${name} is missing`),
    ...Object.entries(measured)
      .filter(([, value]) => !Number.isFinite(value))
      .map(
        ([name, value]) =>
          `${name} is ${typeof value === 'number' ? value : JSON.stringify(value)} and no finite number`,
      ),
  ];
  if (problems.length > 0) throw new StepFailed(`${wanted}: in ${file} ${problems.join(', ')}.`);
  return measured as Metrics;
}
