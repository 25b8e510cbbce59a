import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Alerts } from '../../lib/aws/alerts/alerts';
import { publishAlert } from '../../lib/aws/alerts/publish-state';
import { APPROVAL_ATTEMPTS, APPROVAL_WAIT_SECONDS } from '../../lib/aws/model-registry/approval-machine';
import { ModelRegistry } from '../../lib/aws/model-registry/model-registry';
import { approvalFailed, TABLE_FAILED } from '../../lib/plan/signals';
import { aslFromTemplate, machinesOf, type TemplateWithMachines } from '../support/asl-from-template';
import { type AslFault, AslJudge, type AslRequest, type AslRun, callNames, resume } from '../support/asl-judge';
import { lintAsl } from '../support/asl-lint';
import { outcomeOf } from '../support/asl-outcome';
import { describeJudge } from '../support/describe-judge';
import { synthTemplate } from '../support/synth';

const TOPIC = 'arn:aws:sns:eu-central-1:111111111111:alerts';
const VERSION = 'arn:aws:sagemaker:eu-central-1:111111111111:model-package/fraud-prod-fraud-detector/2';
const LOOK = 'sagemaker:DescribeModelPackage';
const APPROVE = 'sagemaker:UpdateModelPackage';
const TELL = 'sns:Publish';

function definition(): Record<string, unknown> {
  const template = synthTemplate(
    (stack) =>
      new ModelRegistry(stack, 'Registry', {
        model: 'fraud-detector',
        groupName: 'fraud-prod-fraud-detector',
        approval: 'automatic',
        alerts: new Alerts(stack, 'Alerts', { platform: 'fraud-prod' }),
      }),
    { env: { region: 'eu-central-1' } },
  ).toJSON() as TemplateWithMachines;
  const [machine = ''] = machinesOf(template);
  return aslFromTemplate(template, machine, { ref: () => TOPIC });
}

interface State {
  readonly sagemaker: { readonly versions: Readonly<Record<string, string>> };
  readonly sns: { readonly published: readonly { readonly Subject: string; readonly Message: string }[] };
}

const request = (approval: string, faults: readonly AslFault[] = [], sagemaker: object = {}): AslRequest => ({
  definition: definition(),
  input: { versionArn: VERSION },
  world: { kind: 'registry', state: { sagemaker: { versions: { [VERSION]: approval }, ...sagemaker } } },
  faults,
});
const left = (run: AslRun) => run.world.state as unknown as State;
const approvalOf = (run: AslRun) => left(run).sagemaker.versions[VERSION];
const told = (run: AslRun) => left(run).sns.published;

describe('the machine that approves versions', () => {
  test('is a machine', () => {
    expect(lintAsl(definition())).toEqual([]);
  });
});

