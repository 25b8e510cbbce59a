import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { CLUSTERS, jobOn } from '../support/cluster-job';
import { describeJudge, judgePython } from '../support/describe-judge';
import { runJudge } from '../support/python-process';

const SCRIPT = resolve(__dirname, 'templates/service_requests.py');

const problems = async (params: object) =>
  (
    (await runJudge(judgePython('templates'), SCRIPT, [
      { service: 'batch', operation: 'RegisterJobDefinition', params: { jobDefinitionName: 'train', ...params } },
    ])) as readonly (readonly string[])[]
  ).flat();

describeJudge('templates', 'the job definition of a step on the batch cluster', () => {
  test.each(CLUSTERS)('is one that the service takes, on %o', async (cluster) => {
    expect(await problems(jobOn(cluster).job)).toEqual([]);
  });

  test('is judged: what the service would refuse is found', async () => {
    const text = JSON.stringify(jobOn({}).job);
    for (const [right, wrong] of [
      ['"dependsOn"', '"dependOn"'],
      ['"readOnly":false', '"readOnly":"no"'],
      ['"type":"VCPU"', '"type":"CPU"'],
    ] as const) {
      expect(text).toContain(right);
      expect((await problems(JSON.parse(text.replace(right, wrong)))).length, wrong).toBeGreaterThan(0);
    }
  });
});
