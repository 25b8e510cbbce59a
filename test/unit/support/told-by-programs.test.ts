import { describe, expect, it } from 'vitest';
import { machine, task } from '../../support/asl-states';
import { toldByMachine, toldByWorkflow } from '../../support/told-by-programs';

const values = (told: ReadonlyMap<string, string>) => [...told.values()];

describe('what a state machine tells services', () => {
  it('is what it gives its calls as it is written', () => {
    const told = toldByMachine(
      machine({ Scale: task('aws-sdk:x:y', { MinCapacity: 2, Name: '{% "one" %}', Until: '{% $millis() + 60 %}' }) }),
    );
    expect(values(told)).toEqual(['2', '"one"']);
  });

  it('is in requests that it keeps, and not in what it keeps for itself', () => {
    const kept = { wanted: { InstanceCount: 3 }, floor: 0.5 };
    expect(values(toldByMachine(machine({ Want: { Type: 'Pass', Assign: kept, End: true } })))).toEqual(['3']);
  });

  it('is nothing that it writes into files', () => {
    expect(values(toldByMachine(machine({ Put: task('aws-sdk:s3:putObject', { Body: { minRows: 5 } }) })))).toEqual([]);
  });
});

describe('what a workflow tells services', () => {
  const calling = (body: unknown, url = 'https://aiplatform.googleapis.com/v1', call = 'api_post') => ({
    ask: { call, args: { url, body } },
  });

  it('is in bodies of its calls, and in variables that stand in them', () => {
    const steps = [
      { take: { assign: [{ 'values["run"]': 'one' }, { wait: 600 }, { 'values.until': `\${now + 5}` }] } },
      calling({ zone: 'a', values: `\${values}`, wait: `\${wait + 1}` }),
    ];
    expect(values(toldByWorkflow({ main: { steps } }))).toEqual(['"a"', '"one"']);
  });

  it('is in the entries of a loop, as far as they stand in a body', () => {
    const each = { for: { value: 'attempt', in: [{ retries: 4, patience: 60 }], steps: [] } };
    const steps = [{ each }, calling({ maxRetryCount: `\${attempt.retries}` })];
    expect(values(toldByWorkflow({ main: { steps } }))).toEqual(['4']);
  });

  it('is what routines are given that make the call', () => {
    const routines = {
      main: { steps: [{ begin: { call: 'launch', args: { values: { depth: 3 } } } }] },
      launch: { params: ['values'], steps: [calling({ parameterValues: `\${values}` })] },
      api_post: { steps: [{ send: { call: 'http.post', args: { body: `\${body}` } } }] },
    };
    expect(values(toldByWorkflow(routines))).toEqual(['3']);
  });

  it('is nothing that it writes into files, and nothing that it posts to others', () => {
    const steps = [
      calling({ minRows: 5 }, 'https://storage.googleapis.com/upload/storage/v1/b/one/o'),
      calling({ channel: 'ops' }, 'https://example.com', 'http.post'),
    ];
    expect(values(toldByWorkflow({ main: { steps } }))).toEqual([]);
  });
});
