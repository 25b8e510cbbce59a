import { PlatformNames } from '../plan/names';
import { pipelinePath } from '../plan/pipeline/pipeline-access';
import { RETIRE_PATH } from '../plan/serving-access';
import { specOn } from '../spec/clouds';
import type { PlatformSpec } from '../spec/platform';
import { type AwsAccount, awsAccount } from './aws-account';
import { checkAccount } from './check-account';
import { stacksOnAws } from './destroy-on-aws';
import { type Execution, type LivePlatform, parseFacts } from './live-platform';

/** A platform in the account that the credentials lead to. */
export async function onAws(given: PlatformSpec): Promise<LivePlatform> {
  const spec = specOn('aws', given);
  const names = new PlatformNames(spec.name, spec.environment);
  const account = await awsAccount(spec.aws.region);
  const { region } = account;
  const parameterOf = (path: readonly string[]) => names.parameter(...path);
  return {
    spec,
    names,
    where: region,
    publishedName: (path) => `parameter ${parameterOf(path)}`,
    published: (path) => account.parameter(parameterOf(path)),
    publishedModels: async () => {
      const prefix = `${names.parameter('models')}/`;
      const found = await account.parameterNames(prefix.slice(0, -1));
      return [...new Set(found.flatMap((name) => name.slice(prefix.length).split('/')[0] ?? []))];
    },
    serving: (facts) => {
      const { endpoint, machineArn } = facts as { readonly endpoint: string; readonly machineArn: string };
      checkAccount(spec, machineArn);
      return { endpoint, machine: machineArn };
    },
    retireMachine: async () => {
      const name = `parameter ${parameterOf(RETIRE_PATH)}`;
      const machine = await account.parameter(parameterOf(RETIRE_PATH));
      if (machine === undefined) return { name };
      checkAccount(spec, machine);
      return { name, machine };
    },
    startMachine: async (model) => {
      const parameter = parameterOf(pipelinePath(model));
      const name = `parameter ${parameter}`;
      const facts = await account.parameter(parameter);
      if (facts === undefined) return { name };
      const { machineArn } = parseFacts(facts, name) as { readonly machineArn: string };
      checkAccount(spec, machineArn);
      return { name, machine: machineArn };
    },
    start: (machine, name, input) => account.start(machine, name, input),
    execution: async (arn) => executionOf(await account.execution(arn)),
    look: (arn) => `aws stepfunctions describe-execution --region ${region} --execution-arn ${arn}`,
    stacks: (model) => stacksOnAws({ spec, names, account }, model),
  };
}

/** What Step Functions calls an execution that has not ended. Source: its API reference, DescribeExecution. */
const RUNNING = ['RUNNING', 'PENDING_REDRIVE'];

/** A machine that could not do its work and told the alert channel so ends well all the same, and its output says it. */
function executionOf({
  status,
  output,
  error = status,
  cause = 'Read the execution.',
}: Awaited<ReturnType<AwsAccount['execution']>>): Execution {
  if (RUNNING.includes(status)) return { state: 'running' };
  if (status !== 'SUCCEEDED') return { state: 'failed', why: `${error}: ${cause}` };
  if (output === undefined) return { state: 'succeeded' };
  const { outcome, detail } = JSON.parse(output) as { readonly outcome?: unknown; readonly detail?: unknown };
  return outcome === 'failed' ? { state: 'failed', why: String(detail) } : { state: 'succeeded', output };
}
