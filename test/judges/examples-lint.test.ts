import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { lintLines, lintTemplates } from '../support/cfn-lint';
import { describeJudge } from '../support/describe-judge';
import { EXAMPLE_CASES, exampleSpec, ownStack, type SynthesisedTemplate, synthPlatform } from '../support/examples';
import { loadedPipeline, ON_CLUSTER, WITH_CLUSTER } from '../support/pipeline-spec';
import { loadedWatched } from '../support/watched-spec';

const SEVERAL_NODES = { training: { cluster: { kind: 'batch', nodes: 2 } } };

describeJudge('templates', 'cfn-lint of every example', () => {
  test('finds no error and no warning', async () => {
    const own = Template.fromStack(ownStack(new App())).toJSON() as SynthesisedTemplate;
    const templates = [
      ...EXAMPLE_CASES.flatMap((example) => synthPlatform(exampleSpec(example)).templates),
      { name: 'existing-stack', template: own },
      ...synthPlatform(loadedWatched()).templates,
      ...synthPlatform(loadedPipeline()).templates,
      ...synthPlatform(loadedPipeline(ON_CLUSTER, WITH_CLUSTER)).templates,
      ...synthPlatform(loadedPipeline(ON_CLUSTER, SEVERAL_NODES)).templates,
    ].map(({ name, template }) => ({ name, template }));
    expect(templates.length).toBeGreaterThan(10);
    const findings = await lintTemplates(templates, { region: 'eu-central-1' });
    expect(lintLines(findings.filter(({ level }) => level !== 'informational'))).toEqual([]);
    expect(findings.length, 'cfn-lint looked at the templates').toBeGreaterThan(0);
  });
});
