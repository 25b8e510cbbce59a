import { expect, test } from 'vitest';
import { lintLines, lintTemplates } from '../support/cfn-lint';
import { describeJudge } from '../support/describe-judge';
import { EVERY_TRIGGER, pipelineStartStack } from '../support/pipeline-start-stack';

describeJudge('templates', 'cfn-lint of the start of a pipeline', () => {
  test('finds no error and no warning, with every trigger and with none', async () => {
    const templates = [EVERY_TRIGGER, []].map((triggers) => ({
      name: `${triggers.length} triggers`,
      template: pipelineStartStack(triggers).template.toJSON(),
    }));
    const findings = await lintTemplates(templates, { region: 'eu-central-1' });
    expect(lintLines(findings.filter(({ level }) => level !== 'informational'))).toEqual([]);
    expect(findings.length, 'cfn-lint looked at the templates').toBeGreaterThan(0);
  });
});
