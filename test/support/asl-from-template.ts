/** What CloudFormation would know when it makes a machine. */
export interface TemplateValues {
  /** Pseudo parameters without `AWS::`. Defaults: see `PSEUDO_PARAMETERS`. */
  readonly pseudo?: Readonly<Record<string, string>>;
  /** Value of `Ref` of a resource or parameter. Without it, and where it gives nothing, resolving throws. */
  readonly ref?: (logicalId: string) => string | undefined;
  /** Value of `Fn::GetAtt`, likewise. */
  readonly attribute?: (logicalId: string, attribute: string) => string | undefined;
}

/** A synthesised CloudFormation template, as far as it matters here. */
export interface TemplateWithMachines {
  readonly Resources?: Readonly<Record<string, { readonly Type: string; readonly Properties?: MachineProperties }>>;
}

interface MachineProperties {
  readonly Definition?: unknown;
  readonly DefinitionString?: unknown;
  readonly DefinitionSubstitutions?: unknown;
}

export const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  AccountId: '111111111111',
  Partition: 'aws',
  Region: 'eu-central-1',
  StackName: 'Test',
  URLSuffix: 'amazonaws.com',
};

const STATE_MACHINE = 'AWS::StepFunctions::StateMachine';

/** Logical ids of the state machines in a template. */
export function machinesOf(template: TemplateWithMachines): readonly string[] {
  return Object.entries(template.Resources ?? {})
    .filter(([, { Type }]) => Type === STATE_MACHINE)
    .map(([logicalId]) => logicalId);
}

/**
 * The definition of a state machine as CloudFormation would hand it to Step Functions: from `Definition` or
 * `DefinitionString`, with intrinsic functions and `DefinitionSubstitutions` resolved.
 *
 * @throws Error for what is no state machine, for values nobody gave and for text that is no JSON once resolved.
 */
export function aslFromTemplate(
  template: TemplateWithMachines,
  logicalId: string,
  values: TemplateValues = {},
): Record<string, unknown> {
  const resource = template.Resources?.[logicalId];
  if (resource?.Type !== STATE_MACHINE) {
    throw new Error(`${logicalId} is no state machine. There are: ${machinesOf(template).join(', ') || 'none'}`);
  }
  const { Definition, DefinitionString = Definition, DefinitionSubstitutions = {} } = resource.Properties ?? {};
  if (DefinitionString === undefined)
    throw new Error(`${logicalId} has its definition elsewhere (DefinitionS3Location)`);
  const resolver = new Resolver(values);
  const resolved = resolver.resolve(DefinitionString);
  const substitutions = resolver.resolve(DefinitionSubstitutions) as Record<string, unknown>;
  const text = typeof resolved === 'string' ? resolved : JSON.stringify(resolved);
  return parse(
    substitute(text, (name) => asText(substitutions[name])),
    logicalId,
  );
}

/** A part of a template with intrinsic functions resolved. @throws Error for values nobody gave. */
export const resolvedValue = (value: unknown, values: TemplateValues = {}): unknown =>
  new Resolver(values).resolve(value);

class Resolver {
  constructor(private readonly values: TemplateValues) {}

  resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item));
    if (typeof value !== 'object' || value === null) return value;
    const [[key, argument] = ['', undefined], ...others] = Object.entries(value);
    if (others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) return this.intrinsic(key, argument);
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.resolve(item)]));
  }

  private intrinsic(name: string, argument: unknown): unknown {
    switch (name) {
      case 'Ref':
        return this.ref(argument as string);
      case 'Fn::GetAtt':
        return this.attribute(Array.isArray(argument) ? argument.join('.') : (argument as string));
      case 'Fn::Sub':
        return this.sub(argument);
      case 'Fn::Join': {
        const [separator, parts] = this.resolve(argument) as [string, readonly unknown[]];
        return parts.map(asText).join(separator);
      }
      case 'Fn::Select': {
        const [index, list] = this.resolve(argument) as [number | string, readonly unknown[]];
        return list[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = this.resolve(argument) as [string, string];
        return text.split(separator);
      }
      default:
        throw new Error(`${name} in a definition: ${JSON.stringify(argument)}`);
    }
  }

  private sub(argument: unknown): string {
    const [text, variables] = Array.isArray(argument)
      ? (argument as [string, Record<string, unknown>])
      : [argument, {}];
    return substitute(text as string, (name) => {
      if (Object.hasOwn(variables as object, name))
        return asText(this.resolve((variables as Record<string, unknown>)[name]));
      return asText(name.includes('.') ? this.attribute(name) : this.ref(name));
    }).replaceAll('${!', '${');
  }

  private ref(name: string): string {
    const pseudo = { ...PSEUDO_PARAMETERS, ...this.values.pseudo };
    const value = name.startsWith('AWS::') ? pseudo[name.slice('AWS::'.length)] : this.values.ref?.(name);
    if (value === undefined) throw new Error(`no value for Ref ${name}`);
    return value;
  }

  private attribute(path: string): string {
    const [logicalId = '', ...attribute] = path.split('.');
    const value = this.values.attribute?.(logicalId, attribute.join('.'));
    if (value === undefined) throw new Error(`no value for Fn::GetAtt ${path}`);
    return value;
  }
}

/** Replaces `${name}`; what `value` does not know stays, and so does `${!name}`. */
function substitute(text: string, value: (name: string) => string | undefined): string {
  return text.replace(/\$\{([^!}][^}]*)\}/g, (whole, name: string) => value(name.trim()) ?? whole);
}

function asText(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}

function parse(text: string, logicalId: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`the definition of ${logicalId} is no JSON: ${(error as Error).message}\n${text}`);
  }
}
