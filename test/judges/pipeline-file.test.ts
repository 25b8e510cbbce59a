import { afterAll, beforeAll, expect, it } from 'vitest';
import { lintLines, lintTemplates } from '../support/cfn-lint';
import { describeJudge } from '../support/describe-judge';
import { deployedPipeline, LARGE_PIPELINE, ON_AWS_ALONE } from '../support/large-pipeline';
import { Moto } from '../support/moto';
import { loadedPipeline } from '../support/pipeline-spec';

const NAME = 'fraud-detector-pipeline';
const { file, given, template } = deployedPipeline(loadedPipeline(LARGE_PIPELINE, ON_AWS_ALONE));
const at = { Bucket: file?.bucket ?? '', ObjectKey: file?.key ?? '' };

describeJudge('templates', 'a pipeline whose definition is a file', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await Moto.start({ region: 'eu-central-1', account: '111111111111' });
    await moto.call('s3', 'create_bucket', {
      Bucket: at.Bucket,
      CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
    });
    await moto.call('s3', 'put_object', { Bucket: at.Bucket, Key: at.ObjectKey, Body: file?.text });
  });
  afterAll(() => moto?.stop());

  const create = (PipelineDefinitionS3Location: object) =>
    moto.call('sagemaker', 'create_pipeline', {
      PipelineName: NAME,
      RoleArn: 'arn:aws:iam::111111111111:role/pipeline',
      PipelineDefinitionS3Location,
    });

  it('is made from what was uploaded, and runs with what its start machine gives', async () => {
    await create(at);
    const { PipelineDefinition } = await moto.call('sagemaker', 'describe_pipeline', { PipelineName: NAME });
    expect(JSON.parse(String(PipelineDefinition))).toEqual(JSON.parse(file?.text ?? ''));
    const PipelineParameters = Object.entries(given).map(([Name, Value]) => ({ Name, Value }));
    const { PipelineExecutionArn } = await moto.call('sagemaker', 'start_pipeline_execution', {
      PipelineName: NAME,
      PipelineParameters,
    });
    expect(
      await moto.call('sagemaker', 'list_pipeline_parameters_for_execution', { PipelineExecutionArn }),
    ).toMatchObject({ PipelineParameters });
  });

  it('is not made from what was not', async () => {
    await expect(create({ ...at, ObjectKey: 'other.json' })).rejects.toThrow();
  });

  it('is one that cfn-lint has nothing against', async () => {
    const findings = await lintTemplates([{ name: 'model', template }], { region: 'eu-central-1' });
    expect(lintLines(findings.filter(({ level }) => level !== 'informational'))).toEqual([]);
    expect(findings.length, 'cfn-lint looked at the template').toBeGreaterThan(0);
  });
});
