import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { DRIFT_NAMESPACE } from '../../../lib/aws/drift-monitor/drift-namespace';
import { AWS_JOB_IMAGE } from '../../../lib/plan/job-images';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { synthPlatform } from '../../support/examples';
import { nagFindings } from '../../support/nag';
import { DRIFT, loadedWatched, QUALITY, watchedPlatform } from '../../support/watched-spec';

const synthesised = synthPlatform(loadedWatched());
const stack = synthesised.platform.models.detector;
if (stack === undefined) throw new Error('the stack was lost');
const template = Template.fromStack(stack);
const text = JSON.stringify(template.toJSON());

describe('what watches drift on AWS', () => {
  it('is started for each kind of run, in its time zone, with the time that it is for', () => {
    const schedules = Object.values(template.findResources('AWS::Scheduler::Schedule')).map(
      ({ Properties }) => Properties,
    );
    expect(schedules.map(({ Target }) => JSON.parse(Target.Input))).toEqual([
      { run: 'drift', at: '<aws.scheduler.scheduled-time>' },
      { run: 'quality', at: '<aws.scheduler.scheduled-time>' },
    ]);
    for (const one of schedules)
      expect(one).toMatchObject({
        ScheduleExpression: 'cron(30 2 * * ? *)',
        ScheduleExpressionTimezone: 'Europe/Berlin',
        Target: { DeadLetterConfig: {} },
      });
  });

  it.each([
    ['detector-drift', 'DriftShare', 0.3, 'GreaterThanOrEqualToThreshold', 'Maximum'],
    ['detector-prediction-drift', 'PredictionDrifted', 1, 'GreaterThanOrEqualToThreshold', 'Maximum'],
    ['detector-quality', 'ModelQuality', 0.8, 'LessThanThreshold', 'Minimum'],
  ])('raises %s', (name, MetricName, Threshold, ComparisonOperator, Statistic) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `fraud-${name}`,
      Namespace: DRIFT_NAMESPACE,
      MetricName,
      Threshold,
      ComparisonOperator,
      Statistic,
      Period: 3600,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      Dimensions: [
        { Name: 'Model', Value: 'detector' },
        { Name: 'Platform', Value: 'fraud' },
      ],
    });
  });

  it('tells of drift by its route, and of quality by the channel of the platform', () => {
    const actions = Object.fromEntries(
      Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => [
        Properties.AlarmName,
        JSON.stringify(Properties.AlarmActions),
      ]),
    );
    expect(actions['fraud-detector-drift']).toContain('pager');
    expect(actions['fraud-detector-quality']).not.toContain('pager');
  });

  it('runs its own code, a file that Python takes as it is, on the image of its region', () => {
    expect(text).toContain(`492215442770.dkr.ecr.eu-central-1.`);
    expect(text).toContain(`${AWS_JOB_IMAGE.repository}:${AWS_JOB_IMAGE.tag}`);
    const assets = synthesised.platform.models.detector?.drift?.job.code;
    expect(assets?.file).toMatch(/^[0-9a-f]{64}\.zip$/);
    expect(text).toContain(`/opt/ml/processing/input/code/${assets?.file}`);
  });

  it('lets SageMaker copy files to and from its machine, and nothing else', () => {
    const { settings } = synthesised.platform.models.detector?.drift?.job ?? {};
    const group = stack.resolve(settings?.securityGroupId)['Fn::GetAtt'][0];
    expect(template.toJSON().Resources[group].Properties.SecurityGroupEgress).toEqual([
      { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: expect.any(String) },
    ]);
    template.resourcePropertiesCountIs(
      'AWS::EC2::SecurityGroupIngress',
      { GroupId: stack.resolve(settings?.securityGroupId) },
      0,
    );
  });

  it('makes nothing that runs all the time, and no function', () => {
    expect(
      Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type),
    ).not.toEqual(expect.arrayContaining(['AWS::Lambda::Function']));
  });

  it('has no finding of any policy pack', () => {
    expect(nagFindings(stack)).toEqual([]);
  });

  it('is not there where nothing says what to compare', () => {
    const { platform } = synthPlatform(loadedWatched({}));
    expect(platform.models.detector?.drift).toBeUndefined();
  });

  it('has a disk that what it reads fits on', () => {
    const onDisk = (disk?: string) =>
      synthPlatform(loadedWatched({ drift: { ...DRIFT, disk } })).platform.models.detector?.drift?.job.settings.disk;
    expect(onDisk()?.VolumeSizeInGB).toBe(100);
    expect(onDisk('2 TiB')?.VolumeSizeInGB).toBe(2048);
  });

  it('asks for no lake where neither labels nor a dataset to compare with are named', () => {
    const alone = synthPlatform(loadedWatched({ drift: DRIFT }));
    expect(JSON.stringify(alone.templates)).not.toContain('athena:StartQueryExecution", "Resource": "drift');
    const workload = alone.platform.models.detector?.drift?.machine.workload;
    expect(workload?.access.map(({ kind }) => kind)).not.toContain('dataset');
  });

  it('is refused where AWS has no image for it', () => {
    const spec = watchedPlatform({ drift: DRIFT, quality: QUALITY }, { aws: { region: 'ap-southeast-5' } });
    expect(() => loadPlatformSpec(JSON.stringify(spec))).toThrow('ap-southeast-5 has no image that the job runs on');
  });
});
