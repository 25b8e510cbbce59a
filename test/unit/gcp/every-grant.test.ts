import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { describe, expect, test } from 'vitest';
import { granteeOf, type IGrantee } from '../../../lib/gcp/access/grantee';
import { Workload } from '../../../lib/gcp/access/workload';
import { ArtifactStore } from '../../../lib/gcp/artifact-store/artifact-store';
import { DataLake } from '../../../lib/gcp/data-lake/data-lake';
import { Keys } from '../../../lib/gcp/keys/keys';
import { ModelRegistry } from '../../../lib/gcp/model-registry/model-registry';
import { Network } from '../../../lib/gcp/network/network';
import { Operations } from '../../../lib/gcp/operations/operations';
import { Records } from '../../../lib/gcp/records/records';
import { ServingEndpoint } from '../../../lib/gcp/serving-endpoint/serving-endpoint';
import type { Target } from '../../../lib/gcp/target';
import { TrainingCluster } from '../../../lib/gcp/training-cluster/training-cluster';
import { PlatformNames } from '../../../lib/plan/names';
import { gcpStack, resourcesOf, TARGET } from '../../support/gcp-synth';
import type { TerraformStack } from '../../support/terraform-stacks';

/** A platform whose parts others may be granted, all of another stack. */
interface Platform {
  readonly target: Target;
  readonly names: PlatformNames;
}

type Stack = ReturnType<typeof gcpStack>;
type Verbs = Readonly<Record<string, (to: IGrantee) => void>>;

const bucketName = ({ target, names }: Platform, of: string): string =>
  `${target.project}-${target.region}-${names.slug}-${of}`;
const recordsOf = (platform: Platform) => Records.fromName(bucketName(platform, 'records'));

function clusterVerbs(platform: Platform, kind: 'managed' | 'batch'): Verbs {
  const { grants } = TrainingCluster.fromNames({ ...platform, kind, records: recordsOf(platform) });
  return { submit: (to) => grants.submit(to), pull: (to) => grants.pull(to), push: (to) => grants.push(to) };
}

/** Every verb of every class of public grants, by the class. */
const GRANTS: Readonly<Record<string, (stack: Stack, platform: Platform, id: string) => Verbs>> = {
  ArtifactGrants: (_stack, platform) => {
    const { grants } = ArtifactStore.fromName(bucketName(platform, 'artifacts'));
    return {
      list: (to) => grants.list('models', to),
      read: (to) => grants.read('models', to),
      write: (to) => grants.write('models', to),
      mount: (to) => grants.mount(['models/new'], to),
    };
  },
  KeyGrants: (_stack, { target, names }) => {
    const { grants } = Keys.fromRing(names.slug, target);
    return { encrypt: (to) => grants.encrypt('data', to), decrypt: (to) => grants.decrypt('data', to) };
  },
  LakeGrants: (stack, platform, id) => {
    const zones = ['curated'] as const;
    const { grants } = DataLake.fromNames(stack, `Lake${id}`, {
      ...platform,
      zones,
      datasets: { orders: { zone: 'curated' } },
    });
    return {
      read: (to) => grants.read('orders', to),
      write: (to) => grants.write('orders', to),
      readTable: (to) => grants.readTable('orders', to),
      writeTable: (to) => grants.writeTable('orders', to),
      readFiles: (to) => grants.readFiles('curated', to),
      writeFiles: (to) => grants.writeFiles('curated', to),
    };
  },
  ModelRegistryGrants: (stack, platform, id) => {
    const { grants } = ModelRegistry.fromNames(stack, `Registry${id}`, { ...platform, model: 'detector' });
    return {
      read: (to) => grants.read(to),
      register: (to) => grants.register(to),
      approve: (to) => grants.approve(to),
    };
  },
  NetworkGrants: (_stack, { target: { project, region }, names: { slug } }) => {
    const { grants } = Network.fromNames({ project, region, networkName: slug, subnetworkName: slug });
    return { attach: (to) => grants.attach(to) };
  },
  OperationsUse: (_stack, { target, names }) => {
    const { grants } = Operations.fromNames(names, target);
    return { retire: (to) => grants.retire(to) };
  },
  RecordsGrants: (_stack, platform) => {
    const { grants } = recordsOf(platform);
    return {
      hold: (to) => grants.hold('lock', to),
      read: (to) => grants.read('training/defaults', to),
      write: (to) => grants.write('training/defaults', to),
    };
  },
  ServingEndpointGrants: (stack, platform, id) => {
    const { grants } = ServingEndpoint.fromNames(stack, `Endpoint${id}`, { ...platform, model: 'detector' });
    return { invoke: (to) => grants.invoke(to) };
  },
  TrainingClusterGrants: (_stack, platform) => clusterVerbs(platform, 'managed'),
  'TrainingClusterGrants (batch)': (_stack, platform) => clusterVerbs(platform, 'batch'),
};

