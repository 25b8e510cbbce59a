import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { Alerts } from '../../../lib/aws/alerts/alerts';
import { ArtifactStore } from '../../../lib/aws/artifact-store/artifact-store';
import { Keys } from '../../../lib/aws/keys/keys';
import { SnapshotCollector } from '../../../lib/aws/operations/snapshot-collector';
import { PlatformNames } from '../../../lib/plan/names';
import { collectorAccess } from '../../../lib/plan/pipeline/snapshot-collection';
import { nagFindings } from '../../support/nag';
import { testStack } from '../../support/synth';

const NAMES = new PlatformNames('fraud', 'prod');

function synthesised() {
  const stack = testStack({ env: { account: '111111111111', region: 'eu-central-1' } });
  const keys = Keys.fromArns(stack, 'Keys', {
    data: 'arn:aws:kms:eu-central-1:111111111111:key/data',
    artifacts: 'arn:aws:kms:eu-central-1:111111111111:key/artifacts',
    operations: 'arn:aws:kms:eu-central-1:111111111111:key/operations',
  });
  const collector = new SnapshotCollector(stack, 'Snapshots', {
    names: NAMES,
    plan: { graceSeconds: 2_592_000 },
    artifacts: ArtifactStore.fromName(stack, 'Artifacts', { bucketName: 'artifacts' }),
    alerts: Alerts.fromTopicArn(stack, 'Alerts', {
      topicArn: 'arn:aws:sns:eu-central-1:111111111111:alerts',
      encryptionKey: keys.operations,
      platform: NAMES.slug,
    }),
    keys,
  });
  return { stack, collector, template: Template.fromStack(stack) };
}

describe('the collector of snapshots', () => {
  test('starts once a day, and keeps what could not be started', () => {
    const { template } = synthesised();
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(1 day)' });
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    template.resourceCountIs('AWS::SQS::Queue', 1);
  });

  test('has the access of the plan, and deletes below snapshots alone', () => {
    const { collector, template } = synthesised();
    expect(collector.machine.workload.access).toEqual(collectorAccess());
    const statements = Object.values({
      ...template.findResources('AWS::IAM::ManagedPolicy'),
      ...template.findResources('AWS::IAM::Policy'),
    }).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[],
    );
    const deletes = statements.filter(({ Action }) =>
      [Action].flat().some((action) => /:Delete(?!LogDelivery)/.test(action)),
    );
    expect(deletes).toHaveLength(1);
    expect(JSON.stringify(deletes[0]?.Resource)).toContain(':s3:::artifacts/snapshots/*');
    expect([deletes[0]?.Action].flat()).toContain('s3:DeleteObject');
    expect([deletes[0]?.Action].flat()).not.toContain('s3:DeleteObjectVersion');
  });

  test('and policy packs find nothing', () => {
    expect(nagFindings(synthesised().stack)).toEqual([]);
  });
});
