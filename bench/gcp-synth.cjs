// One synthesis for Google Cloud in a process of its own, of one of these kinds:
//   ours          from a spec;
//   raw           from the documents that ours made, resource by resource, each a plain TerraformResource;
//   floor         as raw, but first it loads the bindings that ours had loaded: what anybody pays who uses the classes of
//                 the same resources;
//   import        nothing: it only loads the package, which loads its parts at their first use;
//   import-all    nothing: it loads every part of the package;
//   import-floor  nothing: it only loads cdktf, and the bindings that the package is written with.
// Prints the milliseconds since the process began, those that it computed, its peak memory, and the modules of cdktf and of
// the bindings in it.
const path = require('node:path');
if (process.env.BENCH_CACHE) require('node:module').enableCompileCache?.(process.env.BENCH_CACHE);
const { readFileSync } = require('node:fs');

const [kind, file, outdir, modules] = process.argv.slice(2);

function ours() {
  const { App } = require('cdktf');
  const { loadPlatformSpec } = require('../dist/index.js');
  const { MlopsPlatform } = require('../dist/gcp/index.js');
  const app = new App({ outdir, stackTraces: false });
  new MlopsPlatform(app, 'Platform', { spec: loadPlatformSpec(file, { environment: 'prod' }) });
  app.synth();
}

/** What cdktf lays over the arguments of a resource, from options that these resources do not have. */
const OF_EVERY_RESOURCE = ['count', 'depends_on', 'for_each', 'lifecycle', 'provider'];
/** Parts of a document that constructs of their own make. */
const MADE = ['resource', 'provider', 'terraform'];

function raw() {
  const { App, TerraformBackend, TerraformProvider, TerraformResource, TerraformStack } = require('cdktf');

  class RawResource extends TerraformResource {
    constructor(scope, type, name, body) {
      super(scope, `${type}.${name}`, { terraformResourceType: type });
      this.overrideLogicalId(name);
      this.body = body;
      for (const argument of OF_EVERY_RESOURCE)
        if (body[argument] !== undefined) this.addOverride(argument, body[argument]);
    }
    synthesizeAttributes() {
      return this.body;
    }
  }
  class RawProvider extends TerraformProvider {
    constructor(scope, type, { source, version }, body) {
      super(scope, type, {
        terraformResourceType: type,
        terraformProviderSource: source,
        terraformGeneratorMetadata: { providerName: type, providerVersion: version },
      });
      // Keys of maps would be written in another case.
      for (const [argument, value] of Object.entries(body)) this.addOverride(argument, value);
    }
    synthesizeAttributes() {
      return {};
    }
  }

  class RawBackend extends TerraformBackend {
    constructor(scope, type, body) {
      super(scope, 'backend', type);
      this.body = body;
    }
    synthesizeAttributes() {
      return this.body;
    }
  }

  const app = new App({ outdir, stackTraces: false });
  const stacks = JSON.parse(readFileSync(file, 'utf8')).map(({ name, json, dependencies }) => {
    const stack = new TerraformStack(app, name);
    for (const [type, body] of Object.entries(json.terraform.backend)) new RawBackend(stack, type, body);
    for (const [type, [body]] of Object.entries(json.provider))
      new RawProvider(stack, type, json.terraform.required_providers[type], body);
    for (const [type, byName] of Object.entries(json.resource ?? {}))
      for (const [name, body] of Object.entries(byName)) new RawResource(stack, type, name, body);
    for (const [part, body] of Object.entries(json)) if (!MADE.includes(part)) stack.addOverride(part, body);
    return { stack, dependencies };
  });
  const byName = new Map(stacks.map(({ stack }) => [stack.node.id, stack]));
  for (const { stack, dependencies } of stacks) for (const name of dependencies) stack.addDependency(byName.get(name));
  app.synth();
}

const loadAll = (list) => {
  for (const module of JSON.parse(readFileSync(list, 'utf8'))) require(module);
};

const kinds = {
  ours,
  raw,
  floor: () => {
    loadAll(modules);
    raw();
  },
  import: () => require('../dist/gcp/index.js'),
  'import-all': () => Object.values(require('../dist/gcp/index.js')),
  'import-floor': () => {
    require('cdktf');
    loadAll(file);
  },
};

kinds[kind]();
const bindings = /[\\/]node_modules[\\/](cdktf|@cdktf|constructs)[\\/]/;
const { user, system } = process.cpuUsage();
const result = {
  wall: performance.now(),
  cpu: (user + system) / 1000,
  mib: process.resourceUsage().maxRSS / 1024,
  modules: Object.keys(require.cache).filter((name) => bindings.test(name) && path.extname(name) === '.js'),
};
process.stdout.write(JSON.stringify(result));
