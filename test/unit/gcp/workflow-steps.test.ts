import { describe, expect, test } from 'vitest';
import { apiCall, HTTP_ROUTINES } from '../../../lib/gcp/workflow/http-steps';
import { giveLockBackStep, LOCK_ROUTINES, renewLockStep, takeLockStep } from '../../../lib/gcp/workflow/lock-steps';
import { deleteStep, RECORD_ROUTINES, readStep, recordsEnv, writeStep } from '../../../lib/gcp/workflow/record-steps';
import { decimal, expr } from '../../../lib/gcp/workflow/syntax';
import { workflowProblems } from '../../support/workflows-check';

describe('a step that calls an API', () => {
  const url = 'https://storage.googleapis.com/storage/v1/b/x';

  test('calls the routine of its method', () => {
    expect(apiCall('look', { method: 'GET', url, accept: [404], result: 'found', next: 'end' })).toEqual({
      look: { call: 'api_get', args: { url, query: {}, accept: [404] }, result: 'found', next: 'end' },
    });
    expect(apiCall('put', { method: 'PATCH', url, query: { updateMask: 'x' }, body: { x: 1 } })).toEqual({
      put: { call: 'api_patch', args: { url, query: { updateMask: 'x' }, accept: [], body: { x: 1 } } },
    });
  });

  test('sends no body where there is none: methods that take none refuse an empty one', () => {
    expect(apiCall('cancel', { method: 'POST', url })).toMatchObject({ cancel: { call: 'api_post_empty' } });
    expect(apiCall('begin', { method: 'POST', url, body: {} })).toMatchObject({ begin: { call: 'api_post' } });
  });

  test('has a routine for each', () => {
    const methods = ['GET', 'POST', 'PATCH', 'DELETE'] as const;
    for (const method of methods) {
      const [step] = Object.values(apiCall('x', { method, url }));
      expect(Object.keys(HTTP_ROUTINES)).toContain((step as { call: string }).call);
    }
  });
});

test.each([
  [0, '0.0'],
  [2, '2.0'],
  [0.9, '0.9'],
  [-0.25, '-0.25'],
  [5e-7, '0.0000005'],
  [1e-12, '0.000000000001'],
  [11 / 12, '0.9166666666666666'],
  [1234.5, '1234.5'],
  [1e21, '1000000000000000000000.0'],
])('%d is a literal without an exponent, and the same number', (value, written) => {
  expect(decimal(value)).toBe(written);
  expect(Number(written)).toBe(value);
});

test('steps of records and locks are what Workflows takes, with their routines', () => {
  const document = {
    main: {
      params: ['input'],
      steps: [
        takeLockStep('take', { lock: 'endpoints/fraud', result: 'lock' }),
        renewLockStep('renew', { lock: 'endpoints/fraud', generation: expr('lock'), result: 'lock', ttlSeconds: 60 }),
        readStep('read', { path: 'models/fraud/champion', result: 'found' }),
        writeStep('write', { path: expr('input.path'), value: { a: 1 }, generation: '0', result: 'written' }),
        deleteStep('remove', { path: 'models/fraud/champion' }),
        giveLockBackStep('give_back', { lock: 'endpoints/fraud', generation: expr('lock') }),
        { text: { call: 'error_text', args: { e: expr('written') } } },
        { wait: { call: 'await_operation', args: { host: 'x', operation: expr('found'), seconds: 60 } } },
      ],
    },
    ...LOCK_ROUTINES,
    ...RECORD_ROUTINES,
    ...HTTP_ROUTINES,
  };
  expect(workflowProblems(document)).toEqual([]);
  expect(recordsEnv('some-bucket')).toEqual({ RECORDS_BUCKET: 'some-bucket' });
});
