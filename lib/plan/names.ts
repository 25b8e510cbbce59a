import { createHash } from 'node:crypto';

/** How one kind of physical name is written: the narrowest of the services that use it. */
interface NameRule {
  readonly max: number;
  readonly separator: '-' | '_' | '/';
  readonly prefix?: string;
}

/**
 * Limits by kind. bucket: S3 and Cloud Storage, 63. database: Glue 255, BigQuery 1024. repository: Artifact Registry 63,
 * ECR 256. modelGroup: SageMaker model package group 63. stack: CloudFormation 128. schedule, event rule and alarm names
 * stay under EventBridge's 64. endpoint: SageMaker 63, of which 17 stay free for `--<version>-<hash>` in the names of what
 * an endpoint serves. parameter: Parameter Store 1011 and 15 levels. serviceAccount: IAM of Google Cloud 30. compute: what
 * follows RFC 1035 (networks, key rings, topics, triggers, workflows) 63. customRole: IAM of Google Cloud 64, no hyphens.
 */
export const NAME_RULES = {
  bucket: { max: 63, separator: '-' },
  database: { max: 128, separator: '_' },
  repository: { max: 63, separator: '-' },
  modelGroup: { max: 63, separator: '-' },
  stack: { max: 128, separator: '-' },
  rule: { max: 64, separator: '-' },
  machine: { max: 80, separator: '-' },
  keyAlias: { max: 200, separator: '-' },
  workgroup: { max: 128, separator: '-' },
  budget: { max: 100, separator: '-' },
  endpoint: { max: 46, separator: '-' },
  serviceAccount: { max: 30, separator: '-' },
  compute: { max: 63, separator: '-' },
  customRole: { max: 64, separator: '_' },
  parameter: { max: 900, separator: '/', prefix: '/mlops/' },
} as const satisfies Record<string, NameRule>;

export type NameKind = keyof typeof NAME_RULES;

const HASH_LENGTH = 8;

/** The first hex digits of a text's hash, so many. */
const digits = (count: number, text: string): string => createHash('sha256').update(text).digest('hex').slice(0, count);

/** Eight hex digits that stand for the whole text. */
export const shortHash = (text: string): string => digits(HASH_LENGTH, text);

/** Sixteen: what many contents are told apart by, of which older ones are still used. */
export const contentHash = (text: string): string => digits(16, text);

/**
 * Nine digits that stand for the whole text, the first not 0: what has to be called by a number. Vertex AI takes no more
 * for an endpoint (discovery document, endpoints.create, endpointId).
 */
export const shortNumber = (text: string): string =>
  String(100_000_000 + (Number.parseInt(digits(12, text), 16) % 900_000_000));

/**
 * Joins parts to a physical name of a kind. A name that is too long is cut and ends in a hash of all its parts, so that
 * it stays stable and unique. `reserve` keeps room for what the renderer appends, such as account and region.
 */
export function physicalName(kind: NameKind, parts: readonly string[], reserve = 0): string {
  const rule: NameRule = NAME_RULES[kind];
  const body = parts.join(rule.separator);
  const written = rule.separator === '_' ? body.replaceAll('-', '_') : body;
  const room = rule.max - reserve - (rule.prefix?.length ?? 0);
  if (written.length <= room) return `${rule.prefix ?? ''}${written}`;
  const head = written.slice(0, room - HASH_LENGTH - 1).replace(/[-_/]+$/, '');
  return `${rule.prefix ?? ''}${head}${rule.separator === '_' ? '_' : '-'}${shortHash(JSON.stringify(parts))}`;
}

/** Generation of the custom roles of a platform that is built for the first time. */
export const FIRST_ROLE_GENERATION = 1;

export interface PlatformNamesOptions {
  /**
   * Names of custom roles end in it from the second one on: a role that was deleted keeps its name for 37 days, and comes
   * back only within the first 7. Default: FIRST_ROLE_GENERATION.
   * Source: IAM documentation of Google Cloud, "Create and manage custom roles", deleting.
   */
  readonly roleGeneration?: number | undefined;
}

/** Names of one platform in one environment. */
export class PlatformNames {
  /** Platform and environment, the start of every name: `fraud-prod`. */
  public readonly slug: string;
  private readonly roleGeneration: number;

  constructor(
    platform: string,
    public readonly environment?: string,
    { roleGeneration = FIRST_ROLE_GENERATION }: PlatformNamesOptions = {},
  ) {
    this.slug = environment === undefined ? platform : `${platform}-${environment}`;
    this.roleGeneration = roleGeneration;
  }

  /** Whose custom roles, and of which generation from the second one on: `fraud-prod`, `fraud-prod@2`. */
  get roleSet(): string {
    return this.isFirstGeneration ? this.slug : `${this.slug}@${this.roleGeneration}`;
  }

  private get isFirstGeneration(): boolean {
    return this.roleGeneration === FIRST_ROLE_GENERATION;
  }

  /** A name of the given kind; parts as in `of('bucket', 'raw')`. */
  of(kind: NameKind, ...parts: readonly string[]): string {
    const later = kind === 'customRole' && !this.isFirstGeneration;
    return physicalName(kind, [this.slug, ...parts, ...(later ? [String(this.roleGeneration)] : [])]);
  }

  /** A bucket name without its suffix of account and region, for which `reserve` characters stay free. */
  bucket(part: string, reserve: number): string {
    return physicalName('bucket', [this.slug, part], reserve);
  }

  /** `/mlops/fraud-prod/keys/data`: where one stack publishes a generated value that others read. */
  parameter(...parts: readonly string[]): string {
    return this.of('parameter', ...parts);
  }
}
