import { type BlockSchema, resourceSchema } from '../../support/terraform-bindings';
import { blocks, type ResourceBody, valuesAt } from '../../support/terraform-stacks';

const KEY =
  /(^|_)(kms_key|kms_key_name|kms_key_self_link|crypto_key_name|encryption_key|encryption_key_name|cmek_key_name)$/;

/** Blocks that only carry the key: without them the thing is there, and Google's own key encrypts it. */
const WRAPPER =
  /(encryption|encryption_key|encryption_config|encryption_configuration|encryption_spec|cmek_settings|cmek_config)$/;

/** Keys of what is read and not of what is kept. */
const OF_A_SOURCE =
  /^(source_(image|snapshot|disk)_encryption_key|encryption_key_value|instance_encryption_key|secret)$/;

/** A place in a resource that takes a customer key. */
export interface KeyPlace {
  /** The block whose data the key encrypts; empty for the resource itself. */
  readonly holder: readonly string[];
  /** From the holder to the argument. */
  readonly key: readonly string[];
}

/** Where a type takes customer keys, by its schema. */
export function keyPlaces(type: string): readonly KeyPlace[] {
  const schema = resourceSchema(type);
  return schema === undefined ? [] : keyPaths(schema).map(place);
}

/** The key of each thing in a resource that could have one; undefined where it has none. */
export function keysOf(type: string, body: ResourceBody): readonly { readonly where: string; readonly key: unknown }[] {
  const places = keyPlaces(type);
  const wheres = [...new Set(places.map(({ holder }) => holder.join('.')))];
  return wheres.flatMap((where) => {
    const alternatives = places.filter(({ holder }) => holder.join('.') === where);
    return (
      holders(body, alternatives[0]?.holder ?? [])
        // a local SSD: the hardware encrypts it, with no key of anybody
        .filter((holder) => holder.type !== 'SCRATCH')
        .map((holder) => ({ where, key: alternatives.flatMap(({ key }) => valuesAt(holder, key)).find(Boolean) }))
    );
  });
}

function holders(body: ResourceBody, path: readonly string[]): readonly ResourceBody[] {
  return path.length === 0 ? [body] : valuesAt(body, path).flatMap((value) => blocks(value));
}

function keyPaths(schema: BlockSchema): readonly (readonly string[])[] {
  const here = Object.entries(schema.attributes)
    .filter(([name, { type, optional, required }]) => KEY.test(name) && type === 'string' && (optional || required))
    .map(([name]) => [name]);
  const below = Object.entries(schema.blocks)
    .filter(([name]) => !OF_A_SOURCE.test(name))
    .flatMap(([name, { block }]) => keyPaths(block).map((path) => [name, ...path]));
  return [...here, ...below];
}

function place(path: readonly string[]): KeyPlace {
  let from = path.length - 1;
  while (from > 0 && WRAPPER.test(path[from - 1] ?? '')) from--;
  return { holder: path.slice(0, from), key: path.slice(from) };
}
