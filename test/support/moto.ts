import { resolve } from 'node:path';
import { judgePython } from './describe-judge';
import { JudgeProcess } from './python-process';

export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string | null;
}

export interface DeployedResource extends StackResource {
  /** False for a type that moto's CloudFormation cannot make: then something merely answers Ref and Fn::GetAtt. */
  readonly made: boolean;
  /** Properties of the template that moto's model never looked at: their effect was not tried. */
  readonly unreadProperties: readonly string[];
}

/**
 * A stack after an operation, read from moto's memory. The lists from `created` on are what this operation did, and leave
 * out types that moto cannot make, except in `imported` and `retained`.
 */
export interface StackReport {
  readonly stack: string;
  readonly status: string;
  /** What the stack consists of now. */
  readonly resources: readonly DeployedResource[];
  /** `LogicalId.Attribute`s that moto's model of a type lacks and that were filled in. */
  readonly guessedAttributes: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly created: readonly StackResource[];
  readonly updated: readonly StackResource[];
  /** Changed in the template, but moto has no update for the type: it is as it was. */
  readonly stale: readonly StackResource[];
  readonly imported: readonly StackResource[];
  readonly deleted: readonly StackResource[];
  /** Out of the stack by its DeletionPolicy, and still there. */
  readonly retained: readonly StackResource[];
  /** Should be gone, but moto has no deletion for the type. */
  readonly left: readonly StackResource[];
}

export interface StackInput {
  readonly stack: string;
  readonly template: object;
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface CreateStackInput extends StackInput {
  /**
   * Adopt resources that an earlier stack retained under the same name, as CreateChangeSet's ImportExistingResources
   * (`cdk deploy --import-existing-resources`) does. Default: false, and such a name already exists.
   */
  readonly importExisting?: boolean;
}

export interface MotoOptions {
  readonly region: string;
  /** Default: moto's own. */
  readonly account?: string;
}

const SCRIPT = resolve(__dirname, '../judges/templates/moto_driver.py');
const ACCOUNT = '123456789012';

/** A moto server of one's own, with one account and region. Errors are `JudgeError`s with the service's code and reason. */
export class Moto implements AsyncDisposable {
  private constructor(
    private readonly driver: JudgeProcess,
    /** Of the server, on loopback: every AWS service moto knows answers here. */
    readonly endpoint: string,
  ) {}

  static async start({ region, account = ACCOUNT }: MotoOptions): Promise<Moto> {
    const driver = new JudgeProcess(judgePython('templates'), SCRIPT, [account, region]);
    const { endpoint } = (await driver.greeting) as { endpoint: string };
    return new Moto(driver, endpoint);
  }

  /** @throws JudgeError `ROLLBACK_COMPLETE` with the first failure; what was made is gone again, as in CloudFormation. */
  async createStack({
    stack,
    template,
    parameters = {},
    importExisting = false,
  }: CreateStackInput): Promise<StackReport> {
    return this.stack({ do: 'create', stack, template: JSON.stringify(template), parameters, importExisting });
  }

  /** @throws JudgeError `UPDATE_FAILED` with the first failure; other than CloudFormation's, the stack stays half updated. */
  async updateStack({ stack, template, parameters = {} }: StackInput): Promise<StackReport> {
    return this.stack({ do: 'update', stack, template: JSON.stringify(template), parameters });
  }

  /** @throws JudgeError `DELETE_FAILED` with the first failure; the stack stays and can be deleted again. */
  async deleteStack(stack: string): Promise<StackReport> {
    return this.stack({ do: 'delete', stack });
  }

  async describeStack(stack: string): Promise<StackReport> {
    return this.stack({ do: 'describe', stack });
  }

  /** Any operation that moto knows by boto3's names, such as `call('s3', 'list_buckets')`; parameters are checked. */
  async call(service: string, operation: string, params: object = {}): Promise<Record<string, unknown>> {
    return (await this.driver.request({ do: 'call', service, operation, params })) as Record<string, unknown>;
  }

  /** Forgets every resource, stack and retained name. */
  async reset(): Promise<void> {
    await this.driver.request({ do: 'reset' });
  }

  async stop(): Promise<void> {
    await this.driver.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  private async stack(request: object): Promise<StackReport> {
    return (await this.driver.request(request)) as StackReport;
  }
}

/** How many of a stack's resources moto really made, and what stands in the way of the others. */
export function madeSummary(report: StackReport): string {
  const unknown = new Map<string, number>();
  for (const { made, type } of report.resources) if (!made) unknown.set(type, (unknown.get(type) ?? 0) + 1);
  const made = report.resources.filter((resource) => resource.made).length;
  const types = [...unknown].sort().map(([type, count]) => (count === 1 ? type : `${type} × ${count}`));
  const rest = types.length === 0 ? '' : `; moto does not know ${types.join(', ')}`;
  return `${report.stack}: moto made ${made} of ${report.resources.length} resources${rest}`;
}
