import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AslJudge, AslRejectedError, callNames } from '../support/asl-judge';
import { type AslFields, machine, states, task } from '../support/asl-states';
import { describeJudge, judgePython } from '../support/describe-judge';
import { basic, catchAll, caught, errorSeen, findings, read, scripted, withParameter } from './asl-harness';

describeJudge('asl', 'machines are held to what AWS does', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());

  describe('rejects, whatever the machine catches', () => {
    const unreached = (state: object) =>
      machine({
        Stop: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'X' }], Default: 'Caught' },
        X: state,
        ...caught,
      });

    test.each([
      [
        'a parameter typo',
        'aws-sdk:ssm:getParameter',
        { Nmae: '/p' },
        /getParameter\.Nmae: unknown, GetParameterRequest has Name/,
      ],
      ['a missing parameter', 'aws-sdk:ssm:putParameter', { Name: '/p' }, /putParameter\.Value: required/],
      [
        'a typo deep inside',
        'aws-sdk:eventbridge:putEvents',
        { Entries: [{ Sauce: 'x' }] },
        /Entries\[0\]\.Sauce: unknown/,
      ],
      [
        'camel case',
        'aws-sdk:sfn:startExecution',
        { stateMachineArn: 'a' },
        /startExecution\.stateMachineArn: unknown/,
      ],
      ['an unknown action', 'aws-sdk:ssm:getParametre', {}, /ssm has no action getParametre/],
      ['an action in Pascal case', 'aws-sdk:ssm:GetParameter', { Name: '/p' }, /ssm has no action GetParameter/],
      ['an unknown service', 'aws-sdk:smm:getParameter', {}, /no service smm/],
      ["boto's name of a service", 'aws-sdk:events:putEvents', { Entries: [] }, /by the name eventbridge/],
      ['a job pattern AWS has not', 'aws-sdk:athena:startQueryExecution.sync', {}, /\.sync does not run here/],
      ['an optimised integration that does not run here', 'codebuild:startBuild.sync', {}, /no optimised integration/],
      ['JSONata that does not parse', 'aws-sdk:ssm:getParameter', { Name: '{% $x( %}' }, /JSONata \{% \$x\( %\}/],
    ])('%s, in a state that is never reached', async (_, integration, args, message) => {
      expect(await findings(judge, { definition: unreached(task(integration, args)), world: basic })).toMatch(message);
    });

    test('an error name that no call of the service ends with', async () => {
      const Catch = [{ ErrorEquals: ['SSM.ParameterNotFound'], Next: 'Caught' }];
      expect(
        await findings(judge, { definition: machine({ R: read({ Catch, End: true }), ...caught }), world: basic }),
      ).toMatch(/SSM\.ParameterNotFound never happens.*Ssm\.ParameterNotFoundException/);
    });

    test.each([
      [
        'a computed parameter of the wrong type',
        '{% { "Name": "/p", "Value": 5 } %}',
        /putParameter\.Value: 5 is no text/,
      ],
      ['a value outside an enum', { Name: '/p', Value: 'v', Type: 'Text' }, /Type: 'Text' is not one of/],
      [
        'a value that does not match its pattern',
        { Name: '/p', Value: 'v', Type: 'String', AllowedPattern: 'x'.repeat(2000) },
        /AllowedPattern: size 2000 is above 1024/,
      ],
    ])('%s', async (_, args, message) => {
      const definition = machine({ P: task('aws-sdk:ssm:putParameter', args, catchAll), ...caught });
      expect(await findings(judge, { definition, world: basic })).toMatch(message);
    });

    test('a call the world has no fake of, with what happened until then', async () => {
      const definition = machine({
        R: read({ Next: 'L' }),
        L: task('aws-sdk:ssm:listNodes', {}, catchAll),
        ...caught,
      });
      const rejected = await judge.run({ definition, world: withParameter('v') }).catch((error: unknown) => error);
      expect(rejected).toBeInstanceOf(AslRejectedError);
      expect((rejected as AslRejectedError).message).toContain('ssm:ListNodes in state L: the world has no fake of it');
      expect(callNames((rejected as AslRejectedError).run)).toEqual(['ssm:GetParameter', 'ssm:ListNodes']);
    });

    test.each([
      ['an unknown member', { EndpointStatuss: 'InService' }, /EndpointStatuss: unknown/],
      ['a missing member', { EndpointStatus: 'InService' }, /EndpointArn: required/],
      ['a wrong type', { EndpointName: 5 }, /EndpointName: 5 is no string/],
      [
        'an error the operation has not',
        { error: { code: 'ConflictException' } },
        /DescribeEndpoint has no error ConflictException/,
      ],
    ])('a fake that answers what AWS cannot: %s', async (_, reply, message) => {
      const definition = machine({
        D: task('aws-sdk:sagemaker:describeEndpoint', { EndpointName: 'e' }, catchAll),
        ...caught,
      });
      const world = scripted({ 'sagemaker:DescribeEndpoint': [reply] });
      expect(await findings(judge, { definition, world })).toMatch(message);
    });

    test('fields the states language has not, and transitions into nothing', async () => {
      const typo = machine({ W: { Type: 'Wait', Secands: 5, End: true } });
      expect(await findings(judge, { definition: typo, world: basic })).toContain('Secands');
      const dangling = machine({ W: { Type: 'Wait', Seconds: 5, Next: 'Nowhere' } });
      expect(await findings(judge, { definition: dangling, world: basic })).toContain('leads to Nowhere');
    });

    test('what does not run here: distributed maps', async () => {
      const ItemProcessor = {
        ...states({ I: { Type: 'Pass', End: true } }),
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      };
      const definition = machine({ M: { Type: 'Map', Items: [1], ItemProcessor, End: true } });
      expect(await findings(judge, { definition, world: basic })).toContain('distributed Map states do not run here');
    });

    test('what the interpreter itself stumbles over', async () => {
      const definition = machine({ R: read({ TimeoutSeconds: "{% 'soon' %}", ...catchAll }), ...caught });
      expect(await findings(judge, { definition, world: basic })).toMatch(/state R: ValueError: .*soon/);
    });

    test('a fake that is no operation of its service', async () => {
      const code = [
        'import world',
        'class Typo(world.Service):',
        '    name = "ssm"',
        '    def get_parametre(self, request): return {}',
        'Typo.operations()',
      ].join('\n');
      const python = promisify(execFile)(judgePython('asl'), ['-B', '-c', code], { cwd: resolve(__dirname, 'asl') });
      await expect(python).rejects.toThrow(/UnknownName: ssm has no operation called get_parametre/);
    });

    test('a machine that never ends', async () => {
      const definition = machine({ A: { Type: 'Pass', Next: 'A' } });
      const run = await judge.run({ definition, world: basic });
      expect(run).toMatchObject({ status: 'FAILED', cause: 'more than 25000 events' });
      expect(await findings(judge, { definition, world: basic, maxSeconds: 0.2 })).toContain('no end within 0.2 s');
    });
  });

  describe('errors', () => {
    test.each([
      ['ssm:getParameter', { Name: 'x' }, 'ParameterNotFound', 'Ssm.ParameterNotFoundException'],
      [
        'dynamodb:getItem',
        { TableName: 't', Key: {} },
        'ResourceNotFoundException',
        'DynamoDb.ResourceNotFoundException',
      ],
      ['glue:getTable', { DatabaseName: 'd', Name: 't' }, 'EntityNotFoundException', 'Glue.EntityNotFoundException'],
      ['athena:getWorkGroup', { WorkGroup: 'w' }, 'InvalidRequestException', 'Athena.InvalidRequestException'],
      ['sfn:startExecution', { StateMachineArn: 'a' }, 'ExecutionAlreadyExists', 'Sfn.ExecutionAlreadyExistsException'],
      ['sagemaker:describeEndpoint', { EndpointName: 'e' }, 'ValidationException', 'SageMaker.SageMakerException'],
      [
        'sagemaker:createModel',
        { ModelName: 'e' },
        'ResourceLimitExceeded',
        'SageMaker.ResourceLimitExceededException',
      ],
      ['sns:publish', { Message: 'm' }, 'NotFound', 'Sns.NotFoundException'],
      ['eventbridge:putEvents', { Entries: [{}] }, 'InternalFailure', 'EventBridge.EventBridgeException'],
      [
        'cloudwatch:putDashboard',
        { DashboardName: 'd', DashboardBody: 'b' },
        'InternalServiceFault',
        'CloudWatch.InternalServiceException',
      ],
      [
        'applicationautoscaling:deregisterScalableTarget',
        { ServiceNamespace: 'sagemaker', ResourceId: 'r', ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' },
        'ObjectNotFoundException',
        'ApplicationAutoScaling.ObjectNotFoundException',
      ],
    ])('%s: a Catch sees the name that AWS gives', async (action, args, code, name) => {
      const [service, operation = ''] = action.split(':');
      const definition = machine({ C: task(`aws-sdk:${action}`, args, catchAll), ...caught });
      const call = `${service}:${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
      expect(await errorSeen(judge, { definition, world: scripted({ [call]: [{ error: { code } }] }) })).toBe(name);
    });

    test('are caught by name, with the cause as AWS writes it', async () => {
      const Catch = [
        { ErrorEquals: ['Ssm.ParameterNotFoundException'], Output: '{% $states.errorOutput %}', Next: 'Caught' },
      ];
      const run = await judge.run({ definition: machine({ R: read({ Catch, End: true }), ...caught }), world: basic });
      expect(run.output).toMatchObject({
        Cause: expect.stringMatching(/\(Service: Ssm, Status Code: 400, Request ID: /),
      });
    });

    test('of the machine itself end it, and States.ALL does not see them', async () => {
      const definition = (path: string) => ({
        StartAt: 'R',
        States: {
          R: {
            Type: 'Task',
            Resource: 'arn:aws:states:::aws-sdk:ssm:getParameter',
            Parameters: { 'Name.$': path },
            Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
            End: true,
          },
          ...caught,
        },
      });
      expect(await judge.run({ definition: definition('$.missing'), world: basic })).toMatchObject({
        status: 'FAILED',
        error: 'States.Runtime',
      });
      expect(await errorSeen(judge, { definition: definition("States.StringToJson('{')"), world: basic })).toBe(
        'States.IntrinsicFailure',
      );
    });

    test('of the machine itself are not called errors of DynamoDB', async () => {
      const definition = {
        StartAt: 'G',
        States: {
          G: {
            Type: 'Task',
            Resource: 'arn:aws:states:::dynamodb:getItem',
            Parameters: { 'TableName.$': '$.missing', Key: {} },
            Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
            End: true,
          },
          ...caught,
        },
      };
      expect(await judge.run({ definition, world: basic })).toMatchObject({
        status: 'FAILED',
        error: 'States.Runtime',
      });
    });

    test('of choices: comparing what is not there, and no rule that fits', async () => {
      const choice = (rules: AslFields) => ({ StartAt: 'C', States: { C: { Type: 'Choice', ...rules }, ...caught } });
      const Choices = [{ Variable: '$.missing', NumericEquals: 1, Next: 'Caught' }];
      expect(await judge.run({ definition: choice({ Choices, Default: 'Caught' }), world: basic })).toMatchObject({
        error: 'States.Runtime',
        cause: expect.stringContaining("Invalid path '$.missing'"),
      });
      const present = [{ Variable: '$.missing', IsPresent: true, Next: 'Caught' }];
      expect(
        await judge.run({ definition: choice({ Choices: present, Default: 'Caught' }), world: basic }),
      ).toMatchObject({
        status: 'SUCCEEDED',
      });
      expect(await judge.run({ definition: choice({ Choices: present }), world: basic })).toMatchObject({
        error: 'States.NoChoiceMatched',
      });
    });

    test('of variables that are larger than AWS keeps, also together', async () => {
      const half = "{% $pad('', 140000, 'x') %}";
      const definition = (Assign: AslFields) => ({
        QueryLanguage: 'JSONata',
        StartAt: 'P',
        States: {
          P: {
            Type: 'Parallel',
            Branches: [branch(Assign)],
            Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
            End: true,
          },
          ...caught,
        },
      });
      const branch = (Assign: AslFields) => ({ StartAt: 'A', States: { A: { Type: 'Pass', Assign, End: true } } });
      expect(await judge.run({ definition: definition({ a: half }), world: basic })).toMatchObject({
        status: 'SUCCEEDED',
      });
      expect(await judge.run({ definition: definition({ a: half, b: half }), world: basic })).toMatchObject({
        status: 'FAILED',
        error: 'States.DataLimitExceeded',
      });
    });
  });
});
