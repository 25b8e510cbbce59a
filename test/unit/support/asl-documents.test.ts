// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of CloudFormation
import { App, Aws, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { describe, expect, test } from 'vitest';
import { aslFromTemplate, machinesOf } from '../../support/asl-from-template';
import { lintAsl } from '../../support/asl-lint';
import { machine, states, task } from '../../support/asl-states';

describe('the linter of machines', () => {
  const pass = (rest: object) => machine({ A: { Type: 'Pass', ...rest }, B: { Type: 'Succeed' } });

  test('accepts a sound machine and leaves it as it is', () => {
    const sound = pass({ Output: '{% $states.input %}', Next: 'B' });
    const before = structuredClone(sound);
    expect(lintAsl(sound)).toEqual([]);
    expect(sound).toEqual(before);
  });

  test.each([
    ['a transition to nowhere', pass({ Next: 'C' }), /^MISSING_TRANSITION_TARGET: .*C/m],
    ['a state nothing leads to', pass({ End: true }), /^MISSING_TRANSITION_TARGET: .*B/m],
    ['a field that does not exist', pass({ Nxt: 'B', End: true }), /^SCHEMA_VALIDATION_FAILED: .*States\/A/m],
    ['JSONPath that does not parse', { ...states({ A: { Type: 'Pass', InputPath: '$..[', End: true } }) }, /InputPath/],
    [
      'a Choice into nowhere',
      machine({ A: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'C' }] } }),
      /C/,
    ],
  ])('finds %s', (_, definition, message) => {
    expect(lintAsl(definition).join('\n')).toMatch(message);
  });
});

describe('the definition of a machine in a template', () => {
  const stack = new Stack(new App(), 'Test');
  const bucket = new s3.CfnBucket(stack, 'Bucket');
  const definition = machine({
    Put: task('aws-sdk:s3:putObject', { Bucket: bucket.ref, Key: '{% \'a\' & "b" %}', Body: bucket.attrArn }),
  });
  const tokens = { ...definition, Comment: `in ${Aws.REGION} of ${Aws.ACCOUNT_ID}` };
  new sfn.CfnStateMachine(stack, 'Machine', { roleArn: 'r', definitionString: stack.toJsonString(tokens) });
  const template = Template.fromStack(stack).toJSON();
  const values = {
    ref: (id: string) => `the-${id}`,
    attribute: (id: string, attribute: string) => `${attribute}-of-${id}`,
  };

  test('is what CloudFormation would make of it', () => {
    expect(machinesOf(template)).toEqual(['Machine']);
    expect(aslFromTemplate(template, 'Machine', { ...values, pseudo: { Region: 'eu-west-1' } })).toEqual({
      ...machine({
        Put: task('aws-sdk:s3:putObject', { Bucket: 'the-Bucket', Key: '{% \'a\' & "b" %}', Body: 'Arn-of-Bucket' }),
      }),
      Comment: 'in eu-west-1 of 111111111111',
    });
  });

  test('with Fn::Sub, Fn::Select, Fn::Split, an object and substitutions', () => {
    const properties = {
      Definition: {
        StartAt: { 'Fn::Sub': ['${A}-${Bucket}-${Bucket.Arn}-${AWS::Partition}-${!literal}', { A: { Ref: 'X' } }] },
        Comment: { 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'X' }] }] },
        States: '${States} and ${Unknown}',
      },
      DefinitionSubstitutions: { States: { Ref: 'Bucket' } },
    };
    const machines = { Resources: { M: { Type: 'AWS::StepFunctions::StateMachine', Properties: properties } } };
    expect(aslFromTemplate(machines, 'M', values)).toEqual({
      StartAt: 'the-X-the-Bucket-Arn-of-Bucket-aws-${literal}',
      Comment: 'X',
      States: 'the-Bucket and ${Unknown}',
    });
  });

  test('needs a value for everything, a machine, and a definition in the template', () => {
    expect(() => aslFromTemplate(template, 'Machine')).toThrow('no value for Ref Bucket');
    expect(() => aslFromTemplate(template, 'Bucket')).toThrow('Bucket is no state machine. There are: Machine');
    const of = (Properties: object) => ({ Resources: { M: { Type: 'AWS::StepFunctions::StateMachine', Properties } } });
    expect(() => aslFromTemplate(of({ DefinitionS3Location: {} }), 'M')).toThrow('DefinitionS3Location');
    expect(() => aslFromTemplate(of({ DefinitionString: '{' }), 'M')).toThrow('is no JSON');
    expect(() => aslFromTemplate(of({ DefinitionString: { 'Fn::ImportValue': 'x' } }), 'M')).toThrow('Fn::ImportValue');
  });
});
