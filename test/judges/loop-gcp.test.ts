import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { callNames, WorkflowsJudge } from '../support/workflows-judge';
import { Machines } from './loop-gcp-machines';
import { MODEL } from './loop-gcp-spec';
import { Deployed } from './loop-gcp-world';

const START = `fraud-start-${MODEL}`;
const NIGHTLY = `${START}--nightly`;
const WATCH = `fraud-watch-drift-${MODEL}`;
const ROLLOUT = `fraud-rollout-${MODEL}`;
const DRIFT = `fraud-drift-${MODEL}`;
const EVENTS = 'fraud-model-events';
/** What a person starts a run with. */
const BY_HAND = { workflow: START, argument: { reason: 'manual' } };
const EXPORTED = 'bigquery.jobs.insert';
const STEPS = ['check', 'prepare', 'train', 'evaluate', 'score'];

/**
 * Everything that happens here is done by what Terraform would deploy, to the fake Google: workflows, the pipeline's document
 * and the programs of jobs are those of the synthesised platform, and so is which event starts which of them. Each test goes
 * on from a moment of that platform, whose whole state is Google's.
 */
describeJudge('workflows', 'the loop on Google Cloud', () => {
  let judge: WorkflowsJudge;
  let machines: Machines;
  /** The first version serves. */
  let serving: Deployed;
  /** A quarter later a nightly run has made nothing better of the same data. */
  let nightly: Deployed;
  /** Its callers have changed, which nobody has noticed yet. */
  let changed: Deployed;
  /** A second version is registered. */
  let retrained: Deployed;
  /** It serves. */
  let replaced: Deployed;

  const lake = (at: Deployed, data: string, when: string): Deployed =>
    ['transactions', 'chargebacks'].reduce(
      (now, dataset) => now.written(now.tableOf(dataset), machines.at(data, dataset, 'part-00000.parquet'), when),
      at,
    );
  /** What the model that serves was asked and answered. */
  const asked = async (at: Deployed, data: string, when: string, hours: number): Promise<Deployed> => {
    const model = at.model(at.champion ?? '', machines.at(`model-${at.champion}`));
    return at.written(at.captures, await machines.record(data, model, hours), when);
  };
  const keepsServing = (at: Deployed): void => {
    expect(at.champion).toBe('1');
    expect(at.traffic).toEqual({ 1: 100 });
  };

  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
    machines = new Machines();
    await machines.generate('before', '2026-03-31');
    await machines.generate('after', '2026-06-29', '--drift');
  });
  afterAll(async () => {
    await judge?.close();
    machines?.[Symbol.dispose]();
  });

  test('a schedule begins the first run, whose version is approved by itself and serves', async () => {
    const filled = lake(Deployed.first(judge, machines, '2026-03-01T00:00:00Z'), 'before', '2026-04-01T00:10:00Z');
    const made = await filled.schedule(NIGHTLY);
    expect(made.reports(START)).toMatchObject([
      { status: 'SUCCEEDED', result: { outcome: 'registered', version: '1' } },
    ]);
    expect(made.steps).toEqual(STEPS);
    expect(made.approval('1')).toBe('pending');
    expect(made.lineage('1')).toMatchObject({
      reason: 'schedule',
      trigger: 'nightly',
      revision: 'fraud-1.4.0',
      images: { 'fraud-1.4.0': 'sha256:4f1c' },
      metrics: { auc: expect.closeTo(0.9, 1), average_precision: expect.any(Number) },
    });

    serving = await made.after(made.registered());
    expect(serving.reports(EVENTS)).toMatchObject([{ result: `${MODEL} 1: approved` }]);
    expect(serving.reports(ROLLOUT)).toMatchObject([{ result: { outcome: 'promoted', version: '1' } }]);
    expect(serving.approval('1')).toBe('approved');
    keepsServing(serving);
  });

  test('steps are run with the folders that the document gives them', () => {
    const at = serving.arguments;
    const snapshot = expect.stringMatching(/\/fraud-artifacts-\d+\/snapshots\/transactions\/\d+\/[\w-]+\/?$/);
    expect(at.check).toMatchObject({ data: snapshot, rules: expect.stringContaining('/jobs/rules-transactions/') });
    expect(at.prepare).toMatchObject({ transactions: at.check?.data, days: '90' });
    expect(at.train).toMatchObject({ train: at.prepare?.train, rounds: '60' });
    expect(at.train).toHaveProperty('checkpoints');
    expect(at.evaluate).toMatchObject({ model: at.train?.model, test: at.prepare?.test });
    expect(at.score).toMatchObject({ model: at.train?.model, payments: at.prepare?.test });
    expect(at.train?.model).toContain(serving.lineage('1').reference?.replace(/^gs:\/|\/prepare\/train$/g, ''));
  });

  test('a nightly run of the same data does not pass the gate', async () => {
    nightly = await serving.with(() => undefined, '2026-06-29T22:00:00Z').schedule(NIGHTLY);
    expect(nightly.reports(START)).toMatchObject([{ status: 'SUCCEEDED', result: { outcome: 'gate-failed' } }]);
    expect(nightly.steps).toEqual(STEPS);
    expect(nightly.announced).toEqual([`${MODEL}-run-gate-failed`]);
    expect(callNames(nightly.run ?? { calls: [] })).not.toContain(EXPORTED);
    expect(Object.keys(nightly.versions)).toEqual(['1']);
    keepsServing(nightly);
  });

  test('its callers change, and the drift job notices', async () => {
    const later = lake(nightly, 'after', '2026-06-30T02:10:00Z');
    changed = await asked(later, 'after', '2026-06-30T19:20:00Z', 19);
    expect(await changed.incidents(`${MODEL}-drift`)).toEqual([]);
    changed = await changed.schedule(WATCH);
    // Before the next nightly run, whose cooldown would refuse what the alarm starts.
    expect(changed.world.now).toMatch(/^2026-06-30T/);
    expect(changed.reports(DRIFT)).toMatchObject([
      { status: 'SUCCEEDED', result: { outcome: 'measured', detail: expect.stringContaining('DRIFT') } },
    ]);
    expect(changed.published.DriftShare).toBeGreaterThan(0.5);
    expect(changed.published.RowsCurrent).toBeGreaterThan(200);
    keepsServing(changed);
  });

  test('that starts one run, however often it is told, and the run makes a version that passes the gate', async () => {
    const incident = await changed.incidents(`${MODEL}-drift`);
    expect(incident.map(({ workflow }) => workflow)).toEqual([START]);
    // A message comes twice, and what the changed tables are heard of comes late.
    const late = changed.changed(changed.tableOf('transactions')).map((one) => ({ ...one, at: 600 }));
    expect(late.map(({ workflow }) => workflow)).toEqual([START]);
    retrained = await changed.after([...incident, ...incident, ...late]);
    const reports = retrained.reports(START).map(({ result }) => result as { outcome: string; detail: string });
    expect(reports.map(({ outcome }) => outcome).sort()).toEqual(['refused', 'refused', 'registered']);
    for (const { outcome, detail } of reports) if (outcome === 'refused') expect(detail).toMatch(/ is in flight\.$/);
    expect(retrained.announced).toEqual([`${MODEL}-run-registered`]);
    expect(Object.keys(retrained.runs)).toHaveLength(3);

    const [old, made] = [serving.lineage('1'), retrained.lineage('2')];
    expect(made).toMatchObject({ reason: 'signal', trigger: 'drifted', run: expect.not.stringContaining(old.run) });
    expect(retrained.floor).toBeCloseTo((old.metrics.auc ?? 1) + 0.005, 9);
    expect(made.metrics.auc).toBeGreaterThanOrEqual(retrained.floor);
    for (const dataset of ['transactions', 'chargebacks'])
      expect(Number(made.snapshots[dataset])).toBeGreaterThan(Number(old.snapshots[dataset]));
    keepsServing(retrained);
  });

  test('the version is approved by itself and tried, and it serves', async () => {
    replaced = await retrained.after(retrained.registered());
    expect(replaced.reports(EVENTS)).toMatchObject([{ result: `${MODEL} 2: approved` }]);
    expect(replaced.reports(ROLLOUT)).toMatchObject([{ result: { outcome: 'promoted', version: '2' } }]);
    expect(replaced.announced).toEqual(['registered', 'approved', 'promoted'].map((what) => `${MODEL}-${what}`));
    expect(replaced.champion).toBe('2');
    expect(replaced.traffic).toEqual({ 2: 100 });
    // What the approval itself is on record with changes nothing any more.
    const heard = await replaced.after(replaced.labelled());
    expect(heard.reports(EVENTS)).toMatchObject([{ result: 'Nothing is new.' }]);
    expect(heard.reports(ROLLOUT)).toEqual([]);
  });

  test('the changed world is now what requests are compared with, so that nothing drifts', async () => {
    const at = await (await asked(replaced, 'after', '2026-07-08T00:20:00Z', 8 * 24)).schedule(WATCH);
    expect(at.reports(DRIFT)).toMatchObject([{ result: { detail: expect.stringMatching(/^OK: /) } }]);
    expect(at.published).toMatchObject({ DriftStatus: 0 });
    expect(await at.incidents(`${MODEL}-drift`)).toEqual([]);
  });

  describe('the champion keeps serving', () => {
    test('when data breaks a rule, which ends the run before anything is made of it', async () => {
      const broken = serving.written(
        serving.tableOf('transactions'),
        machines.breakRule('before', 'broken'),
        '2026-04-03T00:00:00Z',
      );
      const at = await broken.after([BY_HAND], { seconds: 3600 });
      expect(at.reports(START)).toMatchObject([
        { result: { outcome: 'data-invalid', detail: expect.stringContaining('amount') } },
      ]);
      expect(at.steps).toEqual(['check']);
      expect(at.announced).toEqual([`${MODEL}-run-data-invalid`]);
      expect(Object.keys(at.versions)).toEqual(['1']);
      keepsServing(at);
    });

    test('while a run is in flight, also when a person asks for another', async () => {
      const [incident] = await changed.incidents(`${MODEL}-drift`);
      if (incident === undefined) throw new Error('there is no incident');
      // The execution that watches it was cut, so that the run goes on without it.
      const begun = await changed.after([incident], {
        faults: [{ method: 'pipelineJobs.get', nth: 1, code: 403 }],
      });
      const at = await begun.after([BY_HAND], { seconds: 60 });
      expect(at.reports(START)).toMatchObject([
        { result: { outcome: 'refused', detail: expect.stringMatching(/ is in flight\.$/) } },
      ]);
      expect(Object.keys(at.runs)).toHaveLength(3);
      keepsServing(at);
    });

    test('when a table is written to and holds what it held, as compaction does', async () => {
      const at = await serving.after(serving.changed(serving.tableOf('transactions')), { seconds: 2 * 86_400 });
      expect(at.reports(START)).toMatchObject([
        { result: { outcome: 'refused', detail: expect.stringContaining('has read the same data') } },
      ]);
      expect(Object.keys(at.runs)).toHaveLength(1);
      keepsServing(at);
    });

    test('within the cooldown, whatever has drifted, and in the night that is in it', async () => {
      const cooling = [{ result: { outcome: 'refused', detail: expect.stringContaining('the cooldown is') } }];
      const told = await retrained.after(await changed.incidents(`${MODEL}-drift`), { seconds: 3600 });
      expect(told.reports(START)).toMatchObject(cooling);
      const at = await told.schedule(NIGHTLY);
      expect(at.reports(START)).toMatchObject(cooling);
      expect(Object.keys(at.runs)).toHaveLength(3);
      keepsServing(at);
    });

    test('when the new version fails on a part of the traffic, which is then taken back', async () => {
      const ill = retrained.behaving('2', { errors: 0.5 });
      const at = await ill.after(ill.registered());
      expect(at.reports(ROLLOUT)).toMatchObject([{ result: { outcome: 'rolled-back', version: '2' } }]);
      expect(at.announced.at(-1)).toBe(`${MODEL}-rolled-back`);
      keepsServing(at);
    });
  });

  test('whatever was announced, an alert policy tells of', () => {
    for (const at of [serving, nightly, changed, retrained, replaced])
      for (const signal of at.announced) expect(at.receivers(signal), signal).toContain('risk-ml@example.com');
  });
});