describeJudge('asl', 'the machine that approves versions, executed', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());

  test('approves a version that waits', async () => {
    const run = await judge.run(request('PendingManualApproval'));
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'approved' }, waits: [] });
    expect(callNames(run)).toEqual([LOOK, APPROVE]);
    expect(approvalOf(run)).toBe('Approved');
    expect(told(run)).toEqual([]);
  });

  test.each(['Approved', 'Rejected'])('leaves a version alone that is %s already', async (approval) => {
    const run = await judge.run(request(approval));
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'decided already', approval } });
    expect(callNames(run)).toEqual([LOOK]);
    expect(approvalOf(run)).toBe(approval);
  });

  test('does nothing for an event that comes twice', async () => {
    const first = await judge.run(request('PendingManualApproval'));
    const second = await judge.run(resume(request('PendingManualApproval'), first));
    expect(second).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'decided already' } });
    expect(callNames(second)).toEqual([LOOK]);
  });

  test.each([
    [LOOK, 'DescribeModelPackage', [LOOK, LOOK, APPROVE]],
    [APPROVE, 'UpdateModelPackage', [LOOK, APPROVE, LOOK, APPROVE]],
  ])('tries again when %s fails once', async (_, operation, calls) => {
    const fault = { service: 'sagemaker', operation, nth: 1, code: 'ThrottlingException' };
    const run = await judge.run(request('PendingManualApproval', [fault]));
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'approved' }, waits: [APPROVAL_WAIT_SECONDS] });
    expect(callNames(run)).toEqual(calls);
    expect(told(run)).toEqual([]);
  });

  test('sees that a call worked whose answer was lost', async () => {
    const fault = { service: 'sagemaker', operation: 'UpdateModelPackage', code: 'InternalFailure', afterEffect: true };
    const run = await judge.run(request('PendingManualApproval', [fault]));
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'decided already', approval: 'Approved' } });
    expect(callNames(run)).toEqual([LOOK, APPROVE, LOOK]);
  });

  test('respects a person who rejects while it waits to try again', async () => {
    const fault = { service: 'sagemaker', operation: 'UpdateModelPackage', code: 'ThrottlingException' };
    const decisions = [{ arn: VERSION, at: '2026-01-01T00:00:05.000Z', approval: 'Rejected' }];
    const run = await judge.run(request('PendingManualApproval', [fault], { decisions }));
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'decided already', approval: 'Rejected' } });
    expect(approvalOf(run)).toBe('Rejected');
    expect(callNames(run)).toEqual([LOOK, APPROVE, LOOK]);
  });

  test.each(['DescribeModelPackage', 'UpdateModelPackage'])('says so when %s keeps failing', async (operation) => {
    const message = 'a "quoted" reason\nwith {% braces %}';
    const fault = { service: 'sagemaker', operation, code: 'AccessDeniedException', message };
    const run = await judge.run(request('PendingManualApproval', [fault]));
    const { outcome, detail } = outcomeOf(run);
    expect(outcome).toBe('not approved');
    expect(detail).toMatch(/^SageMaker.SageMakerException: /);
    expect(detail).toContain(message);
    expect(callNames(run).filter((name) => name === `sagemaker:${operation}`)).toHaveLength(APPROVAL_ATTEMPTS);
    expect(run.waits).toEqual([1, 2, 3, 4].map((attempt) => attempt * APPROVAL_WAIT_SECONDS));
    expect(approvalOf(run)).toBe('PendingManualApproval');
    expect(told(run)).toHaveLength(1);
    const [alert] = told(run);
    expect(alert?.Subject).toBe('Critical: fraud-detector-approval-failed');
    const content = JSON.parse(alert?.Message ?? '');
    expect(content).toEqual({
      version: '1.0',
      source: 'custom',
      content: {
        title: 'Critical: fraud-detector-approval-failed (fraud-prod)',
        description: approvalFailed('fraud-detector').text,
        nextSteps: [
          'Where to look: SageMaker Studio, Models, fraud-prod-fraud-detector: https://console.aws.amazon.com/sagemaker/home?region=eu-central-1#/studio-landing',
          `Version: ${VERSION}`,
          'Execution: arn:aws:states:eu-central-1:111111111111:execution:machine:execution',
          'Error: SageMaker.SageMakerException',
          'Cause:',
          detail.replace('SageMaker.SageMakerException: ', ''),
        ],
        keywords: ['critical', 'fraud-detector', 'fraud-prod'],
      },
      metadata: {
        eventType: 'fraud-detector-approval-failed',
        additionalContext: { severity: 'critical', model: 'fraud-detector', platform: 'fraud-prod' },
      },
    });
  });

  test('says so of a version that does not exist', async () => {
    const run = await judge.run({
      ...request('Approved'),
      input: { versionArn: VERSION.replace(/2$/, '3') },
    });
    expect(outcomeOf(run).outcome).toBe('not approved');
    expect(told(run)).toHaveLength(1);
  });

  test('tries to tell again, and fails if nobody can be told', async () => {
    const broken = { service: 'sagemaker', operation: 'DescribeModelPackage', code: 'AccessDeniedException' };
    const once = { service: 'sns', operation: 'Publish', nth: 1, code: 'InternalError' };
    const first = await judge.run(request('PendingManualApproval', [broken, once]));
    expect(outcomeOf(first).outcome).toBe('not approved');
    expect(told(first)).toHaveLength(1);
    const always = { service: 'sns', operation: 'Publish', code: 'InternalError' };
    const second = await judge.run(request('PendingManualApproval', [broken, always]));
    expect(second).toMatchObject({ status: 'FAILED', error: 'NotAnnounced' });
    expect(callNames(second).filter((name) => name === TELL)).toHaveLength(7);
  });

  test('may be cut anywhere and started again', async () => {
    for await (const { cut } of judge.cutAfterEachCall(request('PendingManualApproval'))) {
      const again = await judge.run(resume(request('PendingManualApproval'), cut));
      expect(again.status).toBe('SUCCEEDED');
      expect(approvalOf(again)).toBe('Approved');
    }
  });

  test('can be told in any words', async () => {
    const details = {
      where: 'a "quoted" \\ path\nand {% braces %}',
      fields: {
        Name: { from: '$states.input.name' },
        Count: { from: '$states.input.count' },
        Missing: { from: '$states.input.missing' },
        Reason: { from: '$states.input.reason', freeText: true },
        Nothing: { from: '$states.input.missing', freeText: true },
      },
    };
    const tell = publishAlert({ topicArn: TOPIC, signal: TABLE_FAILED, details }, { End: true });
    const run = await judge.run({
      definition: {
        QueryLanguage: 'JSONata',
        StartAt: 'Tell',
        States: { Tell: { ...tell, Resource: 'arn:aws:states:::aws-sdk:sns:publish' } },
      },
      input: { name: 'n', count: 3, reason: 'a "quote"\n' },
      world: { kind: 'registry' },
    });
    expect(JSON.parse(told(run)[0]?.Message ?? '').content.nextSteps).toEqual([
      `Where to look: ${details.where}`,
      'Name: n',
      'Count: 3',
      'Missing: ',
      'Reason:',
      'a "quote"\n',
      'Nothing:',
      '',
    ]);
  });
});
