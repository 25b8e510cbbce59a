import { expect, it } from 'vitest';
import { startWorkflow } from '../../lib/gcp/training-pipeline/workflow/start-workflow';
import { emptyTable, NO_DATA } from '../../lib/plan/pipeline/no-data';
import { RUN_OUTCOMES, type RunOutcome, runSignals } from '../../lib/plan/pipeline/pipeline-signals';
import { PROPS } from '../judges/gcp-start-world';
import { startMachineOfTemplate } from '../judges/start-machine';

/** What each announcement of an outcome tells beside it. */
type Told = Readonly<Record<string, { readonly version: boolean; readonly note: boolean }>>;

const signals = runSignals('detector');
const outcomeOf = (signal: string): RunOutcome | undefined =>
  RUN_OUTCOMES.find((outcome) => signals[outcome].name === signal);

const has = (text: string) => ({ version: /(report|ended)\.version/.test(text), note: /request\.note/.test(text) });

/** Objects anywhere within a value. */
function within(value: unknown): readonly object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(within)];
}

const onAws = (): Told =>
  Object.fromEntries(
    within(startMachineOfTemplate()).flatMap((state) => {
      const { Resource, Arguments } = state as { Resource?: unknown; Arguments?: object };
      if (typeof Resource !== 'string' || !Resource.endsWith('sns:publish')) return [];
      const text = JSON.stringify(Arguments);
      const outcome = RUN_OUTCOMES.find((one) => new RegExp(`\\b${signals[one].name}[^\\w-]`).test(text));
      return outcome === undefined ? [] : [[outcome, has(text)]];
    }),
  );

const onGoogle = (): Told =>
  Object.fromEntries(
    within(startWorkflow(PROPS)).flatMap((step) => {
      const { signal, ...said } = step as { signal?: unknown };
      const outcome = typeof signal === 'string' ? outcomeOf(signal) : undefined;
      return outcome === undefined ? [] : [[outcome, has(JSON.stringify(said))]];
    }),
  );

it('every outcome of a run is announced on both clouds, with what a person said of it', () => {
  const [aws, google] = [onAws(), onGoogle()];
  expect(Object.keys(aws).sort()).toEqual([...RUN_OUTCOMES].sort());
  expect(Object.keys(google).sort()).toEqual([...RUN_OUTCOMES].sort());
  for (const outcome of RUN_OUTCOMES)
    expect([aws[outcome]?.note, google[outcome]?.note], outcome).toEqual([true, true]);
});

it('a table that holds nothing is refused on both clouds, by one name and in one sentence', () => {
  const said = emptyTable('DATASET');
  const aws = within(startMachineOfTemplate()).flatMap((state) => {
    const { Error: error, Cause } = state as { Error?: unknown; Cause?: unknown };
    return error === NO_DATA
      ? [
          String(Cause)
            .replace(/^\{% '|' %\}$/g, '')
            .replace("' & $item.dataset & '", 'DATASET'),
        ]
      : [];
  });
  const google = within(startWorkflow(PROPS)).flatMap((step) => {
    const { tags, message } = step as { tags?: unknown; message?: unknown };
    const raised = Array.isArray(tags) && tags.includes(NO_DATA);
    return raised
      ? [
          String(message)
            .replace(/^\$\{"|"\}$/g, '')
            .replace('" + dataset + "', 'DATASET'),
        ]
      : [];
  });
  expect({ aws, google }).toEqual({ aws: [said], google: [said] });
});

it('a version that was registered is announced on both clouds, whatever else failed', () => {
  for (const told of [onAws(), onGoogle()])
    for (const outcome of ['registered', 'registered-and-failed']) expect(told[outcome]?.version, outcome).toBe(true);
});
