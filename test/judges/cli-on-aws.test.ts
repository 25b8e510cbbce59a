import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChampionRecord, ServingFacts } from '../../lib/aws/serving-endpoint/records';
import { destroy } from '../../lib/cli/destroy';
import { capturedIo, type Io } from '../../lib/cli/io';
import { main } from '../../lib/cli/main';
import { PlatformNames } from '../../lib/plan/names';
import { pipelinePath } from '../../lib/plan/pipeline/pipeline-access';
import { championPath, RETIRE_PATH, servingPath } from '../../lib/plan/serving-access';
import { PLATFORM_TAG } from '../../lib/plan/tags';
import { describeJudge } from '../support/describe-judge';
import { Moto } from '../support/moto';

const REGION = 'eu-central-1';
const ACCOUNT = '123456789012';
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'testing',
  AWS_SECRET_ACCESS_KEY: 'testing',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};
const before = { ...process.env };
const folder = mkdtempSync(join(tmpdir(), 'cli-aws-'));

/** Each test has a platform of its own: to empty the account takes moto a second. */
let NAMES = new PlatformNames('fraud0', 'prod');
let spec = '';
let platforms = 0;
function nextPlatform(): void {
  platforms += 1;
  NAMES = new PlatformNames(`fraud${platforms}`, 'prod');
  spec = join(folder, `${platforms}.yaml`);
  writeFileSync(
    spec,
    `name: fraud${platforms}
owner: a@example.com
aws: { region: ${REGION} }
models: { detector: {}, idle: {} }
environments: { prod: {}, other: { aws: { account: '999999999999' } } }
`,
  );
}

/** Texts are written for `fraud-prod`, whichever platform it is. */
const ofThis = (text: string): string => text.replaceAll('fraud-prod', NAMES.slug);
const ofAny = (text: string): string => text.replaceAll(NAMES.slug, 'fraud-prod');

/** What happened to a command. */
interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function mlops(args: readonly string[], answer?: string): Promise<Ended> {
  const io = capturedIo();
  const asking: Io = answer === undefined ? io : { ...io, ask: async () => ofThis(answer) };
  return { code: await main(args, asking), out: ofAny(io.text.out), err: ofAny(io.text.err) };
}

