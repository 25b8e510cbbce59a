import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A type in the JSON that Terraform's protocol has for it: `"string"`, `["list", "string"]`, `["object", {…}]`. */
export type WireType = string | readonly [string, WireType | Readonly<Record<string, WireType>>];

export interface AttributeSchema {
  readonly type: WireType;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
}

export interface NestedBlockSchema {
  readonly nesting: 'SINGLE' | 'LIST' | 'SET';
  readonly required: boolean;
  /** Whether there can be one at most; only lists and sets say. */
  readonly single: boolean;
  readonly block: BlockSchema;
}

export interface BlockSchema {
  readonly attributes: Readonly<Record<string, AttributeSchema>>;
  readonly blocks: Readonly<Record<string, NestedBlockSchema>>;
}

const PACKAGE = dirname(require.resolve('@cdktf/provider-google/package.json'));

/** The release of hashicorp/google that the bindings were made from. */
export const BINDINGS_VERSION: string = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')).cdktf.provider
  .version;

const schemas = new Map<string, BlockSchema | undefined>();

/** The schema of a resource type, or undefined if the bindings have none. */
export function resourceSchema(type: string): BlockSchema | undefined {
  if (!schemas.has(type)) schemas.set(type, readSchema(type.replace(/^google_/, '').replaceAll('_', '-')));
  return schemas.get(type);
}

/** The schema of the provider's own block. */
export function providerSchema(): BlockSchema {
  const schema = readSchema('provider');
  if (schema === undefined) throw new Error('The bindings have no provider.');
  // an argument of Terraform itself, which it never passes on
  const { alias: _, ...attributes } = schema.attributes;
  return { ...schema, attributes };
}

function readSchema(module: string): BlockSchema | undefined {
  const source = generatedSource(module);
  if (source === undefined) return undefined;
  const [, root] = /export class (\w+) extends cdktf\.Terraform(?:Resource|Provider) /.exec(source) ?? [];
  return root === undefined ? undefined : new Bindings(source).block(root);
}

/**
 * The TypeScript that a module was compiled from, out of its source maps: only there does each property still say
 * whether it is computed, optional or required. The largest modules keep their nested types in files of their own.
 */
function generatedSource(module: string): string | undefined {
  const folder = join(PACKAGE, 'lib', module);
  if (!existsSync(join(folder, 'index.js'))) return undefined;
  const structs = join(folder, 'index-structs');
  const nested = existsSync(structs) ? readdirSync(structs).filter((file) => /^structs\d+\.js$/.test(file)) : [];
  return [join(folder, 'index.js'), ...nested.map((file) => join(structs, file))].map(sourceOf).join('\n');
}

function sourceOf(file: string): string {
  const mark = '//# sourceMappingURL=data:application/json;base64,';
  const code = readFileSync(file, 'utf8');
  const at = code.lastIndexOf(mark);
  if (at < 0) throw new Error(`${file} has no source map.`);
  return JSON.parse(Buffer.from(code.slice(at + mark.length), 'base64').toString('utf8')).sourcesContent[0];
}

/** How an input is written to HCL: `storage_class` as `{ isBlock, type, storageClassType }`. */
interface HclShape {
  readonly isBlock: boolean;
  readonly collection: string;
  readonly of: string;
}

class Bindings {
  private readonly classes = new Map<string, string>();
  private readonly interfaces = new Map<string, string>();
  private readonly shapes = new Map<string, ReadonlyMap<string, HclShape>>();

  constructor(source: string) {
    for (const [, name, body] of source.matchAll(/^export class (\w+) extends cdktf\.\w+ \{\n(.*?)^\}/gms))
      if (name !== undefined && body !== undefined) {
        this.classes.set(name, body);
        this.shapes.set(name, hclShapes(body));
      }
    for (const [, name, body] of source.matchAll(/^export interface (\w+) \{\n(.*?)^\}/gms))
      if (name !== undefined && body !== undefined) this.interfaces.set(name, body);
    for (const [, name, body] of source.matchAll(/^export function (\w+)ToHclTerraform\(.*?\n(.*?)^\}/gms))
      if (name !== undefined && body !== undefined)
        this.shapes.set(`${name.charAt(0).toUpperCase()}${name.slice(1)}OutputReference`, hclShapes(body));
  }

