// One synthesis in a process of its own: `ours` from a spec, or `raw` from the templates that ours made, resource by
// resource. Prints the milliseconds since the process began and its peak memory.
const { readFileSync } = require('node:fs');
const { App, CfnParameter, CfnResource, CfnRule, LegacyStackSynthesizer, Stack } = require('aws-cdk-lib');

const [kind, file, outdir] = process.argv.slice(2);

function ours() {
  const { loadPlatformSpec } = require('../dist/index.js');
  const { MlopsPlatform } = require('../dist/aws/index.js');
  const app = new App({ outdir, analyticsReporting: false });
  new MlopsPlatform(app, 'Platform', { spec: loadPlatformSpec(file, { environment: 'prod' }) });
  app.synth();
}

const OPTIONS = { DeletionPolicy: 'deletionPolicy', UpdateReplacePolicy: 'updateReplacePolicy', Metadata: 'metadata' };

function raw() {
  const app = new App({ outdir, analyticsReporting: false });
  for (const { name, template } of JSON.parse(readFileSync(file, 'utf8'))) {
    const stack = new Stack(app, name, { synthesizer: new LegacyStackSynthesizer() });
    stack.templateOptions.description = template.Description;
    const resources = Object.entries(template.Resources).map(([id, { Type, Properties, DependsOn, ...rest }]) => {
      const resource = new CfnResource(stack, id, { type: Type, properties: Properties });
      for (const [key, option] of Object.entries(OPTIONS))
        if (rest[key] !== undefined) resource.cfnOptions[option] = rest[key];
      return [id, resource, DependsOn];
    });
    const byId = new Map(resources.map(([id, resource]) => [id, resource]));
    for (const [, resource, after] of resources)
      for (const id of [after ?? []].flat()) resource.addDependency(byId.get(id));
    for (const [id, { Type, Default, Description }] of Object.entries(template.Parameters ?? {}))
      new CfnParameter(stack, id, { type: Type, default: Default, description: Description });
    for (const [id, { Assertions }] of Object.entries(template.Rules ?? {}))
      new CfnRule(stack, id, {
        assertions: Assertions.map((a) => ({ assert: a.Assert, assertDescription: a.AssertDescription })),
      });
  }
  app.synth();
}

({ ours, raw })[kind]();
process.stdout.write(JSON.stringify({ ms: performance.now(), mib: process.resourceUsage().maxRSS / 1024 }));