describeJudge('templates', 'the commands that act on AWS', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await Moto.start({ region: REGION });
    Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: moto.endpoint });
    const body = JSON.stringify({ stepfunctions: { execute_state_machine: true } });
    await fetch(`${moto.endpoint}/moto-api/config`, { method: 'POST', body });
  });
  beforeEach(nextPlatform);
  afterAll(async () => {
    process.env = before;
    await moto?.stop();
    rmSync(folder, { recursive: true });
  });

  const put = (name: string, value: object | string) =>
    moto.call('ssm', 'put_parameter', {
      Name: name,
      Type: 'String',
      Value: typeof value === 'string' ? value : JSON.stringify(value),
    });
  async function machine(name: string, states: object = { Done: { Type: 'Succeed' } }): Promise<string> {
    const definition = JSON.stringify({ StartAt: Object.keys(states)[0], States: states });
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/machine`;
    const made = await moto.call('stepfunctions', 'create_state_machine', {
      name: `${name}-${platforms}`,
      definition,
      roleArn,
    });
    return made.stateMachineArn as string;
  }
  /** Executions of a machine: name and input, in the order of their start. */
  async function executions(stateMachineArn: string) {
    const { executions: listed } = await moto.call('stepfunctions', 'list_executions', { stateMachineArn });
    const described = (listed as { executionArn: string }[]).map(({ executionArn }) =>
      moto.call('stepfunctions', 'describe_execution', { executionArn }),
    );
    return (await Promise.all(described))
      .map(({ name, input }) => ({ name: name as string, input: JSON.parse(input as string) as unknown }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }
  async function serves(record?: Partial<ChampionRecord>): Promise<string> {
    const machineArn = await machine('rollout');
    const champion = NAMES.parameter(...championPath('detector'));
    const facts: Partial<ServingFacts> = {
      model: 'detector',
      endpoint: ofThis('fraud-prod-detector'),
      machineArn,
      champion,
    };
    await put(NAMES.parameter(...servingPath('detector')), facts);
    if (record !== undefined) await put(champion, record);
    return machineArn;
  }
  const RECORD: Partial<ChampionRecord> = {
    version: '6',
    at: '2026-11-01T10:00:00Z',
    previous: { version: '5', packageArn: 'arn:5', config: 'c5' },
  };
  const TRYING = { version: '7', packageArn: 'arn:7', config: 'c7' } as NonNullable<ChampionRecord['trying']>;

  describe('train', () => {
    const train = (...more: readonly string[]) => ['train', trained, '-e', 'prod', '--model', 'detector', ...more];
    let trained = '';
    beforeEach(() => {
      trained = join(folder, `${platforms}-trained.yaml`);
      const pipeline = 'pipeline: { image: fraud-1, steps: { score: { kind: prediction } } }';
      const text = readFileSync(spec, 'utf8').replace('detector: {}', `detector: { ${pipeline} }`);
      writeFileSync(trained, `${text}training: { cluster: { kind: managed } }\n`);
    });
    async function deployed(): Promise<string> {
      const machineArn = await machine('start');
      await put(NAMES.parameter(...pipelinePath('detector')), { model: 'detector', machineArn });
      return machineArn;
    }

    test('starts the machine for a person and says where to look', async () => {
      const arn = await deployed();
      const { code, out, err } = await mlops(train('--reason', 'labels were mended'));
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const input = { reason: 'manual', trigger: 'person', note: 'labels were mended' };
      const started = await executions(arn);
      expect(started).toEqual([{ name: expect.stringMatching(/^train-detector-\d{8}T\d{9}Z$/) as string, input }]);
      expect(out.split('\n').slice(0, 3)).toEqual([
        'Starts a run of the pipeline of detector in fraud-prod, eu-central-1:',
        `  machine   ${arn}`,
        `  input     ${JSON.stringify(input)}`,
      ]);
      const execution = `arn:aws:states:${REGION}:${ACCOUNT}:execution:start-${platforms}:${started[0]?.name}`;
      expect(out).toContain(`Started ${execution}`);
      expect(out).toContain(`aws stepfunctions describe-execution --region ${REGION} --execution-arn ${execution}`);
    });

    test('needs no reason', async () => {
      const arn = await deployed();
      expect((await mlops(train())).code).toBe(0);
      expect((await executions(arn)).map(({ input }) => input)).toEqual([{ reason: 'manual', trigger: 'person' }]);
    });

    test.each<[string, readonly string[], RegExp]>([
      ['that is not deployed', [], /no parameter \/mlops\/fraud-prod\/pipelines\/detector. Deploy the model first/],
      ['that has no pipeline', ['-m', 'idle'], /idle has no pipeline in the spec/],
      ['that the spec does not have', ['-m', 'other'], /has no model other. Its models are: detector, idle/],
    ])('refuses a model %s', async (_, more, why) => {
      const { code, err } = await mlops(train(...more));
      expect(code).toBe(2);
      expect(err).toMatch(why);
    });
  });

  describe('promote', () => {
    const promote = (...more: readonly string[]) => [
      'promote',
      spec,
      '-e',
      'prod',
      '--model',
      'detector',
      '--version',
      '7',
      ...more,
    ];

    test('says what it will start, asks, and starts that', async () => {
      const arn = await serves(RECORD);
      const { code, out, err } = await mlops(promote('--reason', 'measured better'), 'detector');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const request = { action: 'promote', version: '7', reason: 'measured better' };
      expect(out.split('\n').slice(0, 5)).toEqual([
        'Rolls out version 7 of detector in fraud-prod, eu-central-1:',
        '  endpoint  fraud-prod-detector',
        '  serves    version 6 since 2026-11-01T10:00:00Z',
        `  machine   ${arn}`,
        `  input     ${JSON.stringify(request)}`,
      ]);
      const started = await executions(arn);
      expect(started).toEqual([
        { name: expect.stringMatching(/^promote-detector-\d{8}T\d{9}Z$/) as string, input: request },
      ]);
      expect(out).toContain(
        `Started arn:aws:states:${REGION}:${ACCOUNT}:execution:rollout-${platforms}:${started[0]?.name}`,
      );
    });

    test('starts a first version, without a question where --yes is given', async () => {
      const arn = await serves();
      const { code, out } = await mlops(promote('--yes'));
      expect(code).toBe(0);
      expect(out).toContain('serves    nothing yet');
      expect((await executions(arn)).map(({ input }) => input)).toEqual([{ action: 'promote', version: '7' }]);
    });

    test.each<[string, string | undefined, RegExp]>([
      ['another word is typed', 'yes', /That is not detector, so nothing was done/],
      ['nobody is there', undefined, /add --yes/],
    ])('starts nothing where %s', async (_, answer, why) => {
      const arn = await serves(RECORD);
      const { code, err } = await mlops(promote(), answer);
      expect(code).toBe(2);
      expect(err).toMatch(why);
      expect(await executions(arn)).toEqual([]);
    });

    test.each(['0', '07', 'v7', '100000', '-1', 'arn:aws:x'])('refuses %s as a version', async (version) => {
      const arn = await serves(RECORD);
      const { code, err } = await mlops([
        'promote',
        spec,
        '-e',
        'prod',
        '-m',
        'detector',
        `--version=${version}`,
        '-y',
      ]);
      expect(code).toBe(2);
      expect(err).toBe(
        `${version} is no version: it is the number in the registry, of 5 digits at most, for example 7.\n`,
      );
      expect(await executions(arn)).toEqual([]);
    });

    test.each<[string, readonly string[], number, RegExp]>([
      [
        'a model that does not serve',
        ['-m', 'idle', '--version', '1'],
        2,
        /idle does not serve in fraud-prod.*Give the model serving/,
      ],
      [
        'a model that the spec does not have',
        ['-m', 'x', '--version', '1'],
        2,
        /no model x\. Its models are: detector, idle\./,
      ],
      ['no model', ['--version', '1'], 2, /required option '-m, --model <name>'/],
      ['no version', ['-m', 'detector'], 2, /required option '--version <number>'/],
    ])('says what is wrong with %s', async (_, args, code, why) => {
      const ended = await mlops(['promote', spec, '-e', 'prod', ...args, '-y']);
      expect(ended.err).toMatch(why);
      expect(ended.code).toBe(code);
    });

    test('ends with 1 for a wrong spec', async () => {
      const wrong = join(folder, 'wrong.yaml');
      writeFileSync(wrong, 'name: Fraud\n');
      expect((await mlops(['promote', wrong, '-m', 'detector', '--version', '1', '-y'])).code).toBe(1);
    });

    test('stops where the credentials are of another account than the spec says', async () => {
      const other = new PlatformNames(`fraud${platforms}`, 'other');
      const machineArn = await machine('rollout');
      await put(other.parameter(...servingPath('detector')), { machineArn });
      const { code, err } = await mlops(['promote', spec, '-e', 'other', '-m', 'detector', '--version', '1', '-y']);
      expect(code).toBe(2);
      expect(err).toContain(
        `those of account ${ACCOUNT}, and environment other of the spec is in account 999999999999`,
      );
      expect(await executions(machineArn)).toEqual([]);
    });

    test('says what AWS says', async () => {
      const machineArn = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:gone`;
      await put(NAMES.parameter(...servingPath('detector')), { machineArn, champion: 'c', endpoint: 'e' });
      const { code, err } = await mlops(promote('-y'));
      expect(code).toBe(2);
      expect(err).toMatch(/^AWS says StateMachineDoesNotExist: /);
    });

    test('and a parameter that somebody else wrote', async () => {
      await put(NAMES.parameter(...servingPath('detector')), 'hello');
      const { code, err } = await mlops(promote('-y'));
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('is no JSON') as string });
    });
  });

  describe('rollback', () => {
    const rollback = (...more: readonly string[]) => ['rollback', spec, '-e', 'prod', '-m', 'detector', ...more];

    test('goes back to the version before, by its number', async () => {
      const arn = await serves(RECORD);
      const { code, out } = await mlops(rollback(), 'detector');
      expect(code).toBe(0);
      expect(out).toContain('Takes version 6 back to version 5 of detector in fraud-prod');
      expect((await executions(arn)).map(({ input }) => input)).toEqual([{ action: 'rollback', version: '5' }]);
    });

    test('goes back to the version that still serves while another is being rolled out, and says so', async () => {
      const arn = await serves({ ...RECORD, trying: TRYING });
      const { code, out } = await mlops(rollback(), 'detector');
      expect(code).toBe(0);
      expect(out.split('\n')[0]).toBe(
        'Version 7 is being rolled out. Once that has ended, goes back to version 6 of detector in fraud-prod, eu-central-1:',
      );
      expect((await executions(arn)).map(({ input }) => input)).toEqual([{ action: 'rollback', version: '6' }]);
    });

    test.each<[string, Partial<ChampionRecord>, readonly string[], string]>([
      ['the first is followed by a second', { version: '6', at: 'x', trying: TRYING }, [], '6'],
      ['what was tried serves by now', { ...RECORD, trying: { ...TRYING, version: '6' } }, [], '5'],
      ['a version is named', { ...RECORD, trying: TRYING }, ['--version', '3'], '3'],
    ])('goes by what serves where %s', async (_, record, more, version) => {
      const arn = await serves(record);
      expect((await mlops(rollback(...more, '-y'))).code).toBe(0);
      expect((await executions(arn)).map(({ input }) => input)).toEqual([{ action: 'rollback', version }]);
    });

    test('or to the one that is named', async () => {
      const arn = await serves(RECORD);
      expect((await mlops(rollback('--version', '3', '-y'))).code).toBe(0);
      expect((await executions(arn)).map(({ input }) => input)).toEqual([{ action: 'rollback', version: '3' }]);
    });

    test.each<[string, Partial<ChampionRecord> | undefined, RegExp]>([
      ['nothing serves', undefined, /No version of detector serves/],
      ['the first version serves', { version: '1', at: 'x' }, /Version 1 of detector is the first/],
    ])('says so where %s', async (_, record, why) => {
      const arn = await serves(record);
      const { code, err } = await mlops(rollback('-y'));
      expect(code).toBe(2);
      expect(err).toMatch(why);
      expect(await executions(arn)).toEqual([]);
    });
  });

  describe('destroy', () => {
    const PARTS = ['foundation', 'data', 'training', 'operations', 'model-detector', 'model-idle'];
    const stackNamed = (name: string) => ({
      StackName: ofThis(name),
      TemplateBody: JSON.stringify({
        Resources: { P: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } } },
      }),
    });
    async function stack(name: string, slug = 'fraud-prod', protect = false): Promise<void> {
      await moto.call('cloudformation', 'create_stack', {
        ...stackNamed(name),
        Tags: [{ Key: PLATFORM_TAG, Value: ofThis(slug) }],
        EnableTerminationProtection: protect,
      });
    }
    async function platform(retire: object = RETIRES, kept?: string): Promise<string> {
      for (const part of PARTS) await stack(`fraud-prod-${part}`, 'fraud-prod', part === kept);
      const arn = await machine('retire', retire);
      await put(NAMES.parameter(...RETIRE_PATH), arn);
      await put(NAMES.parameter(...championPath('detector')), { version: '5' });
      return arn;
    }
    const RETIRES = {
      Done: { Type: 'Pass', Result: { outcome: 'retired', detail: 'Deleted: everything.' }, End: true },
    };
    const stacks = async () => {
      const { Stacks } = await moto.call('cloudformation', 'describe_stacks');
      return (Stacks as { StackName: string }[])
        .map(({ StackName }) => ofAny(StackName))
        .filter((name) => name.startsWith('fraud-prod'))
        .sort();
    };
    async function run(options: { model?: string; yes?: boolean }, answer?: string): Promise<Ended> {
      const io = capturedIo();
      const asking: Io = answer === undefined ? io : { ...io, ask: async () => ofThis(answer) };
      const code = await destroy(spec, { environment: 'prod', ...options }, asking, 0.05);
      return { code, out: ofAny(io.text.out), err: ofAny(io.text.err) };
    }

    test('of a model retires it, waits for that, and then deletes its stack alone', async () => {
      const arn = await platform({ Work: { Type: 'Wait', Seconds: 1, Next: 'Done' }, ...RETIRES });
      const { code, out, err } = await run({ model: 'detector' }, 'detector');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(await stacks()).toEqual(
        PARTS.filter((part) => part !== 'model-detector')
          .map((part) => `fraud-prod-${part}`)
          .sort(),
      );
      expect(await executions(arn)).toEqual([
        { name: expect.stringMatching(/^retire-detector-/) as string, input: { model: 'detector' } },
      ]);
      expect(out.split('\n').slice(0, 4)).toEqual([
        'In fraud-prod, eu-central-1, this will',
        `  1. retire, by ${arn}: {"model":"detector"}`,
        '  2. delete fraud-prod-model-detector',
        'What holds data stays, such as buckets, tables, keys, logs and the registry.',
      ]);
      expect(out).toMatch(
        /✓ detector: Deleted: everything\.\nDeletes fraud-prod-model-detector\n✓ fraud-prod-model-detector is deleted\n/,
      );
    });

    test('of a platform retires every model and deletes what others stand on last', async () => {
      const arn = await platform();
      const { code, out } = await run({}, 'fraud-prod');
      expect(code).toBe(0);
      expect(await stacks()).toEqual([]);
      expect((await executions(arn)).map(({ input }) => input)).toEqual([{ model: 'detector' }, { model: 'idle' }]);
      const deleted = [...out.matchAll(/^Deletes fraud-prod-(\S+)$/gm)].map(([, part]) => part);
      expect(deleted.slice(0, 2).sort()).toEqual(['model-detector', 'model-idle']);
      expect(deleted.slice(2, 4).sort()).toEqual(['data', 'training']);
      expect(deleted.slice(4)).toEqual(['operations', 'foundation']);
    });

    test('leaves platforms alone whose names begin the same, and stacks without the tag', async () => {
      await platform();
      await stack('fraud-prod-eu-foundation', 'fraud-prod-eu');
      await stack('fraud-prod-eu-model-detector', 'fraud-prod-eu');
      await moto.call('cloudformation', 'create_stack', stackNamed('fraud-prod-model-mine'));
      expect((await run({ yes: true })).code).toBe(0);
      expect(await stacks()).toEqual([
        'fraud-prod-eu-foundation',
        'fraud-prod-eu-model-detector',
        'fraud-prod-model-mine',
      ]);
    });

    test('finds a model whose stack is gone by its record, and retires it', async () => {
      const arn = await machine('retire', RETIRES);
      await put(NAMES.parameter(...RETIRE_PATH), arn);
      await put(NAMES.parameter(...championPath('left')), { version: '5' });
      const { code, out } = await run({ model: 'left' }, 'left');
      expect(code).toBe(0);
      expect(out).not.toContain('2.');
      expect((await executions(arn)).map(({ input }) => input)).toEqual([{ model: 'left' }]);
    });

    test('stops before it does anything where a stack is protected, and says how to lift that', async () => {
      const arn = await platform(RETIRES, 'data');
      const { code, err } = await run({ yes: true });
      expect(code).toBe(2);
      expect(err).toBe(
        'fraud-prod-data is protected from deletion, and nothing was done. Lift that first if it is what you want:\n' +
          '  aws cloudformation update-termination-protection --no-enable-termination-protection --region eu-central-1 --stack-name fraud-prod-data\n',
      );
      expect(await executions(arn)).toEqual([]);
      expect(await stacks()).toHaveLength(PARTS.length);
      expect((await run({ model: 'detector', yes: true })).code).toBe(0);
    });

    test.each([
      [
        'and the machine said so',
        { Done: { Type: 'Pass', Result: { outcome: 'failed', detail: 'not yours' }, End: true } },
        'not yours',
      ],
      [
        'and the machine could tell nobody',
        { NotAnnounced: { Type: 'Fail', Error: 'NotAnnounced', Cause: 'not yours' } },
        'NotAnnounced: not yours',
      ],
    ])('deletes no stack where a model could not be retired, %s', async (_, ends, why) => {
      await platform(ends);
      const { code, err } = await run({ yes: true });
      expect(code).toBe(2);
      expect(err).toContain(`detector could not be retired, so no stack was deleted. ${why} (arn:aws:states:`);
      expect(await stacks()).toHaveLength(PARTS.length);
    });

    test('deletes no stack where something may serve and nothing could retire it', async () => {
      await platform();
      await moto.call('ssm', 'delete_parameter', { Name: NAMES.parameter(...RETIRE_PATH) });
      const { code, err } = await run({ yes: true });
      expect(code).toBe(2);
      expect(err).toContain('detector may serve');
      expect(err).toContain('Deploy the stack fraud-prod-operations first');
      expect(await stacks()).toHaveLength(PARTS.length);
      await moto.call('ssm', 'get_parameter', { Name: NAMES.parameter(...championPath('detector')) });
    });

    test('needs no machine where nothing ever served', async () => {
      await stack('fraud-prod-foundation');
      await stack('fraud-prod-model-idle');
      const { code, out } = await run({ yes: true });
      expect(code).toBe(0);
      expect(out).not.toContain('retire');
      expect(await stacks()).toEqual([]);
    });

    test.each<[string, string | undefined, RegExp]>([
      ['another word is typed', 'fraud', /That is not fraud-prod/],
      ['nobody is there', undefined, /add --yes/],
    ])('does nothing where %s', async (_, answer, why) => {
      const arn = await platform();
      const { code, err } = await run({}, answer);
      expect(code).toBe(2);
      expect(err).toMatch(why);
      expect(await executions(arn)).toEqual([]);
      expect(await stacks()).toHaveLength(PARTS.length);
    });

    test('says where there is nothing', async () => {
      expect(await run({ yes: true })).toMatchObject({
        code: 0,
        out: 'There is nothing of fraud-prod in eu-central-1.\n',
      });
      expect(await run({ model: 'x', yes: true })).toMatchObject({
        code: 0,
        out: 'There is nothing of x in eu-central-1.\n',
      });
    });

    test('is a command', async () => {
      await stack('fraud-prod-model-idle');
      const { code } = await mlops(['destroy', spec, '--cloud', 'aws', '-e', 'prod', '--model', 'idle', '--yes']);
      expect(code).toBe(0);
      expect(await stacks()).toEqual([]);
      expect((await mlops(['destroy', spec, '--cloud', 'azure', '-e', 'prod'])).code).toBe(2);
    });
  });
});