const HERE: Platform = { target: TARGET, names: new PlatformNames('fraud', 'prod') };
const ELSEWHERE: Readonly<Record<string, Platform>> = {
  project: { ...HERE, target: { ...TARGET, project: 'lab-prod', projectNumber: 99 } },
  region: { ...HERE, target: { ...TARGET, region: 'us-central1' } },
  platform: { ...HERE, names: new PlatformNames('churn', 'prod') },
  generation: { ...HERE, names: new PlatformNames('fraud', 'prod', { roleGeneration: 2 }) },
};

const EVERY = Object.entries(GRANTS).flatMap(([of, verbsOf]) =>
  Object.keys(verbsOf(gcpStack(), HERE, '')).map((verb) => [of, verb] as const),
);

/** Grants one verb to one member for each of the platforms, and says every binding that this makes. */
function granted(
  of: string,
  verb: string,
  platforms: readonly Platform[],
  whom: (stack: Stack) => readonly IGrantee[],
) {
  const stack = gcpStack();
  const grantees = whom(stack);
  for (const [i, platform] of platforms.entries()) {
    const verbs = GRANTS[of]?.(stack, platform, String(i)) ?? {};
    for (const to of grantees) verbs[verb]?.(to);
  }
  return bindings(stack);
}

/** What is bound to whom, wherever the resources of it are. */
const bindings = (stack: TerraformStack | Stack): ReadonlySet<string> =>
  new Set(
    Object.entries(resourcesOf(stack as Stack))
      .filter(([address]) => address.includes('_iam_member.'))
      .map(([address, { '//': _metadata, depends_on: _order, ...body }]) =>
        JSON.stringify([address.split('.')[0], body]),
      ),
  );

