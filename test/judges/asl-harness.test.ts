import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AslJudge, type AslWorld, callNames } from '../support/asl-judge';
import { machine, states, task } from '../support/asl-states';
import { describeJudge } from '../support/describe-judge';
import { basic, catchAll, caught, errorSeen, findings, read, scripted, withParameter } from './asl-harness';

describeJudge('asl', 'machines run', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());

  describe('runs', () => {
    test('JSONata, with values as they are', async () => {
      const awkward = 'a "quoted" \\ line\n';
      const definition = machine({
        Read: read({ Assign: { value: '{% $states.result.Parameter.Value %}' }, Next: 'Say' }),
        Say: {
          Type: 'Pass',
          Output: { value: '{% $value %}', list: '{% [$states.input.Parameter.Version] %}' },
          End: true,
        },
      });
      const run = await judge.run({ definition, world: withParameter(awkward) });
      expect(run).toMatchObject({
        status: 'SUCCEEDED',
        output: { value: awkward, list: [1] },
        states: ['Read', 'Say'],
      });
      expect(run.calls).toEqual([
        {
          service: 'ssm',
          operation: 'GetParameter',
          params: { Name: '/p' },
          state: 'Read',
          at: '2026-01-01T00:00:00.000Z',
        },
      ]);
    });

    test('the same ids every time', async () => {
      const id = { 'id.$': 'States.UUID()' };
      const definition = states({ One: { Type: 'Pass', Parameters: id, End: true } });
      const outputs = [await judge.run({ definition, world: basic }), await judge.run({ definition, world: basic })];
      expect(outputs[0]?.output).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
      expect(outputs[1]?.output).toEqual(outputs[0]?.output);
    });

    test('JSONPath, with datetimes as text', async () => {
      const definition = {
        StartAt: 'Read',
        States: {
          Read: {
            Type: 'Task',
            Resource: 'arn:aws:states:::aws-sdk:ssm:getParameter',
            Parameters: { 'Name.$': "States.Format('/{}', $.names[0].last)" },
            ResultSelector: { 'at.$': '$.Parameter.LastModifiedDate', 'value.$': '$.Parameter.Value' },
            ResultPath: '$.read',
            End: true,
          },
        },
      };
      const run = await judge.run({ definition, input: { names: [{ last: 'p' }] }, world: withParameter('v') });
      expect(run.output).toEqual({ names: [{ last: 'p' }], read: { at: '2026-01-01T00:00:00Z', value: 'v' } });
    });

    test('Assign and Output side by side: what is assigned shows in the next state', async () => {
      const definition = machine({
        One: { Type: 'Pass', Assign: { a: 1 }, Output: { seen: '{% $exists($a) %}' }, Next: 'Two' },
        Two: { Type: 'Pass', Assign: { a: 2, b: '{% $a %}' }, Output: '{% [$states.input.seen, $a] %}', Next: 'Three' },
        Three: { Type: 'Pass', Output: '{% $append($states.input, [$a, $b]) %}', End: true },
      });
      expect((await judge.run({ definition, world: basic })).output).toEqual([false, 1, 2, 1]);
    });

    test("Step Functions' own JSONata functions, the same in every run", async () => {
      const definition = machine({
        Say: {
          Type: 'Pass',
          Output:
            "{% {'id': $uuid(), 'parts': $partition([1,2,3], 2), 'steps': $range(0, 4, 2), 'hash': $hash('a', 'MD5'), 'json': $parse('[1]'), 'one': $distinct([1,1]), 'chance': $random()} %}",
          End: true,
        },
      });
      const [one, two] = [await judge.run({ definition, world: basic }), await judge.run({ definition, world: basic })];
      expect(two).toEqual(one);
      expect(one.output).toMatchObject({
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/),
        parts: [[1, 2], [3]],
        steps: [0, 2, 4],
        hash: '0cc175b9c0f1b6a831c399e269772661',
        json: [1],
        one: [1],
      });
    });

    test('branches and items one after the other, and catches what ends a branch', async () => {
      const definition = machine({
        Both: {
          Type: 'Parallel',
          Branches: [states({ P: read() }), states({ Q: read({ End: true }, '/q') })],
          Catch: [{ ErrorEquals: ['Ssm.ParameterNotFoundException'], Next: 'Each' }],
          End: true,
        },
        Each: {
          Type: 'Map',
          Items: [1, 2],
          ItemProcessor: states({ I: { Type: 'Pass', Output: '{% $states.input * $nothing %}', End: true } }),
          Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Output: 'undefined', Next: 'End' }],
          End: true,
        },
        End: { Type: 'Succeed' },
      });
      const run = await judge.run({ definition, world: withParameter('v') });
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: 'undefined' });
      expect(run.states).toEqual(['Both', 'P', 'Q', 'Each', 'I', 'End']);
    });
  });

  describe('virtual time', () => {
    const Retry = [
      { ErrorEquals: ['States.ALL'], IntervalSeconds: 60, MaxAttempts: 3, BackoffRate: 2, JitterStrategy: 'FULL' },
    ];

    test('passes in waits and before retries, and everyone sees it', async () => {
      const definition = machine({
        Wait: { Type: 'Wait', Seconds: 86400, Next: 'Until' },
        Until: { Type: 'Wait', Timestamp: '2026-01-03T00:00:00Z', Next: 'Read' },
        Read: read({ Retry, Next: 'Say' }),
        Say: {
          Type: 'Pass',
          Output: {
            now: '{% $now() %}',
            millis: '{% $millis() %}',
            started: '{% $states.context.Execution.StartTime %}',
            entered: '{% $states.context.State.EnteredTime %}',
          },
          End: true,
        },
      });
      const faults = [
        { service: 'ssm', operation: 'GetParameter', nth: 1, code: 'ThrottlingException' },
        { atCall: 2, code: 'InternalServerError' },
      ];
      const begin = performance.now();
      const run = await judge.run({ definition, world: withParameter('v'), faults });
      expect(performance.now() - begin).toBeLessThan(30_000);
      expect(run.waits).toEqual([86400, 86400, 60, 120]);
      expect(run.retries).toEqual([
        { state: 'Read', error: 'Ssm.ThrottlingException', seconds: 60 },
        { state: 'Read', error: 'Ssm.InternalServerErrorException', seconds: 120 },
      ]);
      expect(run.calls.map(({ at }) => at.slice(8, 19))).toEqual(['03T00:00:00', '03T00:01:00', '03T00:03:00']);
      expect(run.output).toEqual({
        now: '2026-01-03T00:03:00.000Z',
        millis: Date.parse('2026-01-03T00:03:00Z'),
        started: '2026-01-01T00:00:00.000Z',
        entered: '2026-01-03T00:03:00.000Z',
      });
      expect(run.world.now).toBe('2026-01-03T00:03:00.000Z');
    });

    test('ends machines and tasks that take longer than they may', async () => {
      const slow = machine({ W: { Type: 'Wait', Seconds: 61, End: true } }, { TimeoutSeconds: 60 });
      const late = await judge.run({ definition: slow, world: basic });
      expect(late).toMatchObject({ status: 'TIMED_OUT', world: { now: '2026-01-01T00:01:00.000Z' } });
      const query = machine({
        Q: task(
          'athena:startQueryExecution.sync',
          { QueryString: 's' },
          { TimeoutSeconds: 60, ...catchAll, End: true },
        ),
        ...caught,
      });
      const world = scripted({
        'athena:StartQueryExecution': [{ QueryExecutionId: 'q' }],
        'athena:GetQueryExecution': [{ QueryExecution: { Status: { State: 'RUNNING' } } }],
      });
      expect(await errorSeen(judge, { definition: query, world })).toBe('States.Timeout');
    });
  });

  describe('optimised integrations', () => {
    const query = machine({
      Q: task('athena:startQueryExecution.sync', { QueryString: 's' }, catchAll),
      ...caught,
    });
    const queryWorld = (...looks: readonly string[]) =>
      scripted({
        'athena:StartQueryExecution': [{ QueryExecutionId: 'q' }],
        'athena:GetQueryExecution': looks.map((State) => ({
          QueryExecution: { Status: { State, SubmissionDateTime: '2026-01-01T00:00:00Z' } },
        })),
      });

    test('athena:startQueryExecution.sync waits for the query', async () => {
      const run = await judge.run({ definition: query, world: queryWorld('QUEUED', 'RUNNING', 'SUCCEEDED') });
      expect(run.output).toEqual({
        QueryExecution: { Status: { State: 'SUCCEEDED', SubmissionDateTime: 1767225600000 } },
      });
      expect(callNames(run)).toEqual(['athena:StartQueryExecution', ...Array(3).fill('athena:GetQueryExecution')]);
      expect(run.waits).toEqual([]);
      expect(await errorSeen(judge, { definition: query, world: queryWorld('RUNNING', 'FAILED') })).toBe(
        'States.TaskFailed',
      );
    });

    test('sagemaker:createProcessingJob.sync waits for the job', async () => {
      const job = {
        ProcessingJobName: 'j',
        RoleArn: 'arn:aws:iam::111111111111:role/r',
        AppSpecification: { ImageUri: 'i' },
        ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 } },
      };
      const { RoleArn: _, ...described } = job;
      const look = (ProcessingJobStatus: string) => ({
        ...described,
        ProcessingJobStatus,
        ProcessingJobArn: 'a',
        CreationTime: 0,
      });
      const run = await judge.run({
        definition: machine({ J: task('sagemaker:createProcessingJob.sync', job) }),
        world: scripted({
          'sagemaker:CreateProcessingJob': [{ ProcessingJobArn: 'a' }],
          'sagemaker:DescribeProcessingJob': [look('InProgress'), look('Completed')],
        }),
      });
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { ProcessingJobStatus: 'Completed' } });
    });

    test('publish, put events, start executions and wait for them', async () => {
      const StateMachineArn = 'arn:aws:states:eu-central-1:111111111111:stateMachine:other';
      const definition = machine({
        Publish: task('sns:publish', { TopicArn: 'arn:t', Message: { a: 1 } }, { Next: 'Put' }),
        Put: task(
          'events:putEvents',
          { Entries: [{ Source: 's', DetailType: 'd', Detail: { a: 1 } }] },
          { Next: 'Start' },
        ),
        Start: task('states:startExecution.sync:2', { StateMachineArn, Name: 'n', Input: { a: 1 } }),
      });
      const sfn = { outcomes: { [StateMachineArn]: { status: 'SUCCEEDED', output: '{"b":2}' } } };
      const run = await judge.run({ definition, world: { kind: 'basic', state: { sfn } } });
      expect(run.output).toMatchObject({ Status: 'SUCCEEDED', Output: { b: 2 }, Input: { a: 1 } });
      expect(run.world.state).toMatchObject({
        sns: { published: [{ TopicArn: 'arn:t', Message: '{"a": 1}' }] },
        eventbridge: {
          events: [{ Source: 's', Detail: '{"a": 1}', Resources: [expect.any(String), expect.any(String)] }],
        },
        sfn: { executions: [{ name: 'n', input: '{"a":1}' }] },
      });
    });

    test('name errors as the older SDK does', async () => {
      const table = task('dynamodb:getItem', { TableName: 't', Key: { pk: { S: 'a' } } }, catchAll);
      const seen = async (call: object, world: AslWorld) =>
        errorSeen(judge, { definition: machine({ T: call, ...caught }), world });
      expect(await seen(table, basic)).toBe('DynamoDB.ResourceNotFoundException');
      const query = (code: string) => scripted({ 'athena:StopQueryExecution': [{ error: { code } }] });
      const stop = task('athena:stopQueryExecution', { QueryExecutionId: 'q' }, catchAll);
      expect(await seen(stop, query('InvalidRequestException'))).toBe('Athena.InvalidRequestException');
      expect(await seen(stop, query('AccessDeniedException'))).toBe('Athena.AmazonAthenaException');
    });

    test('parameters that the integration would not take are not dropped in silence', async () => {
      const definition = machine({ P: task('sns:publish', { TopicArn: 'arn:t', Message: 'm', Subjekt: 's' }) });
      expect(await findings(judge, { definition, world: basic })).toContain('publish.Subjekt: unknown');
      const computed = machine({
        P: task('sns:publish', '{% {"TopicArn": "arn:t", "Message": "m", "Subjekt": "s"} %}'),
      });
      expect(await findings(judge, { definition: computed, world: basic })).toContain('does not take Subjekt');
    });
  });
});
