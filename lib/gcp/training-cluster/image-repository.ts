import { ArtifactRegistryRepository } from '@cdktf/provider-google/lib/artifact-registry-repository';
import { ArtifactRegistryRepositoryIamMember } from '@cdktf/provider-google/lib/artifact-registry-repository-iam-member';
import { Construct } from 'constructs';
import type { AccessVerbs } from '../../plan/access';
import type { PlatformNames } from '../../plan/names';
import { after } from '../access/after';
import { grantOnce, type IGrantee } from '../access/grantee';
import type { Grantors } from '../access/grantors';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import type { EncryptionKey } from '../keys/encryption-key';
import { type DataRemovalProps, dataRemoval } from '../removal';
import type { Target } from '../target';

/** Days after which an image that no tag names any more would be deleted. */
export const UNTAGGED_IMAGE_DAYS = 14;

/** Image of trainings in the repository. */
export const TRAINING_IMAGE = 'training';
/** Tag of the image that trainings run which name none. */
export const DEFAULT_IMAGE_TAG = 'initial';

const SECONDS_A_DAY = 86_400;

const ROLES: Readonly<Record<AccessVerbs['repository'], string>> = {
  pull: 'roles/artifactregistry.reader',
  push: 'roles/artifactregistry.writer',
};

/** Where images live, made here or elsewhere. */
export interface IImageRepository {
  /** Name of the repository. */
  readonly repositoryName: string;
  /** `region-docker.pkg.dev/project/repository`. */
  readonly uri: string;
  readonly grantors: Required<Pick<Grantors, 'repository'>>;
}

export interface ImageRepositoryProps extends DataRemovalProps {
  readonly target: Target;
  /** Names of the plan. */
  readonly names: PlatformNames;
  /** It can never be another one: Terraform would have to make the repository anew. */
  readonly encryptionKey: EncryptionKey;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A repository of another stack. */
export interface ImageRepositoryAttributes {
  readonly target: Pick<Target, 'project' | 'region'>;
  readonly names: PlatformNames;
}

const repositoryNameOf = (names: PlatformNames): string => names.of('repository', 'training');

/**
 * Where the images of trainings live: scanned when pushed, a tag never moves to another image, protected. What an image is
 * cleaned up by is tried only: Artifact Registry writes to the audit log what it would delete.
 */
export class ImageRepository extends Construct implements IImageRepository {
  /** The repository of another stack, by the names of its plan. */
  static fromNames({ target, names }: ImageRepositoryAttributes): IImageRepository {
    return referTo(target, repositoryNameOf(names));
  }

  public readonly resource: ArtifactRegistryRepository;
  public readonly repositoryName: string;
  public readonly uri: string;
  public readonly grantors: Required<Pick<Grantors, 'repository'>>;

  constructor(scope: Construct, id: string, props: ImageRepositoryProps) {
    super(scope, id);
    refuseForbidden(this);
    const { target, names, encryptionKey } = props;
    const repositoryName = repositoryNameOf(names);
    this.resource = new ArtifactRegistryRepository(this, 'Repository', {
      project: target.project,
      location: target.region,
      repositoryId: repositoryName,
      format: 'DOCKER',
      description: 'Images of trainings',
      kmsKeyName: encryptionKey.id,
      dockerConfig: { immutableTags: true },
      vulnerabilityScanningConfig: { enablementConfig: 'INHERITED' },
      cleanupPolicyDryRun: true,
      cleanupPolicies: [
        {
          id: 'untagged',
          action: 'DELETE',
          condition: { tagState: 'UNTAGGED', olderThan: `${UNTAGGED_IMAGE_DAYS * SECONDS_A_DAY}s` },
        },
      ],
      labels: { ...props.labels },
      lifecycle: dataRemoval(this, props).lifecycle,
      dependsOn: [...after(this, encryptionKey.ready)],
    });
    const { uri, grantors } = referTo(target, repositoryName, this.resource);
    this.repositoryName = repositoryName;
    this.uri = uri;
    this.grantors = grantors;
  }
}

function referTo(
  { project, region }: Pick<Target, 'project' | 'region'>,
  repositoryName: string,
  resource?: ArtifactRegistryRepository,
): IImageRepository {
  const grant = (verb: AccessVerbs['repository'], to: IGrantee): void => {
    grantOnce(to, { id: `Repository-${repositoryName}-${verb}`, project, region }, (scope, id) => {
      return new ArtifactRegistryRepositoryIamMember(scope, id, {
        project,
        location: region,
        repository: repositoryName,
        role: ROLES[verb],
        member: to.member,
        dependsOn: [...after(scope, [resource])],
      });
    });
  };
  return {
    repositoryName,
    uri: `${region}-docker.pkg.dev/${project}/${repositoryName}`,
    grantors: { repository: (verb, _name, to) => grant(verb, to) },
  };
}
