import type { Stack } from '@aws-sdk/client-cloudformation';
import { CommandFailed } from './command-failed';

/** A stack as CloudFormation describes it. */
export interface DeployedStack {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly reason?: string;
  readonly protected: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** An execution of a machine. */
export interface Execution {
  readonly status: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** What the commands need of an account in one region. */
export interface AwsAccount {
  readonly region: string;
  /** Value of a parameter, if there is one. */
  parameter(name: string): Promise<string | undefined>;
  /** Names of all parameters below a path. */
  parameterNames(path: string): Promise<readonly string[]>;
  /** Starts a machine and gives the ARN of the execution. */
  start(machineArn: string, name: string, input: object): Promise<string>;
  execution(arn: string): Promise<Execution>;
  /** All stacks that are there, or the one with this name or id. */
  stacks(id?: string): Promise<readonly DeployedStack[]>;
  /** Begins to delete a stack. */
  deleteStack(id: string): Promise<void>;
}

const PACKAGES = ['@aws-sdk/client-cloudformation', '@aws-sdk/client-sfn', '@aws-sdk/client-ssm'];

/**
 * An account by the credentials of the usual chain: environment, profile, single sign-on, role of the machine.
 * Source: AWS SDK for JavaScript developer guide, "Set credentials in a Node.js environment".
 *
 * @throws CommandFailed where the SDK is not installed; its methods do where AWS refuses a call.
 */
export async function awsAccount(region: string): Promise<AwsAccount> {
  const { cfn, sfn, ssm } = await sdk().catch(notInstalled);
  const parameters = new ssm.SSMClient({ region });
  const machines = new sfn.SFNClient({ region });
  const formation = new cfn.CloudFormationClient({ region });
  return {
    region,
    parameter: (name) =>
      answer(parameters.send(new ssm.GetParameterCommand({ Name: name })), ({ Parameter }) => Parameter?.Value, {
        ParameterNotFound: undefined,
      }),
    parameterNames: async (path) => {
      const names: string[] = [];
      let token: string | undefined;
      do {
        const page = new ssm.GetParametersByPathCommand({
          Path: path,
          Recursive: true,
          ...(token === undefined ? {} : { NextToken: token }),
        });
        token = await answer(parameters.send(page), ({ Parameters = [], NextToken }) => {
          names.push(...Parameters.flatMap(({ Name }) => Name ?? []));
          return NextToken;
        });
      } while (token !== undefined);
      return names;
    },
    start: (stateMachineArn, name, input) =>
      answer(
        machines.send(new sfn.StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) })),
        ({ executionArn = '' }) => executionArn,
      ),
    execution: (executionArn) =>
      answer(
        machines.send(new sfn.DescribeExecutionCommand({ executionArn })),
        ({ status = 'RUNNING', output, error, cause }) => ({
          status,
          ...(output === undefined ? {} : { output }),
          ...(error === undefined ? {} : { error }),
          ...(cause === undefined ? {} : { cause }),
        }),
      ),
    stacks: async (id) => {
      const stacks: DeployedStack[] = [];
      let token: string | undefined;
      do {
        const page = new cfn.DescribeStacksCommand({
          ...(id === undefined ? {} : { StackName: id }),
          ...(token === undefined ? {} : { NextToken: token }),
        });
        token = await answer(formation.send(page), ({ Stacks = [], NextToken }) => {
          stacks.push(...Stacks.map(described));
          return NextToken;
        });
      } while (token !== undefined);
      return stacks;
    },
    deleteStack: (id) => answer(formation.send(new cfn.DeleteStackCommand({ StackName: id })), () => undefined),
  };
}

async function sdk() {
  const [cfn, sfn, ssm] = await Promise.all([
    import('@aws-sdk/client-cloudformation'),
    import('@aws-sdk/client-sfn'),
    import('@aws-sdk/client-ssm'),
  ]);
  return { cfn, sfn, ssm };
}

function notInstalled(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') throw error;
  throw new CommandFailed(`This needs the AWS SDK, which is not installed. Run: npm install ${PACKAGES.join(' ')}`);
}

/** What a call answers, also where the answer is an error with one of these names; any other error is the account's. */
async function answer<Reply, Result>(
  reply: Promise<Reply>,
  read: (reply: Reply) => Result,
  errors: Readonly<Record<string, Result>> = {},
): Promise<Result> {
  try {
    return read(await reply);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (Object.hasOwn(errors, error.name)) return errors[error.name] as Result;
    throw new CommandFailed(`AWS says ${error.name}: ${error.message}`);
  }
}

const described = ({
  StackId = '',
  StackName = '',
  StackStatus: status = 'CREATE_IN_PROGRESS',
  StackStatusReason,
  EnableTerminationProtection,
  Tags = [],
}: Stack): DeployedStack => ({
  id: StackId,
  name: StackName,
  status,
  ...(StackStatusReason === undefined ? {} : { reason: StackStatusReason }),
  protected: EnableTerminationProtection === true,
  tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
});
