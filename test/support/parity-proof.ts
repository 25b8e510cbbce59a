import type { Parity } from '../../lib/plan/parity/parity';
import { aslFromTemplate, machinesOf, type TemplateValues, type TemplateWithMachines } from './asl-from-template';
import type { SynthesisedPlatform } from './examples';
import { unescaped } from './terraform-expressions';
import { type ResourceBody, resourcesOf, type TerraformStack } from './terraform-stacks';
import { type Told, toldByMachine, toldByWorkflow } from './told-by-programs';

/** What a cloud is given, with the programs of the platform apart. */
export interface Rendering {
  readonly text: string;
  /** Everything but the programs and what only follows them: who may do what, what waits for what, what people read. */
  readonly settings: string;
  /** Generated machines and workflows by where they are, with what they hand to services. */
  readonly programs: ReadonlyMap<string, Omit<Program, 'at'>>;
  /** Files that programs of the platform are made of, or judge by. */
  readonly files: ReadonlySet<string>;
  /** Files that say what a program is to do, which could be in its text as well. */
  readonly configurations: ReadonlySet<string>;
}

/** Resources that only say who may do what. */
const ACCESS = /^(AWS::IAM::|google_service_account)|_iam_(member|custom_role)$/;
/** Attributes with a program, those that say what waits for what, and those that people read. */
const ASIDE = [
  ...['DefinitionString', 'DefinitionSubstitutions', 'source_contents'],
  ...['DependsOn', 'depends_on'],
  ...['Description', 'AlarmDescription', 'description', 'documentation'],
];
/** Files of programs, by the hash of what is in them: assets of the CDK, and folders of jobs on Google Cloud. */
const FILES = /\b[0-9a-f]{64}\.zip\b|\bjobs\/[\w-]+\/[0-9a-f]{16}\b/g;
const CONFIGURATION = /^jobs\/config-/;
/** The parameter by which a run says whose it is: a hash of all that makes it, and no setting of its own. */
const TIE = /\bdocument-[0-9a-f]{16}\b/g;

interface Resource {
  /** Its stack and its id there. */
  readonly at: string;
  readonly type: string;
  readonly body: unknown;
}

interface Program {
  readonly at: string;
  readonly text: string;
  /** Most options show what they are before it is asked for. */
  readonly told: () => Told;
}

function rendering(
  text: string,
  rest: unknown,
  resources: readonly Resource[],
  programs: readonly Program[],
): Rendering {
  const settings = JSON.stringify([rest, resources.filter(({ type }) => !ACCESS.test(type))], (key, value) =>
    ASIDE.includes(key) ? undefined : value,
  );
  const files = text.match(FILES) ?? [];
  return {
    text,
    settings: settings.replaceAll(FILES, 'file').replaceAll(TIE, 'document'),
    programs: new Map(programs.map(({ at, ...program }) => [at, program])),
    files: new Set(files.filter((file) => !CONFIGURATION.test(file))),
    configurations: new Set(files.filter((file) => CONFIGURATION.test(file))),
  };
}

const KNOWN_LATER: TemplateValues = {
  ref: (id) => `<${id}>`,
  attribute: (id, attribute) => `<${id}.${attribute}>`,
};

export function renderedOnAws({ templates, assembly }: SynthesisedPlatform): Rendering {
  const environments = assembly.stacks.map(({ environment }) => environment);
  const resources = templates.flatMap(({ name, template }) =>
    Object.entries(template.Resources).map(([id, body]) => ({ at: `${name} ${id}`, type: body.Type, body })),
  );
  const programs = templates.flatMap(({ name, template }) =>
    machinesOf(template as TemplateWithMachines).map((id) => ({
      at: `${name} ${id}`,
      text: (JSON.stringify(template.Resources[id]?.Properties?.DefinitionString) ?? '').replaceAll(TIE, 'document'),
      told: () => toldByMachine(untied(aslFromTemplate(template as TemplateWithMachines, id, KNOWN_LATER))),
    })),
  );
  return rendering(JSON.stringify([templates, environments]), environments, resources, programs);
}

const untied = (machine: object): object => JSON.parse(JSON.stringify(machine).replaceAll(TIE, 'document'));

export function renderedOnGcp(stacks: readonly TerraformStack[]): Rendering {
  const resources = stacks.flatMap((stack) =>
    resourcesOf(stack).map(({ address, type, body }) => ({ at: `${stack.name} ${address}`, type, body })),
  );
  const programs = resources
    .filter(({ type }) => type === 'google_workflows_workflow')
    .map(({ at, body }) => {
      const text = unescaped(body.source_contents).replaceAll(FILES, 'file');
      return { at, text, told: () => toldByWorkflow(JSON.parse(text)) };
    });
  const rest = stacks.map(({ name, json: { resource: _, ...other } }) => [name, other]);
  return rendering(
    JSON.stringify(stacks),
    rest,
    resources.filter(({ type, body }) => type !== 'google_storage_bucket_object' || !isFile(body)),
    programs,
  );
}

const isFile = ({ name }: ResourceBody): boolean => String(name).startsWith('jobs/');

/**
 * How a cloud does what an option says, by what changes with it. `subject` is where the option has the value that asks
 * for most, `other` where it has another.
 *
 * emulated: it takes a program that is not there without it, or only programs change and what follows them. native:
 * settings of the cloud's services change, or what a program hands to them as it is written.
 */
export function supportShown(subject: Rendering, other: Rendering): Parity['support'] {
  const added = (which: 'programs' | 'files' | 'configurations') =>
    [...subject[which].keys()].some((at) => !other[which].has(at));
  if (added('programs') || added('files')) return 'emulated';
  if (subject.settings !== other.settings) return 'native';
  const pairs = [...subject.programs].flatMap(([at, one]) => {
    const before = other.programs.get(at);
    return before === undefined || before.text === one.text ? [] : [{ one: one.told(), other: before.told() }];
  });
  if (pairs.some((pair) => differs(pair.one, pair.other))) return 'native';
  return pairs.length > 0 || added('configurations') ? 'emulated' : 'native';
}

/** Whether the same call is told something else. A call that only one of them makes is a matter of the program. */
const differs = (one: Told, other: Told): boolean => [...one].some(([at, value]) => (other.get(at) ?? value) !== value);
