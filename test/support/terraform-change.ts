import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closeNetwork } from './terraform-closed-network';
import { emptyCliConfig, inTemporaryFolder, terraform } from './terraform-run';

/** What a plan says it would do, and why it would not: `update google_bigquery_table.…`. */
export interface PlannedChange {
  readonly changes: readonly string[];
  readonly errors: readonly string[];
}

interface PlannedResource {
  readonly type: string;
  readonly name: string;
  readonly index?: string;
  readonly mode: string;
  readonly provider_name: string;
  readonly schema_version: number;
  readonly values: Readonly<Record<string, unknown>>;
}

const AGENT = 'bqcx-1@gcp-sa-bigquery-condel.iam.gserviceaccount.com';

/** What only an apply would tell, where the document refers to it. */
const MADE_BY_GOOGLE: Readonly<Record<string, object>> = {
  google_bigquery_connection: { cloud_resource: [{ service_account_id: AGENT }] },
  google_storage_bucket_iam_member: { member: `serviceAccount:${AGENT}`, condition: [] },
};

/** The state after an apply of what was planned, with everything unknown that Google alone would know. */
function stateOf(planned: readonly PlannedResource[]): object {
  const byAddress = new Map<string, PlannedResource[]>();
  for (const one of planned) {
    const address = `${one.type}.${one.name}`;
    byAddress.set(address, [...(byAddress.get(address) ?? []), one]);
  }
  return {
    version: 4,
    terraform_version: '1.5.0',
    serial: 1,
    lineage: '00000000-0000-0000-0000-000000000000',
    outputs: {},
    resources: [...byAddress.values()].map((instances) => {
      const [{ type, name, mode, provider_name: provider }] = instances as [PlannedResource];
      return {
        mode,
        type,
        name,
        provider: `provider["${provider}"]`,
        instances: instances.map(({ index, schema_version, values }) => ({
          ...(index === undefined ? {} : { index_key: index }),
          schema_version,
          attributes: { ...values, ...(MADE_BY_GOOGLE[type] ?? {}), id: `${type}/${name}` },
        })),
      };
    }),
  };
}

export interface ChangeOptions {
  readonly pluginDir: string;
  /** Documents of a stack. */
  readonly before: object;
  readonly after: object;
  /** Addresses that `terraform state rm` takes out of the state in between. Default: none. */
  readonly forgotten?: readonly string[];
}

/** Plans a change of what is there, with the real provider and no network. */
export function planChange({ pluginDir, before, after, forgotten = [] }: ChangeOptions): Promise<PlannedChange> {
  return inTemporaryFolder(async (folder) => {
    const network = await closeNetwork();
    const env = { ...(await emptyCliConfig(folder)), ...network.env, GOOGLE_OAUTH_ACCESS_TOKEN: 'x' };
    const cwd = join(folder, 'stack');
    const run = (...args: string[]) => terraform(args, { cwd, env });
    const plan = () => run('plan', '-json', '-lock=false', '-refresh=false', '-out=plan');
    try {
      await mkdir(cwd);
      await writeFile(join(cwd, 'cdk.tf.json'), JSON.stringify(hereOnly(before)));
      await run('init', '-backend=false', `-plugin-dir=${pluginDir}`);
      await plan();
      const { planned_values } = JSON.parse((await run('show', '-json', 'plan')).stdout);
      await writeFile(join(cwd, 'terraform.tfstate'), JSON.stringify(stateOf(planned_values.root_module.resources)));
      if (forgotten.length > 0) {
        const { code, stderr } = await run('state', 'rm', '-lock=false', ...forgotten);
        if (code !== 0) throw new Error(stderr);
      }
      await writeFile(join(cwd, 'cdk.tf.json'), JSON.stringify(hereOnly(after)));
      return changeIn((await plan()).stdout);
    } finally {
      await network.close();
    }
  });
}

/** With its state beside it. */
function hereOnly(document: { readonly terraform?: { readonly backend?: object } }): object {
  const { backend: _, ...terraform } = document.terraform ?? {};
  return { ...document, terraform };
}

function changeIn(output: string): PlannedChange {
  const events = output.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  return {
    changes: events.flatMap(({ type, change }) =>
      type === 'planned_change' ? [`${change.action} ${change.resource.addr}`] : [],
    ),
    errors: events.flatMap(({ diagnostic }) => (diagnostic?.severity === 'error' ? [diagnostic.detail] : [])),
  };
}
