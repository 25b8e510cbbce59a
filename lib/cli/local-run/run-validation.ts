import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ValidationStep } from '../../plan/pipeline/pipeline-plan';
import type { DatasetSpec } from '../../spec/data-lake';
import type { StepRun } from './run-container';
import { runProcess } from './run-process';
import { StepFailed } from './step-failed';

/** The platform's own job that checks a snapshot, beside this file in sources and in what is published. */
const JOB = resolve(__dirname, '../../jobs/validation');

/**
 * Runs the platform's own job that checks a snapshot against the dataset's columns and rules.
 *
 * @throws StepFailed if the data breaks a rule, or the job cannot judge it
 */
export async function runValidation(step: ValidationStep, dataset: DatasetSpec, run: StepRun): Promise<void> {
  if (!existsSync(JOB)) throw new StepFailed(`There is no job that validates data in ${JOB}.`);
  const report = join(run.folder, 'report');
  const rules = join(run.folder, 'rules');
  for (const folder of [report, rules]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(rules, 'rules.json'), JSON.stringify(dataset, null, 2));
  const { failure, lastLines } = await runProcess(
    ['python', JOB, '--data', run.source({ dataset: step.dataset }), '--rules', rules, '--report', report],
    run.place,
    step.maxRuntimeSeconds,
    run.onLine,
  );
  if (failure === undefined) return;
  throw new StepFailed(
    [
      `Step ${step.name} refused the dataset ${step.dataset}: ${failure}.`,
      ...lastLines.map((line) => `  ${line}`),
    ].join('\n'),
    'data-invalid',
  );
}
