import { apiCall } from './http-steps';
import { OBJECT_ROUTINES, readObjectStep } from './object-steps';
import { asPart, BUCKETS, UPLOADS } from './storage-urls';
import { expr, type Routine, type Step, type Value } from './syntax';

/**
 * Records of workflows: JSON objects of a bucket, each below a path such as `models/detector/champion`. A document that
 * uses these steps has RECORD_ROUTINES and HTTP_ROUTINES beside its `main`, and its workflow has the bucket in its
 * environment (`recordsEnv`).
 * Source: Cloud Storage JSON API, objects.insert and "Request preconditions": generation 0 is an object that is not there.
 */

const RECORDS_BUCKET = 'RECORDS_BUCKET';

/** Environment of a workflow that keeps records or locks; the name of the bucket may be a token. */
export const recordsEnv = (bucket: string): Readonly<Record<string, string>> => ({ [RECORDS_BUCKET]: bucket });

/** Expression for the address of the objects of the bucket, and of uploads to it. */
const OBJECTS = `"${BUCKETS}" + sys.get_env("${RECORDS_BUCKET}") + "/o/"`;
export const UPLOADS_URL = expr(`"${UPLOADS}" + sys.get_env("${RECORDS_BUCKET}") + "/o"`);

/** Expression for the address of an object; its name is one part of the path. */
export const objectUrl = (name: string): string => expr(`${OBJECTS} + ${asPart(name)}`);

const readRecord: Routine = {
  params: ['path'],
  steps: [
    {
      locate: {
        assign: [
          { bucket: expr(`sys.get_env("${RECORDS_BUCKET}")`) },
          { missing: { found: false, value: null, generation: '0' } },
        ],
      },
    },
    readObjectStep('look', { bucket: expr('bucket'), object: expr('path'), result: 'answer' }),
    { is_missing: { switch: [{ condition: expr('answer.code == 404'), return: expr('missing') }] } },
    { take: { assign: [{ generation: expr('string(answer.body.generation)') }] } },
    // Just what was looked at: it may have been written meanwhile.
    readObjectStep('read', {
      bucket: expr('bucket'),
      object: expr('path'),
      query: { alt: 'media', generation: expr('generation') },
      result: 'answer',
    }),
    { was_changed: { switch: [{ condition: expr('answer.code == 404'), next: 'look' }] } },
    { give: { return: { found: true, value: expr('answer.body'), generation: expr('generation') } } },
  ],
};

const writeRecord: Routine = {
  params: ['path', 'value', 'generation'],
  steps: [
    { take: { assign: [{ query: { uploadType: 'media', name: expr('path') } }] } },
    { is_free: { switch: [{ condition: expr('generation == null'), next: 'write' }] } },
    { guard: { assign: [{ 'query["ifGenerationMatch"]': expr('generation') }] } },
    apiCall('write', {
      method: 'POST',
      url: UPLOADS_URL,
      query: expr('query'),
      body: expr('value'),
      accept: [412],
      result: 'answer',
    }),
    { was_lost: { switch: [{ condition: expr('answer.code == 412'), return: null }] } },
    { give: { return: expr('string(answer.body.generation)') } },
  ],
};

const deleteRecord: Routine = {
  params: ['path', 'generation'],
  steps: [
    { take: { assign: [{ query: {} }] } },
    { is_free: { switch: [{ condition: expr('generation == null'), next: 'remove' }] } },
    { guard: { assign: [{ 'query["ifGenerationMatch"]': expr('generation') }] } },
    apiCall('remove', {
      method: 'DELETE',
      url: objectUrl('path'),
      query: expr('query'),
      accept: [404, 412],
      result: 'answer',
    }),
    { give: { return: expr('answer.code != 412') } },
  ],
};

export const RECORD_ROUTINES = {
  read_record: readRecord,
  write_record: writeRecord,
  delete_record: deleteRecord,
  ...OBJECT_ROUTINES,
} as const satisfies Readonly<Record<string, Routine>>;

interface RecordStep {
  /** A text or an expression. */
  readonly path: Value;
  readonly result?: string;
  readonly next?: string;
}

const call = (
  name: string,
  routine: string,
  args: Readonly<Record<string, Value>>,
  { result, next }: RecordStep,
): Step => ({
  [name]: {
    call: routine,
    args,
    ...(result === undefined ? {} : { result }),
    ...(next === undefined ? {} : { next }),
  },
});

/** Reads a record; `result` gets `{ found, value, generation }`. */
export const readStep = (name: string, step: RecordStep): Step => call(name, 'read_record', { path: step.path }, step);

/**
 * Writes a record; `result` gets its new generation, or null when it was another than `generation` by then.
 */
export const writeStep = (
  name: string,
  step: RecordStep & {
    /** A map, or an expression for one. */
    readonly value: Value;
    /** The one that it must have still: `0` for a record that must not be there. Default: any. */
    readonly generation?: Value;
  },
): Step =>
  call(name, 'write_record', { path: step.path, value: step.value, generation: step.generation ?? null }, step);

/** Deletes a record; `result` gets whether it is gone. One that is not there is. */
export const deleteStep = (
  name: string,
  step: RecordStep & {
    /** The one that it must have still. Default: any. */
    readonly generation?: Value;
  },
): Step => call(name, 'delete_record', { path: step.path, generation: step.generation ?? null }, step);
