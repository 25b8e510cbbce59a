import { expect, test } from 'vitest';
import { loadPlatformSpec } from '../../lib/plan/load';
import { diffTemplates } from '../support/create-only';
import { describeJudge } from '../support/describe-judge';
import { synthPlatform } from '../support/examples';
import { SPEC_CHANGES, type SpecChange } from '../support/spec-changes';
import { statefulResources } from '../support/stateful-resources';

/** What waits in a queue for a receiver that is gone has nobody left to go to. */
const QUEUE = 'AWS::SQS::Queue';
const REGION = 'eu-central-1';
const templatesOf = (change: SpecChange) =>
  synthPlatform(loadPlatformSpec(SPEC_CHANGES[change], { environment: 'prod' })).templates;

describeJudge('templates', 'changes of a spec, by the resource schemas', () => {
  const before = templatesOf('nothing changed');
  const names = Object.keys(SPEC_CHANGES) as SpecChange[];

  test.each(names)('%s: replaces nothing that holds state, and nothing under a fixed name', (change) => {
    const after = new Map(templatesOf(change).map(({ name, template }) => [name, template]));
    const stayed = before.filter(({ name }) => after.has(name));
    for (const { name, template } of stayed) {
      const later = after.get(name);
      if (later === undefined) continue;
      const stateful = new Set(statefulResources(template).map(({ logicalId }) => logicalId));
      const changes = diffTemplates(template, later, { region: REGION });
      const replaced = changes.filter(({ change: kind }) => kind === 'replace');
      expect(
        replaced.filter(({ logicalId }) => stateful.has(logicalId)),
        `${name}: stateful`,
      ).toEqual([]);
      expect(
        replaced.filter(({ clash }) => clash.length > 0),
        `${name}: fixed names`,
      ).toEqual([]);
      const gone = changes.filter(({ change: kind, logicalId }) => kind === 'remove' && stateful.has(logicalId));
      for (const { logicalId, type } of gone.filter(({ type }) => type !== QUEUE))
        expect(template.Resources[logicalId]?.DeletionPolicy, `${type} ${logicalId}`).toBe('Retain');
    }
  });

  test('sees a change at all', () => {
    const changed = (change: SpecChange) =>
      before.flatMap(({ name, template }) => {
        const later = templatesOf(change).find((other) => other.name === name);
        return later === undefined ? [] : diffTemplates(template, later.template, { region: REGION });
      });
    expect(changed('nothing changed')).toEqual([]);
    expect(changed('owner changed').length).toBeGreaterThan(10);
    expect(changed('retention changed').map(({ type }) => type)).toEqual(['AWS::S3::Bucket']);
    expect(changed('serving changed').map(({ type }) => type)).toContain('AWS::StepFunctions::StateMachine');
    expect(changed('monitoring changed').map(({ type }) => type)).toContain('AWS::CloudWatch::Alarm');
    expect(changed('serving removed').map(({ change }) => change)).toContain('remove');
    // What a pipeline checks its data against knows the columns too, and what starts its runs which pipeline that is.
    const withColumn = changed('column added');
    expect(new Set(withColumn.map(({ type }) => type))).toEqual(
      new Set([
        ...['AWS::SSM::Parameter', 'AWS::IAM::ManagedPolicy'],
        ...['AWS::SageMaker::Pipeline', 'AWS::StepFunctions::StateMachine'],
      ]),
    );
    const machines = withColumn.filter(({ type }) => type === 'AWS::StepFunctions::StateMachine');
    expect(machines.map(({ logicalId }) => logicalId)).toEqual([expect.stringMatching(/^StartMachine/)]);
  });
});
