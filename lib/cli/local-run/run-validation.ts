import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ValidationStep } from '../../plan/pipeline/step-plan';
import { VIOLATED_EXIT_CODE, validationFiles } from '../../plan/validation/validation-job';
import type { DatasetSpec } from '../../spec/data-lake';
import { missingPackages } from './missing-packages';
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
  const lacking = await missingPackages(run.place);
  if (lacking !== undefined) throw new StepFailed(`Step ${step.name} cannot judge ${step.dataset}: ${lacking}`);
  const report = join(run.folder, 'report');
  const rules = join(run.folder, 'rules');
  for (const folder of [report, rules]) mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(validationFiles(step.dataset, dataset)))
    writeFileSync(join(rules, name), content);
  const { code, failure, lastLines } = await runProcess(
    ['python', JOB, '--data', run.source({ dataset: step.dataset }), '--rules', rules, '--report', report],
    run.place,
    step.maxRuntimeSeconds,
    run.onLine,
  );
  if (failure === undefined) return;
  const said = lastLines.map((line) => `  ${line}`);
  if (code !== VIOLATED_EXIT_CODE)
    throw new StepFailed([`Step ${step.name} could not judge ${step.dataset}: ${failure}.`, ...said].join('\n'));
  throw new StepFailed([`Step ${step.name} refused the dataset ${step.dataset}.`, ...said].join('\n'), 'data-invalid');
}
