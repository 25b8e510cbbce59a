import { expect, it } from 'vitest';
import { customJobs, renderedPipeline } from '../support/pipeline-document';
import { EVERY_KIND, plannedPipeline } from '../support/pipeline-spec';
import { documentOf } from '../support/sagemaker-document';

/** Times that a step is tried again, by its name. */
type Again = Readonly<Record<string, number>>;

/** Objects anywhere within a value. */
function within(value: unknown): readonly object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(within)];
}

const onAws = (): Again =>
  Object.fromEntries(
    within(documentOf().Steps).flatMap((step) => {
      const { Name, RetryPolicies = [] } = step as {
        Name?: string;
        RetryPolicies?: readonly { MaxAttempts: number }[];
      };
      const attempts = RetryPolicies.map(({ MaxAttempts }) => MaxAttempts);
      return Name === undefined || attempts.length === 0 ? [] : [[Name, Math.max(...attempts)]];
    }),
  );

const onGoogle = (): Again =>
  Object.fromEntries(
    within(renderedPipeline()).flatMap((task) => {
      const { taskInfo, retryPolicy } = task as {
        taskInfo?: { name: string };
        retryPolicy?: { maxRetryCount: number };
      };
      return taskInfo === undefined || retryPolicy === undefined ? [] : [[taskInfo.name, retryPolicy.maxRetryCount]];
    }),
  );

it('every step is tried again as often on both clouds, a check of data too', () => {
  const planned = Object.fromEntries(plannedPipeline().steps.map(({ name, retries }) => [name, retries]));
  expect(planned).toMatchObject({ check: 1, prepare: EVERY_KIND.steps.prepare.retries, train: 1 });
  expect(onAws()).toMatchObject(planned);
  expect(onGoogle()).toMatchObject(planned);
});

/** Steps that their service begins again by itself. */
const byThemselvesOnAws = (): readonly string[] =>
  within(documentOf().Steps).flatMap((step) => {
    const { Name, Arguments } = step as {
      Name?: string;
      Arguments?: { EnableManagedSpotTraining?: boolean; RetryStrategy?: object };
    };
    const again = Arguments?.EnableManagedSpotTraining === true || Arguments?.RetryStrategy !== undefined;
    return Name !== undefined && again ? [Name] : [];
  });

const byThemselvesOnGoogle = (): readonly string[] =>
  Object.entries(customJobs(renderedPipeline())).flatMap(([name, job]) => {
    const { scheduling } = (job as { jobSpec: { scheduling: { disableRetries?: boolean } } }).jobSpec;
    return scheduling.disableRetries === true ? [] : [name];
  });

it('no step begins again but by its retries, unless it may lose a spot machine', () => {
  const spot = plannedPipeline().steps.flatMap((step) =>
    'machines' in step && step.machines.capacity === 'spot' ? [step.name] : [],
  );
  expect(spot).toEqual(['train']);
  expect(byThemselvesOnAws()).toEqual(spot);
  expect(byThemselvesOnGoogle()).toEqual(spot);
});
