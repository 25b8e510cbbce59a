import { KmsCryptoKey } from '@cdktf/provider-google/lib/kms-crypto-key';
import { KmsCryptoKeyIamMember } from '@cdktf/provider-google/lib/kms-crypto-key-iam-member';
import { KmsKeyRing } from '@cdktf/provider-google/lib/kms-key-ring';
import { ProjectService } from '@cdktf/provider-google/lib/project-service';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { type App, GcsBackend, TerraformStack } from 'cdktf';
import type { TerraformPlatform } from '../../support/terraform-stacks';
import { synthStacks } from '../../support/terraform-synth';

const REGION = 'europe-west4';

export interface ToyOptions {
  /** What the topics are called, a stack each. */
  readonly topics?: readonly string[];
}

/** A small app of cdktf without our constructs, as the harness would get one from them. */
export function toyPlatform({ topics = ['alerts', 'files'] }: ToyOptions = {}): TerraformPlatform {
  return {
    name: 'toy',
    stacks: synthStacks((app) => {
      const first = foundation(app);
      for (const topic of topics) topicStack(app, topic).addDependency(first);
    }),
  };
}

function stackOf(app: App, name: string): TerraformStack {
  const stack = new TerraformStack(app, name);
  new GoogleProvider(stack, 'Google', { project: 'example', region: REGION });
  new GcsBackend(stack, { bucket: 'somebodys-state', prefix: name });
  return stack;
}

function foundation(app: App): TerraformStack {
  const stack = stackOf(app, 'foundation');
  const [kms, iam] = ['cloudkms', 'iam', 'pubsub'].map(
    (api) => new ProjectService(stack, api, { service: `${api}.googleapis.com`, disableOnDestroy: false }),
  );
  const ring = new KmsKeyRing(stack, 'Ring', { name: 'main', location: REGION, dependsOn: kms ? [kms] : [] });
  const key = new KmsCryptoKey(stack, 'Key', { name: 'data', keyRing: ring.id });
  new KmsCryptoKeyIamMember(stack, 'Topics', {
    cryptoKeyId: key.id,
    role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
    member: 'serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com',
  });
  new ServiceAccount(stack, 'Account', { accountId: 'workload', dependsOn: iam ? [iam] : [] });
  return stack;
}

function topicStack(app: App, topic: string): TerraformStack {
  const stack = stackOf(app, topic);
  new PubsubTopic(stack, 'Topic', {
    name: topic,
    kmsKeyName: `projects/example/locations/${REGION}/keyRings/main/cryptoKeys/data`,
  });
  return stack;
}