const both = (a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> => new Set([...a, ...b]);
const group = (name: string) => (stack: Stack) => [granteeOf(stack, `group:${name}@example.com`)];
/** A workload of the platform here. */
const workload = (stack: Stack) => [
  new Workload(stack, 'Workload', { ...HERE, accountId: 'own-workload', access: [], grantors: {} }),
];

describe('every grant', () => {
  test('is one of these', () => {
    const lib = resolve(__dirname, '../../../lib/gcp');
    const found = readdirSync(lib, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => readFileSync(join(lib, file), 'utf8').split(/^(?:export )?(?=class )/m))
      .flatMap((code) => {
        const [, of] = /^class (\w+(?:Grants|Use)) /.exec(code) ?? [];
        return of === undefined
          ? []
          : [...code.matchAll(/^ {2}(\w+)\(.*\bto: IGrantee\): void/gm)].map(([, verb]) => `${of}.${verb}`);
      });
    expect(found.length).toBeGreaterThan(20);
    expect([...new Set(EVERY.map(([of, verb]) => `${of.replace(/ .*/, '')}.${verb}`))].sort()).toEqual(found.sort());
  });

  test.each(EVERY)('of %s: %s reaches each of two members', (of, verb) => {
    const [interns, officers] = [group('interns'), group('officers')];
    const alone = [interns, officers].map((whom) => granted(of, verb, [HERE], whom));
    const together = granted(of, verb, [HERE], (stack) => [...interns(stack), ...officers(stack)]);
    expect(together.size).toBeGreaterThan(0);
    expect(together).toEqual(both(...(alone as [ReadonlySet<string>, ReadonlySet<string>])));
  });

  test.each(EVERY.flatMap(([of, verb]) => Object.keys(ELSEWHERE).map((other) => [of, verb, other] as const)))(
    'of %s: %s is of each %3$s',
    (of, verb, other) => {
      const there = ELSEWHERE[other] as Platform;
      for (const whom of [group('interns'), workload]) {
        const together = granted(of, verb, [HERE, there], whom);
        expect(together).toEqual(both(granted(of, verb, [HERE], whom), granted(of, verb, [there], whom)));
      }
    },
  );
});

describe('a grantee', () => {
  const lakeOf = (stack: Stack) => {
    const datasets = { open: { zone: 'curated' }, secret: { zone: 'curated' } } as const;
    return DataLake.fromNames(stack, 'Lake', { ...HERE, zones: ['curated'], datasets });
  };

  test('reads what it was granted, and not what somebody else was', () => {
    const stack = gcpStack();
    const { grants } = lakeOf(stack);
    grants.read('open', granteeOf(stack, 'group:interns@example.com'));
    grants.read('secret', granteeOf(stack, 'group:officers@example.com'));
    const files = Object.values(resourcesOf(stack, 'google_storage_bucket_iam_member')).map(
      ({ member, condition }) => [member, (condition as { title: string }).title] as const,
    );
    expect(new Map(files)).toEqual(
      new Map([
        ['group:interns@example.com', expect.stringContaining('open')],
        ['group:officers@example.com', expect.stringContaining('secret')],
      ]),
    );
    expect(files).toHaveLength(2);
  });

  test('is the same when asked for again', () => {
    const stack = gcpStack();
    expect(granteeOf(stack, 'group:a@example.com')).toBe(granteeOf(stack, 'group:a@example.com'));
    expect(granteeOf(stack, 'principal://a/b')).not.toBe(granteeOf(stack, 'principal://a--b'));
  });

  test('may be an account that is made beside it, by whatever token', () => {
    const ids = [0, 1].map(() => {
      const stack = gcpStack();
      const account = new ServiceAccount(stack, 'Account', { accountId: 'somebody' });
      expect(granteeOf(stack, account.member)).toBe(granteeOf(stack, account.member));
      return granteeOf(stack, account.member).scope.node.id;
    });
    expect(ids[0]).toBe(ids[1]);
  });

  test('of its own making gets nothing that its scope has for another', () => {
    const stack = gcpStack();
    const { grants } = lakeOf(stack);
    grants.read('open', { scope: stack, member: 'group:interns@example.com' });
    expect(() => grants.read('open', { scope: stack, member: 'group:officers@example.com' })).toThrow(
      /is granted to group:interns@example.com here, so group:officers@example.com cannot be granted it/,
    );
  });
});

test('of two networks that read the same when run together are two', () => {
  const subnetworks = [
    ['shared-net', 'ml'],
    ['shared', 'net-ml'],
  ] as const;
  for (const whom of [group('interns'), workload]) {
    const stack = gcpStack();
    const [to] = whom(stack) as [IGrantee];
    for (const [project, subnetworkName] of subnetworks)
      Network.fromNames({ project, region: TARGET.region, networkName: 'n', subnetworkName }).grants.attach(to);
    const made = Object.values(resourcesOf(stack, 'google_compute_subnetwork_iam_member'));
    expect(made.map(({ project, subnetwork }) => [project, subnetwork])).toEqual(subnetworks);
  }
});

test.each([[1], [2]])('grants of a workload at home say no place (generation %i of its roles)', (roleGeneration) => {
  const stack = gcpStack();
  const home = { ...HERE, names: new PlatformNames('fraud', 'prod', { roleGeneration }) };
  const to = new Workload(stack, 'Workload', { ...home, accountId: 'own-workload', access: [], grantors: {} });
  for (const [of, verbsOf] of Object.entries(GRANTS))
    for (const grant of Object.values(verbsOf(stack, home, of))) grant(to);
  expect(to.node.children.map(({ node }) => node.id).filter((id) => id.includes('@'))).toEqual([]);
});
