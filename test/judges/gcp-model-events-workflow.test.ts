import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AUDITED_METHODS } from '../../lib/gcp/model-registry/audited-methods';
import { expr } from '../../lib/gcp/workflow/syntax';
import { describeJudge } from '../support/describe-judge';
import {
  callNames,
  type Json,
  WorkflowsJudge,
  type WorkflowsRequest,
  type WorkflowsRun,
} from '../support/workflows-judge';
import {
  documentOfStack,
  ENDPOINT,
  eventsStack,
  MODEL,
  RECORDS,
  registryRecord,
  rolloutDocument,
  START,
  said,
} from './gcp-rollout-world';

const NUMBERED = 'projects/123456789012/locations/europe-west4/models';
const NAMED = `projects/fraud-prod/locations/europe-west4/models/${MODEL}`;
const AT = '2025-12-31T23:59:30.123456789Z';
const MILLIS = START - 29_877;

const DOCUMENT = documentOfStack(eventsStack());

/** What the stack of the model says of it. */
const MODELS = {
  manual: registryRecord({ rollout: ENDPOINT.workflowId }),
  automatic: registryRecord({ approval: 'automatic', rollout: ENDPOINT.workflowId }),
  idle: registryRecord({}),
};
type Kind = keyof typeof MODELS;

/** What Eventarc hands over: an audit log entry. */
const entry = (methodName: string, payload: Json, rest: Json = {}): Json => ({
  type: 'google.cloud.audit.log.v1.written',
  data: {
    insertId: 'abc',
    timestamp: AT,
    protoPayload: {
      serviceName: 'aiplatform.googleapis.com',
      methodName,
      authenticationInfo: { principalEmail: 'ann@example.com' },
      ...payload,
    },
    ...rest,
  },
});

const UPDATE = 'google.cloud.aiplatform.v1.ModelService.UpdateModel';
const UPLOAD = 'google.cloud.aiplatform.v1.ModelService.UploadModel';

/** What people are told of a version that was registered as approved. */
const CLAIMED = expect.stringMatching(/registered as approved, which only whoever may approve can say/);

/** Somebody changed the label of a version; version '' is the model. */
const labelled = (approval: string, { version = '5', method = UPDATE }: { version?: string; method?: string } = {}) =>
  entry(method, {
    resourceName: `${NUMBERED}/${MODEL}${version === '' ? '' : `@${version}`}`,
    request: {
      model: {
        name: `${NAMED}${version === '' ? '' : `@${version}`}`,
        labels: { team: 'risk', 'mlops-approval': approval },
      },
      updateMask: 'labels',
    },
  });

/** Somebody wrote labels of version 5 without that of its approval. */
const others = (updateMask: unknown) =>
  entry(UPDATE, {
    resourceName: `${NUMBERED}/${MODEL}@5`,
    request: { model: { name: `${NAMED}@5`, labels: { team: 'x' } }, updateMask },
  });

/** A version was registered: the entry at the end of the operation. */
const uploaded = (rest: Json = {}, payload: Json = {}, method = UPLOAD) =>
  entry(
    method,
    {
      resourceName: `${NUMBERED}/${MODEL}`,
      response: { model: `${NUMBERED}/${MODEL}`, modelVersionId: '5' },
      ...payload,
    },
    { operation: { id: 'operations/1', producer: 'aiplatform.googleapis.com', last: true }, ...rest },
  );

/** A workflow that writes all labels by the API, as a person would: at '' of the model, at '@5' of a version. */
const labelling = (at: string, labels: Json) => ({
  main: {
    steps: [
      {
        patch: {
          call: 'http.patch',
          args: {
            url: `https://europe-west4-aiplatform.googleapis.com/v1/${NAMED}${at}`,
            query: { updateMask: 'labels' },
            body: { labels },
            auth: { type: 'OAuth2' },
          },
          result: 'answer',
        },
      },
      { give: { return: expr('answer.body.labels') } },
    ],
  },
});

