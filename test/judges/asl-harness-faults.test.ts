import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AslJudge, type AslRequest, type AslRun, callNames, resume } from '../support/asl-judge';
import { type AslFields, machine, task } from '../support/asl-states';
import { describeJudge } from '../support/describe-judge';
import { basic, catchAll, caught } from './asl-harness';

describeJudge('asl', 'executions go wrong on demand', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());

  describe('faults', () => {
    const write = task('aws-sdk:ssm:putParameter', { Name: '/p', Value: 'v', Type: 'String' }, catchAll);
    const request: AslRequest = { definition: machine({ W: write, ...caught }), world: basic };
    const fault = { service: 'ssm', operation: 'PutParameter', code: 'InternalServerError' };
    const parameters = ({ world }: AslRun) => Object.keys((world.state.ssm as { parameters: object }).parameters);

    test('come instead of the effect, or after it', async () => {
      const before = await judge.run({ ...request, faults: [fault] });
      expect([before.output, parameters(before)]).toEqual([
        expect.objectContaining({ Error: 'Ssm.InternalServerErrorException' }),
        [],
      ]);
      const after = await judge.run({ ...request, faults: [{ ...fault, afterEffect: true }] });
      expect([after.states, parameters(after)]).toEqual([['W', 'Caught'], ['/p']]);
    });

    test('that AWS could not answer with, or that are misspelt, are refused', async () => {
      await expect(judge.run({ ...request, faults: [{ ...fault, code: 'ParameterNotFound' }] })).rejects.toThrow(
        /PutParameter has no error/,
      );
      await expect(judge.run({ ...request, faults: [{ ...fault, operation: 'PutParametre' }] })).rejects.toThrow(
        /no operation PutParametre/,
      );
      await expect(judge.run({ ...request, world: { kind: 'nowhere' } })).rejects.toThrow(/nowhere/);
      await expect(judge.run({ ...request, world: { kind: 'basic', state: { sms: {} } } })).rejects.toThrow(
        /has no \['sms'\]/,
      );
    });

    test('can hit each call in turn', async () => {
      const seen = [];
      for await (const { call, run } of judge.failEachCall(request, { code: 'ServiceUnavailable' }))
        seen.push([call.operation, run.output]);
      expect(seen).toEqual([['PutParameter', expect.objectContaining({ Error: 'Ssm.SsmException' })]]);
    });
  });

  describe('a crash', () => {
    const NOW = '{% $string($floor($millis() / 1000)) %}';
    const key = { pk: { S: 'thing' } };
    const locked = machine({
      Lock: task(
        'aws-sdk:dynamodb:putItem',
        {
          TableName: 'locks',
          Item: {
            ...key,
            expires: { N: '{% $string($floor($millis() / 1000) + 900) %}' },
            holder: { S: '{% $states.context.Execution.Name %}' },
          },
          ConditionExpression: 'attribute_not_exists(pk) OR expires < :now OR holder = :me',
          ExpressionAttributeValues: { ':now': { N: NOW }, ':me': { S: '{% $states.context.Execution.Name %}' } },
        },
        { Catch: [{ ErrorEquals: ['DynamoDb.ConditionalCheckFailedException'], Next: 'Busy' }], Next: 'Work' },
      ),
      Busy: { Type: 'Fail', Error: 'Busy' },
      Work: task(
        'aws-sdk:ssm:putParameter',
        { Name: '/p', Value: 'done', Type: 'String', Overwrite: true },
        { Next: 'Unlock' },
      ),
      Unlock: task('aws-sdk:dynamodb:deleteItem', { TableName: 'locks', Key: key }),
    });
    const request: AslRequest = {
      definition: locked,
      world: { kind: 'basic', state: { dynamodb: { tables: { locks: { key: { pk: 'S' }, items: [] } } } } },
      execution: { name: 'first' },
    };
    const second = { ...request, execution: { name: 'second' } };

    test('leaves the world as it was; the lock holds others off until it expires', async () => {
      const cut = await judge.run({ ...request, faults: [{ crashAfterCall: 2 }] });
      expect(cut).toMatchObject({ status: 'CRASHED', states: ['Lock', 'Work'], cause: 'after call 2' });
      expect(cut.world.state).toMatchObject({
        dynamodb: { tables: { locks: { items: [{ ...key, holder: { S: 'first' } }] } } },
        ssm: { parameters: { '/p': { value: 'done' } } },
      });
      expect(await judge.run(resume(second, cut, { afterSeconds: 899 }))).toMatchObject({
        status: 'FAILED',
        error: 'Busy',
      });
      const late = await judge.run(resume(second, cut, { afterSeconds: 901 }));
      expect(late).toMatchObject({
        status: 'SUCCEEDED',
        world: { state: { dynamodb: { tables: { locks: { items: [] } } } } },
      });
      expect(await judge.run(resume(request, cut))).toMatchObject({ status: 'SUCCEEDED' });
    });

    test('can come after each call, or before a state', async () => {
      const ends = [];
      for await (const { call, cut } of judge.cutAfterEachCall(request)) {
        const again = await judge.run(resume(second, cut, { afterSeconds: 901 }));
        ends.push([call.operation, cut.states.length, again.status]);
      }
      expect(ends).toEqual([
        ['PutItem', 1, 'SUCCEEDED'],
        ['PutParameter', 2, 'SUCCEEDED'],
        ['DeleteItem', 3, 'SUCCEEDED'],
      ]);
      const before = await judge.run({ ...request, faults: [{ crashBeforeState: 'Work' }] });
      expect(before).toMatchObject({ status: 'CRASHED', states: ['Lock'] });
      expect(callNames(before)).toEqual(['dynamodb:PutItem']);
    });

    test('conditions that DynamoDB refuses are refused', async () => {
      const put = (ConditionExpression: string, values: AslFields = {}) =>
        machine({
          P: task(
            'aws-sdk:dynamodb:putItem',
            { TableName: 'locks', Item: key, ConditionExpression, ...values },
            catchAll,
          ),
          ...caught,
        });
      const cause = async (definition: object) =>
        ((await judge.run({ ...request, definition })).output as { Cause: string }).Cause;
      expect(await cause(put('owner = pk'))).toContain('reserved words: owner');
      expect(await cause(put('pk = :x'))).toContain('not defined: :x');
      expect(await cause(put('attribute_exists(pk)', { ExpressionAttributeValues: { ':x': { S: 'x' } } }))).toContain(
        'unused in expressions: :x',
      );
    });
  });
});