  block(className: string): BlockSchema {
    const attributes: Record<string, AttributeSchema> = {};
    const blocks: Record<string, NestedBlockSchema> = {};
    for (const property of this.properties(className)) {
      const shape = this.shapes.get(className)?.get(property.name);
      const nested = this.nestedClass(property.code, shape);
      if (nested === undefined) {
        attributes[property.name] = { type: wireType(property, shape), ...property.flags };
      } else if (shape?.isBlock) {
        blocks[property.name] = {
          nesting: shape.collection === 'struct' ? 'SINGLE' : shape.collection === 'set' ? 'SET' : 'LIST',
          required: property.flags.required,
          single: nested.single,
          block: this.block(nested.className),
        };
      } else {
        const collection = nested.wrapsSet || shape?.collection === 'set' ? 'set' : 'list';
        attributes[property.name] = { type: [collection, this.objectType(nested.className)], ...property.flags };
      }
    }
    return { attributes, blocks };
  }

  /** Blocks of the provider itself have no class that refers to them, only the interface of their values. */
  private properties(className: string): readonly Property[] {
    const code = this.classes.get(className);
    if (code !== undefined) return propertiesOf(code);
    const members = this.interfaces.get(className.replace(/OutputReference$/, '')) ?? '';
    return [...members.matchAll(/^ {2}readonly (\w+)(\??):/gm)].map(([, name = '', optional]) => ({
      name: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      flags: { computed: false, optional: optional === '?', required: optional !== '?' },
      code: '',
    }));
  }

  /** The class of a property whose value has properties of its own. The provider has such a one without a field for it. */
  private nestedClass(
    code: string,
    shape: HclShape | undefined,
  ): { className: string; single: boolean; wrapsSet: boolean } | undefined {
    const [, base, kind, wrapsSet] = /= new (\w+?)(List|OutputReference)\(this, "\w+"(?:, (\w+))?\)/.exec(code) ?? [];
    if (base !== undefined)
      return {
        className: `${base}OutputReference`,
        single: kind === 'OutputReference',
        wrapsSet: wrapsSet === 'true',
      };
    if (!shape?.isBlock) return undefined;
    return { className: `${shape.of.replace(/List$/, '')}OutputReference`, single: false, wrapsSet: false };
  }

  private objectType(className: string): WireType {
    const { attributes, blocks } = this.block(className);
    return [
      'object',
      Object.fromEntries([
        ...Object.entries(attributes).map(([name, { type }]) => [name, type] as const),
        ...Object.entries(blocks).map(
          ([name, { nesting, block }]) => [name, [nesting.toLowerCase(), blockType(block)]] as const,
        ),
      ]),
    ];
  }
}

function blockType({ attributes }: BlockSchema): WireType {
  return ['object', Object.fromEntries(Object.entries(attributes).map(([name, { type }]) => [name, type]))];
}

interface Property {
  readonly name: string;
  readonly flags: Omit<AttributeSchema, 'type'>;
  /** From the comment that announces the property to the next one. */
  readonly code: string;
}

function propertiesOf(classBody: string): readonly Property[] {
  const comment = /^ {2}\/\/ (\w+) - computed: (\w+), optional: (\w+), required: (\w+)$/gm;
  const found = [...classBody.matchAll(comment)];
  return found.map((match, i) => {
    const [, name = '', computed, optional, required] = match;
    return {
      name,
      flags: { computed: computed === 'true', optional: optional === 'true', required: required === 'true' },
      code: classBody.slice(match.index, found[i + 1]?.index),
    };
  });
}

function hclShapes(code: string): ReadonlyMap<string, HclShape> {
  const entry = /^ +(\w+): \{\n +value: .*\n +isBlock: (\w+),\n +type: "(\w+)",\n +storageClassType: "(\w+)",/gm;
  return new Map(
    [...code.matchAll(entry)].map(([, name = '', isBlock, collection = '', of = '']) => [
      name,
      { isBlock: isBlock === 'true', collection, of },
    ]),
  );
}

const PRIMITIVES: Readonly<Record<string, string>> = { string: 'string', boolean: 'bool', number: 'number' };

function wireType({ name, code }: Property, shape: HclShape | undefined): WireType {
  if (shape !== undefined) {
    const element = PRIMITIVES[shape.of.replace(/(List|Map)$/, '')] ?? 'string';
    return shape.collection === 'simple' ? element : [shape.collection, element];
  }
  if (code.includes('new cdktf.StringMapList(')) return ['list', ['map', 'string']];
  if (code.includes('new cdktf.StringMap(')) return ['map', 'string'];
  const [, getter] = new RegExp(`this\\.get(\\w+)Attribute\\('${name}'\\)`).exec(code) ?? [];
  const collection = code.includes('Fn.tolist(') ? 'set' : 'list';
  switch (getter) {
    case 'List':
      return [collection, 'string'];
    case 'NumberList':
      return [collection, 'number'];
    case 'StringMap':
      return ['map', 'string'];
    default:
      return PRIMITIVES[(getter ?? 'String').toLowerCase()] ?? 'string';
  }
}
