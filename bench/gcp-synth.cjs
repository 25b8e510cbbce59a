// One synthesis for Google Cloud in a process of its own, of one of these kinds:
//   ours          from a spec;
//   raw           from the documents that ours made, resource by resource, each a plain TerraformResource;
//   floor         as raw, but first it loads the bindings that ours had loaded;
//   typed         from the same documents, each resource made by its class in the bindings with what ours gave it, and
//                 nothing else: what anybody pays who writes the same resources with the bindings;
//   record        as ours, and writes what it gave the classes;
//   import        nothing: it only loads the package, which loads its parts at their first use;
//   import-all    nothing: it loads every part of the package;
//   import-floor  nothing: it only loads cdktf, and the bindings that the package is written with.
// Prints the milliseconds since the process began, those that it computed, its peak memory, and the modules of cdktf and of
// the bindings in it.
const path = require('node:path');
if (process.env.BENCH_CACHE) require('node:module').enableCompileCache?.(process.env.BENCH_CACHE);
const { readFileSync, writeFileSync } = require('node:fs');

const [kind, file, outdir, modules] = process.argv.slice(2);

function platform() {
  const { App } = require('cdktf');
  const { loadPlatformSpec } = require('../dist/index.js');
  const { MlopsPlatform } = require('../dist/gcp/index.js');
  const app = new App({ outdir, stackTraces: false });
  new MlopsPlatform(app, 'Platform', { spec: loadPlatformSpec(file, { environment: 'prod' }) });
  return app;
}

/** Bindings keep each argument that a resource was given behind a getter of this ending. */
const INPUT = 'Input';
function argumentsOf(resource) {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(resource)).filter((name) => name.endsWith(INPUT));
  return Object.fromEntries(names.map((name) => [name.slice(0, -INPUT.length), resource[name]]));
}

/** Writes what ours gave each resource: the arguments of its class, and what it laid over them. */
function record() {
  const { DefaultTokenResolver, StringConcat, TerraformResource, TerraformStack, Tokenization } = require('cdktf');
  const app = platform();
  app.synth();
  const resolver = new DefaultTokenResolver(new StringConcat());
  const given = {};
  for (const one of app.node.findAll().filter((node) => TerraformResource.isTerraformResource(node))) {
    const scope = TerraformStack.of(one);
    const { terraformResourceType: type, friendlyUniqueId: name, rawOverrides: overrides, lifecycle } = one;
    given[`${scope.node.id}/${type}.${name}`] = Tokenization.resolve(
      { args: { ...argumentsOf(one), lifecycle }, overrides },
      { scope, resolver },
    );
  }
  writeFileSync(modules, JSON.stringify(given));
}

/** What cdktf lays over the arguments of a resource, from options that these resources do not have. */
const OF_EVERY_RESOURCE = ['count', 'depends_on', 'for_each', 'lifecycle', 'provider'];
/** Parts of a document that constructs of their own make. */
const MADE = ['resource', 'provider', 'terraform'];

/** What makes a resource from its body in the document, as a plain resource. */
function plainly() {
  const { TerraformResource } = require('cdktf');
  return class extends TerraformResource {
    constructor(stack, type, name, body) {
      super(stack, `${type}.${name}`, { terraformResourceType: type });
      this.overrideLogicalId(name);
      this.body = body;
      for (const argument of OF_EVERY_RESOURCE)
        if (body[argument] !== undefined) this.addOverride(argument, body[argument]);
    }
    synthesizeAttributes() {
      return this.body;
    }
  };
}

/** What makes a resource by its class in the bindings, from what ours gave it. */
function byClass() {
  const given = JSON.parse(readFileSync(modules, 'utf8'));
  const classes = new Map();
  const classOf = (type) => {
    if (!classes.has(type)) {
      const home = type.startsWith('google_')
        ? require(`@cdktf/provider-google/lib/${type.slice('google_'.length).replaceAll('_', '-')}`)
        : require('cdktf');
      classes.set(
        type,
        Object.values(home).find(({ tfResourceType }) => tfResourceType === type),
      );
    }
    return classes.get(type);
  };
  return function make(stack, type, name, body) {
    const { args, overrides = {} } = given[`${stack.node.id}/${type}.${name}`];
    const made = new (classOf(type))(stack, `${type}.${name}`, args);
    made.overrideLogicalId(name);
    made.dependsOn = body.depends_on;
    made.provider = body.provider && { fqn: body.provider };
    for (const [argument, value] of Object.entries(overrides)) made.addOverride(argument, value);
  };
}

/** @param Resource - makes one resource of a stack from its type, its name and its body in the document */
function again(Resource) {
  const { App, TerraformBackend, TerraformProvider, TerraformStack } = require('cdktf');

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
      for (const [name, body] of Object.entries(byName)) new Resource(stack, type, name, body);
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
  ours: () => platform().synth(),
  raw: () => again(plainly()),
  floor: () => {
    loadAll(modules);
    again(plainly());
  },
  typed: () => again(byClass()),
  record,
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