describeJudge('workflows', 'what hears of the model registry on Google Cloud', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  const world = (
    versions: Readonly<Record<string, string | undefined>>,
    records: Json = {},
    kind: Kind = 'manual',
  ) => ({
    now: new Date(START).toISOString(),
    state: {
      storage: { buckets: { [RECORDS]: { ...MODELS[kind], ...records } } },
      aiplatform: {
        models: {
          [MODEL]: {
            versions: Object.fromEntries(
              Object.entries(versions).map(([version, is]) => [
                version,
                { labels: { team: 'risk', ...(is === undefined ? {} : { 'mlops-approval': is }) } },
              ]),
            ),
          },
        },
      },
    },
  });

  const heard = (
    event: unknown,
    versions: Readonly<Record<string, string | undefined>>,
    { kind = 'manual', records = {}, ...rest }: Partial<WorkflowsRequest> & { kind?: Kind; records?: Json } = {},
  ): Promise<WorkflowsRun> =>
    judge.run({
      // The rollout itself ends at once here: the model has no shell.
      workflows: { events: DOCUMENT, [ENDPOINT.workflowName]: rolloutDocument() },
      env: { RECORDS_BUCKET: RECORDS },
      start: [{ workflow: 'events', argument: event }],
      world: world(versions, records, kind),
      ...rest,
    });

  const seenBefore = (approval: string) => ({ 'model-events/detector/5': { approval, millis: 1 } });
  const started = (run: WorkflowsRun): readonly unknown[] =>
    run.calls
      .filter(({ method }) => method.endsWith('executions.create'))
      .map(({ body }) => JSON.parse(String((body as { argument: string }).argument)));
  const labelsOf = (run: WorkflowsRun): Json =>
    (run.world.state.aiplatform as { models: Record<string, { versions: Record<string, { labels: Json }> }> }).models[
      MODEL
    ]?.versions[5]?.labels ?? {};
  const recordOf = (run: WorkflowsRun): unknown => {
    const { buckets } = run.world.state.storage as { buckets: Record<string, Record<string, { text: string }>> };
    const kept = buckets[RECORDS]?.['model-events/detector/5'];
    return kept === undefined ? undefined : JSON.parse(kept.text);
  };
  /** The world that a run left, in which somebody has set the label of version 5 since. */
  const relabelled = (run: WorkflowsRun, approval: string) => ({
    ...run.world,
    state: { ...run.world.state, aiplatform: world({ 5: approval }).state.aiplatform },
  });
  const told = (run: WorkflowsRun) =>
    said({ log: run.log.filter(({ execution }) => execution === run.executions[0]?.id) });

  test.each(Object.values(AUDITED_METHODS).filter((method) => method.endsWith('UpdateModel')))(
    'an approval by %s starts the rollout and is told',
    async (method) => {
      const run = await heard(labelled('approved', { method }), { 5: 'approved' }, { records: seenBefore('pending') });
      expect(run.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: 'detector 5: approved' });
      expect(started(run)).toEqual([{ action: 'promote', version: '5', reason: 'It was approved.', millis: MILLIS }]);
      expect(told(run)).toMatchObject({
        announced: ['approved'],
        said: { signal: 'detector-approved', platform: 'fraud-prod', version: '5', text: 'A version was approved.' },
      });
    },
  );

  test.each(Object.values(AUDITED_METHODS).filter((method) => method.endsWith('UploadModel')))(
    'a registration by %s is told, and nothing is started',
    async (method) => {
      const run = await heard(uploaded({}, {}, method), { 5: undefined });
      expect(told(run)).toMatchObject({
        announced: ['registered'],
        said: { version: '5', text: expect.stringContaining('Approve or reject it') },
      });
      expect(started(run)).toEqual([]);
      expect(labelsOf(run)).toEqual({ team: 'risk' });
    },
  );

  test.each<[string, Json]>([
    ['in a response of its own', { response: { response: { model: `${NUMBERED}/${MODEL}`, modelVersionId: '5' } } }],
    ['nowhere, so the newest is looked at', { response: undefined }],
    [
      'nowhere but in the request',
      { response: undefined, resourceName: 'projects/1/x', request: { parentModel: NAMED } },
    ],
  ])('the version that was registered is %s', async (_, payload) => {
    expect(told(await heard(uploaded({}, payload), { 4: 'approved', 5: undefined }))).toMatchObject({
      announced: ['registered'],
      said: { version: '5' },
    });
  });

  describe('a version that is registered as approved', () => {
    test('is not: its label is set back, which people are told, and nothing is started', async () => {
      const run = await heard(uploaded(), { 5: 'approved' });
      expect(labelsOf(run)).toEqual({ team: 'risk', 'mlops-approval': 'pending' });
      expect(recordOf(run)).toMatchObject({ approval: 'pending' });
      expect(told(run)).toMatchObject({ announced: ['registered'], said: { version: '5', detail: CLAIMED } });
      expect(started(run)).toEqual([]);
    });

    test('is not where the model does not serve either', async () => {
      const run = await heard(uploaded(), { 5: 'approved' }, { kind: 'idle' });
      expect(labelsOf(run)).toMatchObject({ 'mlops-approval': 'pending' });
      expect(told(run).announced).toEqual(['registered']);
    });

    test('is rolled out when whoever may approve says so, and not by what is heard of its label being set back', async () => {
      const first = await heard(uploaded(), { 5: 'approved' });
      const own = await heard(labelled('pending'), {}, { world: first.world });
      expect(own.executions[0]).toMatchObject({ result: 'Nothing is new.' });
      const run = await heard(labelled('approved'), {}, { world: relabelled(own, 'approved') });
      expect(told(run).announced).toEqual(['approved']);
      expect(started(run)).toHaveLength(1);
    });

    test('is decided on anew where its etag is old', async () => {
      const run = await heard(
        uploaded(),
        { 5: 'approved' },
        { faults: [{ method: 'models.patch', nth: 1, code: 412 }] },
      );
      expect(callNames(run).filter((name) => name.endsWith('models.patch'))).toHaveLength(2);
      expect(labelsOf(run)).toMatchObject({ 'mlops-approval': 'pending' });
      expect(told(run)).toMatchObject({ announced: ['registered'], said: { detail: CLAIMED } });
      expect(started(run)).toEqual([]);
    });

    test('is on no record while its label cannot be set back', async () => {
      const run = await heard(uploaded(), { 5: 'approved' }, { faults: [{ method: 'models.patch', code: 403 }] });
      expect(run.executions[0]?.status).toBe('FAILED');
      expect(run.log).toEqual([]);
      expect(recordOf(run)).toBeUndefined();
      const again = await heard(uploaded(), {}, { world: run.world });
      expect(labelsOf(again)).toMatchObject({ 'mlops-approval': 'pending' });
      expect([...started(run), ...started(again)]).toEqual([]);
    });

    test('is told once when its entry comes twice at once', async () => {
      const one = { workflow: 'events', argument: uploaded() };
      for (const seed of [1, 2, 3, 4]) {
        const run = await heard({}, { 5: 'approved' }, { start: [one, one], seed });
        expect(said(run).announced).toEqual(['registered']);
        expect(labelsOf(run)).toMatchObject({ 'mlops-approval': 'pending' });
        expect(started(run)).toEqual([]);
      }
    });

    test('and is approved at that moment ends as one or the other, on record as its label says', async () => {
      const ends = new Set<unknown>();
      for (let seed = 1; seed <= 12; seed += 1) {
        const run = await heard(
          {},
          { 5: 'approved' },
          { start: [uploaded(), labelled('approved')].map((argument) => ({ workflow: 'events', argument })), seed },
        );
        const label = labelsOf(run)['mlops-approval'];
        expect(recordOf(run), `seed ${seed}`).toMatchObject({ approval: label });
        ends.add(label);
      }
      expect([...ends].sort()).toEqual(['approved', 'pending']);
    });

    const base: WorkflowsRequest = {
      workflows: { events: DOCUMENT, [ENDPOINT.workflowName]: rolloutDocument() },
      env: { RECORDS_BUCKET: RECORDS },
      start: [{ workflow: 'events', argument: uploaded() }],
      world: world({ 5: 'approved' }),
    };

    test('is not, whatever call fails for a moment or loses its answer', async () => {
      for (const afterEffect of [false, true])
        for await (const { call, run } of judge.failEachCall(base, { code: 503, afterEffect, execution: 0 })) {
          const where = `${call.method} ${afterEffect}`;
          expect(labelsOf(run), where).toEqual({ team: 'risk', 'mlops-approval': 'pending' });
          expect(told(run), where).toMatchObject({ announced: ['registered'], said: { detail: CLAIMED } });
          expect(started(run), where).toEqual([]);
        }
    });

    test('is not, wherever it crashes, when the same entry comes again', async () => {
      const whole = await judge.run(base);
      for (const index of whole.calls.keys()) {
        const cut = await judge.run({ ...base, faults: [{ crashAfterCall: index + 1, execution: 0 }] });
        const again = await heard(uploaded(), {}, { world: cut.world });
        expect(labelsOf(again), `call ${index + 1}`).toMatchObject({ 'mlops-approval': 'pending' });
        expect(recordOf(again), `call ${index + 1}`).toMatchObject({ approval: 'pending' });
        expect([...started(cut), ...started(again)], `call ${index + 1}`).toEqual([]);
      }
    });

    test('is approved where every version is', async () => {
      const run = await heard(uploaded(), { 5: 'approved' }, { kind: 'automatic' });
      expect(told(run).announced).toEqual(['approved']);
      expect(started(run)).toHaveLength(1);
    });
  });

  test.each(['manual', 'automatic'] as const)(
    'an approval that is heard of before the registration counts (%s)',
    async (kind) => {
      const first = await heard(labelled('approved'), { 5: 'approved' }, { kind });
      expect(told(first).announced).toEqual(['approved']);
      expect(started(first)).toHaveLength(1);
      const run = await heard(uploaded(), {}, { kind, world: first.world });
      expect(run.executions[0]).toMatchObject({ result: 'Nothing is new.' });
      expect(labelsOf(run)).toMatchObject({ 'mlops-approval': 'approved' });
    },
  );

  test('a registration says nothing of a version that is on record, whatever the version is', async () => {
    for (const is of ['approved', 'rejected', undefined]) {
      const run = await heard(
        uploaded(),
        { 5: is },
        { records: seenBefore(is === 'rejected' ? 'approved' : 'rejected') },
      );
      expect(run.executions[0], is).toMatchObject({ result: 'Nothing is new.' });
      expect(run.log, is).toEqual([]);
      expect(labelsOf(run)['mlops-approval'], is).toBe(is);
    }
  });

  test('a version that is said to be pending before its registration is heard of is still told as registered', async () => {
    const first = await heard(labelled('pending'), { 5: 'pending' });
    expect(first.executions[0]).toMatchObject({ result: 'Nothing is new.' });
    expect(told(await heard(uploaded(), {}, { world: first.world })).announced).toEqual(['registered']);
  });

  describe('a model that is labelled approved, which its versions then seem to be', () => {
    /** What is left when somebody did that, by the API. */
    const labelledModel = async (versions: Readonly<Record<string, string | undefined>>, at = '') => {
      const patched = await judge.run({
        workflows: { label: labelling(at, { owner: 'ann', team: 'all', 'mlops-approval': 'approved' }) },
        start: [{ workflow: 'label' }],
        world: world(versions),
      });
      expect(patched.executions[0]?.status).toBe('SUCCEEDED');
      return patched;
    };
    const modelLabelled = (at: string) =>
      entry(UPDATE, {
        resourceName: `${NUMBERED}/${MODEL}${at}`,
        request: { model: { name: `${NAMED}${at}`, labels: { 'mlops-approval': 'approved' } }, updateMask: 'labels' },
      });

    test.each(['', '@-'])('has rolled nothing out when it is updated as models/detector%s', async (at) => {
      const { world: left, executions } = await labelledModel({ 4: undefined, 5: undefined }, at);
      expect(executions[0]?.result).toEqual({ owner: 'ann', team: 'risk', 'mlops-approval': 'approved' });
      const run = await heard(modelLabelled(at), {}, { world: left });
      expect(run.executions).toHaveLength(1);
      expect(run.executions[0]).toMatchObject({
        status: 'SUCCEEDED',
        result: expect.stringContaining('by its number'),
      });
      expect(run.calls).toEqual([]);
      expect(run.log).toEqual([]);
    });

    test('gives a version that is registered afterwards no approval', async () => {
      const { world: left } = await labelledModel({ 4: undefined, 5: undefined });
      const run = await heard(uploaded(), {}, { world: left });
      expect(labelsOf(run)).toEqual({ owner: 'ann', team: 'risk', 'mlops-approval': 'pending' });
      expect(told(run)).toMatchObject({ announced: ['registered'], said: { detail: CLAIMED } });
      expect(started(run)).toEqual([]);
    });
  });

  test('a rejection is told', async () => {
    const run = await heard(labelled('rejected'), { 5: 'rejected' }, { records: seenBefore('approved') });
    expect(told(run).announced).toEqual(['rejected']);
    expect(started(run)).toEqual([]);
  });

  test('what the version is counts, not what the entry says', async () => {
    const run = await heard(labelled('approved'), { 5: 'rejected' }, { records: seenBefore('pending') });
    expect(told(run).announced).toEqual(['rejected']);
    expect(started(run)).toEqual([]);
  });

  test('an approval that was taken back and given again before either was heard of is one anew, once', async () => {
    const run = await heard(labelled('pending'), { 5: 'approved' }, { records: seenBefore('approved') });
    expect(told(run).announced).toEqual(['approved']);
    expect(started(run)).toEqual([{ action: 'promote', version: '5', reason: 'It was approved.', millis: MILLIS }]);
    for (const event of [labelled('pending'), labelled('approved')]) {
      const again = await heard(event, {}, { world: run.world });
      expect(told(again).announced).toEqual([]);
      expect(started(again)).toEqual([]);
    }
  });

  describe.each([['labels'], [{ paths: ['labels'] }], ['labels,description'], [undefined]])(
    'labels that are written without the approval (%j)',
    (mask) => {
      test('take it back, so that it can be given again', async () => {
        const gone = await heard(others(mask), { 5: undefined }, { records: seenBefore('approved') });
        expect(gone.executions[0]).toMatchObject({ result: 'detector 5: pending' });
        expect(recordOf(gone)).toMatchObject({ approval: 'pending' });
        expect(gone.log).toEqual([]);
        expect(started(gone)).toEqual([]);
        const run = await heard(labelled('approved'), {}, { world: relabelled(gone, 'approved') });
        expect(told(run).announced).toEqual(['approved']);
        expect(started(run)).toHaveLength(1);
      });

      test('are an approval anew where it was given again before either was heard of', async () => {
        const run = await heard(others(mask), { 5: 'approved' }, { records: seenBefore('approved') });
        expect(told(run).announced).toEqual(['approved']);
        expect(started(run)).toHaveLength(1);
      });

      test('approve nothing: the approval that came after them says so itself', async () => {
        const early = await heard(others(mask), { 5: 'approved' });
        expect(early.executions[0]).toMatchObject({ result: 'Nothing is new.' });
        expect(early.log).toEqual([]);
        expect(started(early)).toEqual([]);
        expect(recordOf(early)).toBeUndefined();
        expect(labelsOf(early)).toMatchObject({ 'mlops-approval': 'approved' });
        const run = await heard(labelled('approved'), {}, { world: early.world });
        expect(told(run).announced).toEqual(['approved']);
        expect(started(run)).toHaveLength(1);
      });
    },
  );

  test('a model that does not serve is told of all the same', async () => {
    const run = await heard(labelled('approved'), { 5: 'approved' }, { kind: 'idle' });
    expect(told(run).announced).toEqual(['approved']);
    expect(started(run)).toEqual([]);
  });

  test.each<[string, Json]>([
    ['an operation that has only begun', uploaded({ operation: { id: 'operations/1', first: true } })],
    ['an operation that is under way', uploaded({ operation: { id: 'operations/1' } })],
    ['a call that failed', uploaded({}, { status: { code: 7, message: 'denied' } })],
    ['a change of another label alone', others('labels.team')],
    ['a change of another label alone, its mask said otherwise', others({ paths: ['labels.team'] })],
    [
      'a change of something else',
      entry(UPDATE, {
        resourceName: `${NUMBERED}/${MODEL}@5`,
        request: { model: { name: `${NAMED}@5` }, updateMask: { paths: ['description'] } },
      }),
    ],
    ['an approval of a whole model', labelled('approved', { version: '' })],
    ['an approval of a whole model, said otherwise', labelled('approved', { version: '-' })],
    ['an approval of whatever an alias points at', labelled('approved', { version: 'default' })],
    ['a change of a model of which the entry says no more', entry(UPDATE, { resourceName: `${NUMBERED}/${MODEL}` })],
    ["another platform's model", entry(UPDATE, { resourceName: `${NUMBERED}/fraud-dev-detector@5` })],
    [
      'a model of another region',
      entry(UPDATE, { resourceName: `projects/123456789012/locations/us-central1/models/${MODEL}@5` }),
    ],
    [
      'an entry about something else',
      entry('google.cloud.aiplatform.v1.ModelService.UpdateModel', { resourceName: 'projects/1' }),
    ],
    ['an entry of nothing', {}],
  ])('%s is ignored', async (_, event) => {
    const run = await heard(event, { 5: 'approved' });
    expect(run.executions).toHaveLength(1);
    expect(run.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: expect.any(String) });
    // Whose model it is has to be looked up; nothing else is asked, nothing changed.
    const looks = ['storage.objects.get', 'storage.objects.list'];
    expect(callNames(run).filter((name) => !looks.includes(name))).toEqual([]);
    expect(run.log).toEqual([]);
  });

  test.each([
    ['a version that is gone', '7'],
    ['a model that is gone', '5'],
  ])('%s is ignored', async (what, version) => {
    const gone = what.startsWith('a model')
      ? { state: { storage: { buckets: { [RECORDS]: MODELS.manual } } } }
      : world({ 5: undefined });
    const run = await heard(labelled('approved', { version }), {}, { world: gone });
    expect(run.executions[0]).toMatchObject({ result: 'The version is gone.' });
    expect(run.log).toEqual([]);
  });

  test('an entry that comes twice tells and starts once', async () => {
    const first = await heard(labelled('approved'), { 5: 'approved' }, { records: seenBefore('pending') });
    const again = await heard(labelled('approved'), {}, { world: first.world });
    expect(again.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: 'Nothing is new.' });
    expect(started(again)).toEqual([]);
    expect(again.log).toEqual([]);
  });

  test('and so it does when both come at once, but may start twice', async () => {
    for (const seed of [1, 2, 3]) {
      const one = { workflow: 'events', argument: labelled('approved') };
      const run = await heard({}, { 5: 'approved' }, { records: seenBefore('pending'), start: [one, one], seed });
      const signals = said(run).announced.filter((signal) => signal === 'approved');
      expect(signals).toEqual(['approved']);
      expect(started(run).length).toBeGreaterThan(0);
      expect(new Set(started(run).map((argument) => JSON.stringify(argument))).size).toBe(1);
    }
  });

  test('rejected and approved again is told and started again', async () => {
    const first = await heard(labelled('rejected'), { 5: 'rejected' }, { records: seenBefore('approved') });
    const again = await heard(labelled('approved'), {}, { world: relabelled(first, 'approved') });
    expect(told(again).announced).toEqual(['approved']);
    expect(started(again)).toHaveLength(1);
  });

  test('with automatic approval a registered version is approved, keeps its labels, and is rolled out', async () => {
    const run = await heard(uploaded(), { 5: undefined }, { kind: 'automatic' });
    expect(labelsOf(run)).toEqual({ team: 'risk', 'mlops-approval': 'approved' });
    expect(told(run).announced).toEqual(['registered', 'approved']);
    expect(run.log[0]?.json).toMatchObject({ text: expect.stringContaining('approved automatically') });
    expect(started(run)).toEqual([{ action: 'promote', version: '5', reason: 'It was approved.', millis: MILLIS }]);
    const own = await heard(labelled('approved'), {}, { kind: 'automatic', world: run.world });
    expect(own.executions[0]).toMatchObject({ result: 'Nothing is new.' });
  });

  test('one that somebody rejected meanwhile stays rejected', async () => {
    const run = await heard(uploaded(), { 5: 'rejected' }, { kind: 'automatic' });
    expect(labelsOf(run)).toMatchObject({ 'mlops-approval': 'rejected' });
    expect(told(run).announced).toEqual(['rejected']);
  });

  test.each([
    ['approves by itself', 'automatic', undefined, 'approved'],
    ['takes an approval back', 'manual', 'approved', 'pending'],
  ] as const)('what a person says between the look and the label counts where it %s', async (_, kind, was, label) => {
    const run = await heard(
      {},
      { 5: was },
      {
        kind,
        workflows: { events: DOCUMENT, reject: labelling('@5', { owner: 'ann', 'mlops-approval': 'rejected' }) },
        start: [
          { workflow: 'events', argument: uploaded() },
          { workflow: 'reject', at: 1 },
        ],
        // The label was read, and its write is tried again two seconds later.
        faults: [{ method: 'models.patch', nth: 1, code: 503, execution: 0 }],
      },
    );
    const tried = run.calls.filter(({ method, execution }) => method.endsWith('models.patch') && execution === 0);
    expect(tried.map(({ status }) => status)).toEqual([503, 409]);
    for (const { body } of tried)
      expect(body).toEqual({ labels: { team: 'risk', 'mlops-approval': label }, etag: 'etag-1' });
    expect(labelsOf(run)).toEqual({ owner: 'ann', 'mlops-approval': 'rejected' });
    expect(recordOf(run)).toMatchObject({ approval: 'rejected' });
    expect(told(run).announced).toEqual(['registered', 'rejected']);
    expect(started(run)).toEqual([]);
  });

  test('an approval whose etag is old is decided anew', async () => {
    const run = await heard(
      uploaded(),
      { 5: undefined },
      { kind: 'automatic', faults: [{ method: 'models.patch', nth: 1, code: 409 }] },
    );
    expect(told(run).announced).toEqual(['registered', 'approved']);
    expect(callNames(run).filter((name) => name.endsWith('models.patch'))).toHaveLength(2);
  });

  test('an automatic approval that fails is told as that, and the execution fails', async () => {
    const run = await heard(
      uploaded(),
      { 5: undefined },
      { kind: 'automatic', faults: [{ method: 'models.patch', code: 403 }] },
    );
    expect(run.executions[0]?.status).toBe('FAILED');
    expect(told(run)).toMatchObject({
      announced: ['approval-failed'],
      said: { version: '5', detail: expect.stringContaining('403') },
    });
    const again = await heard(uploaded(), {}, { kind: 'automatic', world: run.world });
    expect(told(again).announced).toEqual(['registered', 'approved']);
  });

  test('whatever call fails for a moment or loses its answer, it ends the same', async () => {
    const base: WorkflowsRequest = {
      workflows: { events: DOCUMENT, [ENDPOINT.workflowName]: rolloutDocument() },
      env: { RECORDS_BUCKET: RECORDS },
      start: [{ workflow: 'events', argument: uploaded() }],
      world: world({ 5: undefined }, {}, 'automatic'),
    };
    for (const afterEffect of [false, true])
      for await (const { call, run } of judge.failEachCall(base, { code: 503, afterEffect, execution: 0 })) {
        const where = `${call.method} ${afterEffect}`;
        expect(labelsOf(run), where).toMatchObject({ 'mlops-approval': 'approved' });
        expect(started(run).length, where).toBeGreaterThan(0);
        expect(told(run).announced, where).toEqual(['registered', 'approved']);
      }
  });

  test('wherever it crashes, the same entry again ends right', async () => {
    const base: WorkflowsRequest = {
      workflows: { events: DOCUMENT, [ENDPOINT.workflowName]: rolloutDocument() },
      env: { RECORDS_BUCKET: RECORDS },
      start: [{ workflow: 'events', argument: labelled('approved') }],
      world: world({ 5: 'approved' }, seenBefore('pending')),
    };
    const whole = await judge.run(base);
    for (const index of whole.calls.filter(({ execution }) => execution === 0).keys()) {
      const cut = await judge.run({ ...base, faults: [{ crashAfterCall: index + 1, execution: 0 }] });
      const again = await heard(labelled('approved'), {}, { world: cut.world });
      expect(started(cut).length + started(again).length, `call ${index + 1}`).toBeGreaterThan(0);
    }
  });
});
