import { referencesIn } from '../../support/terraform-expressions';
import {
  type ResourceBody,
  resourcesOf,
  type StringAt,
  stringsIn,
  type TerraformResource,
  type TerraformStack,
} from '../../support/terraform-stacks';

/** A text, or the value of an argument whose name says what it names: the same text elsewhere is something else. */
type Written = string | Readonly<Record<string, string>>;

/** How other resources write a resource down that they do not refer to: by which argument, in which text. */
const WRITTEN: Readonly<
  Record<string, readonly [argument: string, write: (name: string, body: ResourceBody) => readonly Written[]]>
> = {
  google_artifact_registry_repository: ['repository_id', (name) => [`/repositories/${name}`, { repository: name }]],
  google_bigquery_connection: ['connection_id', (name) => [`/connections/${name}`]],
  google_bigquery_dataset: [
    'dataset_id',
    (name, { project }) => [`/datasets/${name}`, `bq://${project}.${name}`, name],
  ],
  google_compute_network: ['name', (name) => [`/networks/${name}`]],
  google_compute_network_attachment: ['name', (name) => [`/networkAttachments/${name}`]],
  google_compute_subnetwork: ['name', (name) => [`/subnetworks/${name}`, { subnetwork: name }]],
  google_kms_crypto_key: ['name', (name) => [`/cryptoKeys/${name}`]],
  google_kms_key_ring: ['name', (name) => [`/keyRings/${name}`]],
  google_logging_project_bucket_config: ['bucket_id', (name) => [`/buckets/${name}`]],
  google_project_iam_custom_role: ['role_id', (name) => [`/roles/${name}`]],
  google_pubsub_topic: ['name', (name) => [`/topics/${name}`, name]],
  google_secret_manager_secret: ['secret_id', (name) => [`/secrets/${name}`, name]],
  google_service_account: ['account_id', (name) => [`${name}@`]],
  google_storage_bucket: ['name', (name) => [`gs://${name}`, `/buckets/${name}`, name]],
  google_vertex_ai_endpoint: ['name', (name) => [`/endpoints/${name}`]],
  google_workflows_workflow: ['name', (name) => [`/workflows/${name}`]],
};

/** Arguments in which a name is text that Google reads when something happens, and not when the resource is made. */
const READ_LATER =
  /(^|\.)(source_contents|dashboard_json|description|display_name|filter|query|content|documentation|labels(?!\.topic$)|user_env_vars|metadata|data|secret_data|object_conditions|expression|title|name|account_id)(\.|$)/;

/** Resources by what names them. */
export class Names {
  private readonly written: readonly (readonly [written: Written, address: string])[];
  private readonly bodies: ReadonlyMap<string, ResourceBody>;

  constructor(stack: TerraformStack) {
    const resources = resourcesOf(stack);
    this.bodies = new Map(resources.map(({ address, body }) => [address, body]));
    this.written = resources.flatMap(({ address, type, body }) => {
      const [argument = '', write] = WRITTEN[type] ?? [];
      const name = body[argument];
      return write !== undefined && typeof name === 'string' && !name.includes('${')
        ? write(name, body).map((text) => [text, address] as const)
        : [];
    });
  }

  /** Resources of the stack that a value refers to or writes down. */
  in(value: unknown): ReadonlySet<string> {
    const written = stringsIn(value).flatMap((at) => this.writtenIn(at));
    const referred = [...referencesIn(value)].filter((address) => this.bodies.has(address));
    return new Set([...referred, ...written]);
  }

  /**
   * What of a resource writes one of the stack down, where Google looks it up when it makes the resource, which may be
   * another stack's.
   */
  writtenBy({ body }: TerraformResource): readonly (StringAt & { readonly names: string })[] {
    return stringsIn(body)
      .filter(({ path, text }) => !READ_LATER.test(path) && !/^\s*[[{]|\n/.test(text) && !path.startsWith('depends_on'))
      .flatMap((at) => this.writtenIn(at).map((names) => ({ ...at, names })))
      .filter(({ names }) => this.bodies.get(names) !== body);
  }

  private writtenIn(at: StringAt): readonly string[] {
    return this.written.filter(([written]) => isWritten(written, at)).map(([, address]) => address);
  }
}

/** A bare name only counts as the whole of a text; with its collection or scheme, anywhere that it ends. */
function isWritten(name: Written, { path, text }: StringAt): boolean {
  if (typeof name !== 'string') return name[path.split('.').at(-1) ?? ''] === text;
  if (!/[/@]/.test(name)) return text === name;
  const at = text.indexOf(name);
  if (at < 0) return false;
  if (name.endsWith('@')) return at === 0 || /[:/]/.test(text[at - 1] ?? '');
  return !/[\w-]/.test(text[at + name.length] ?? '');
}
