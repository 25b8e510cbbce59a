// One synthesis in a process of its own, of one of three kinds:
//   ours   from a spec;
//   raw    from the templates that ours made, resource by resource;
//   floor  as raw, but first it loads the modules of the CDK that ours had loaded: what anybody pays who uses the CDK's own
//          classes of the same services.
// All three have the same settings of the app. Prints the milliseconds since the process began, those that it computed, its
// peak memory, and the modules of the CDK in it.
const path = require('node:path');
// As the command does it; Node has it from 22.1 on.
if (process.env.BENCH_CACHE) require('node:module').enableCompileCache?.(process.env.BENCH_CACHE);
const { readFileSync } = require('node:fs');
const { App, CfnParameter, CfnResource, Stack } = require('aws-cdk-lib');

const [kind, file, outdir, modules] = process.argv.slice(2);
const settings = {
  outdir,
  analyticsReporting: false,
  stackTraces: false,
  context: { 'aws:cdk:disable-creation-stack-traces': true },
};

function ours() {
  const { loadPlatformSpec } = require('../dist/index.js');
  const { MlopsPlatform } = require('../dist/aws/index.js');
  const app = new App(settings);
  new MlopsPlatform(app, 'Platform', { spec: loadPlatformSpec(file, { environment: 'prod' }) });
  app.synth();
}

const OPTIONS = { DeletionPolicy: 'deletionPolicy', UpdateReplacePolicy: 'updateReplacePolicy', Metadata: 'metadata' };
/** What the CDK puts into each template by itself. */
const OWN_PARAMETER = 'BootstrapVersion';

function raw() {
  const app = new App(settings);
  for (const { name, template } of JSON.parse(readFileSync(file, 'utf8'))) {
    const stack = new Stack(app, name);
    stack.templateOptions.description = template.Description;
    const resources = Object.entries(template.Resources).map(([id, { Type, Properties, DependsOn, ...rest }]) => {
      const resource = new CfnResource(stack, id, { type: Type, properties: Properties });
      for (const [key, option] of Object.entries(OPTIONS))
        if (rest[key] !== undefined) resource.cfnOptions[option] = rest[key];
      return [id, resource, DependsOn];
    });
    const byId = new Map(resources.map(([id, resource]) => [id, resource]));
    for (const [, resource, after] of resources)
      for (const id of [after ?? []].flat()) resource.addResourceDependency(byId.get(id));
    for (const [id, { Type, Default, Description }] of Object.entries(template.Parameters ?? {}))
      if (id !== OWN_PARAMETER) new CfnParameter(stack, id, { type: Type, default: Default, description: Description });
  }
  app.synth();
}

function floor() {
  for (const module of JSON.parse(readFileSync(modules, 'utf8'))) require(module);
  raw();
}

({ ours, raw, floor })[kind]();
const cdk = /[\\/]node_modules[\\/](aws-cdk-lib|@aws-cdk|constructs)[\\/]/;
const { user, system } = process.cpuUsage();
const result = {
  wall: performance.now(),
  cpu: (user + system) / 1000,
  mib: process.resourceUsage().maxRSS / 1024,
  modules: Object.keys(require.cache).filter((name) => cdk.test(name) && path.extname(name) === '.js'),
};
process.stdout.write(JSON.stringify(result));
