import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { afterEach, expect, test } from 'vitest';
import { bootstrap } from '../../../lib/cli/bootstrap';
import { EXIT } from '../../../lib/cli/io';

/**
 * gcloud and bq as they are where a command is run again: what is there is not made a second time, what is not there is
 * neither described nor updated, and what no case knows is refused. Things are files of the folder `there`.
 * Source: gcloud reference, each command.
 */
const GCLOUD = `#!/usr/bin/env bash
words=() secret= file=
for word in "$@"; do
  case $word in
    --secret=*) secret=\${word#*=} ;;
    --data-file=*) file=\${word#*=} ;;
    --*) ;;
    *) words+=("\${word//\\//:}") ;;
  esac
done
call="\${words[*]}"
case $call in
  'services enable '* | *' add-iam-policy-binding '* | *' set-quota-project '*) ;;
  'beta services identity create' | 'storage service-agent' | *' list' | show) ;;
  'secrets versions describe latest') test -e "there/value of $secret" ;;
  'secrets versions add '*) test -f "$file" && touch "there/value of \${call##* }" ;;
  *' describe '*) test -e "there/\${call/ describe / }" ;;
  *' update '*) test -e "there/\${call/ update / }" ;;
  *' create '*) test ! -e "there/\${call/ create / }" && touch "there/\${call/ create / }" ;;
  *) false ;;
esac || { echo "refused: $call" >&2; exit 1; }
`;

const SPEC = {
  name: 'churn',
  owner: 'ml@example.com',
  gcp: {
    project: 'churn-prod',
    projectNumber: 123456789012,
    region: 'europe-west4',
    state: { bucket: 'churn-state' },
    billingAccount: '01AB23-45CD67-89EF01',
  },
  alerts: { webhooks: { pager: { url: 'https://example.com', secret: 'pager-token' } } },
  governance: { budget: { monthly: '100 USD' } },
  network: {
    mode: 'existing',
    gcp: { network: 'main', subnetwork: 'ml', attachment: 'ml', hostProject: 'shared-net' },
  },
  training: { cluster: { kind: 'managed' } },
  models: { ranker: { serving: {} } },
};

/** What others made before. */
const THERE = ['compute networks subnets ml', 'billing accounts 01AB23-45CD67-89EF01'];

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Runs what `mlops bootstrap` prints, with the commands that it leaves to somebody to fill in. */
async function printed() {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-bootstrap-'));
  folders.push(folder);
  mkdirSync(join(folder, 'there'));
  for (const thing of THERE) writeFileSync(join(folder, 'there', thing), '');
  for (const program of ['gcloud', 'bq']) {
    writeFileSync(join(folder, program), GCLOUD);
    chmodSync(join(folder, program), 0o755);
  }
  const spec = join(folder, 'platform.yaml');
  writeFileSync(spec, JSON.stringify(SPEC));
  let script = '';
  const io = { out: (text: string) => (script += text), err: () => {}, colors: createColors(false) };
  expect(await bootstrap(spec, { cloud: 'gcp' }, io)).toBe(EXIT.fine);
  const input = script.replaceAll(/^# (?=gcloud )/gm, '');
  const run = () => {
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const { status, stderr } = spawnSync('bash', ['-s'], { cwd: folder, env, input, encoding: 'utf8' });
    return { status, stderr };
  };
  return { folder, run };
}

test('what bootstrap prints can be run again, also without the values of secrets', async () => {
  const { folder, run } = await printed();
  const value = join(folder, 'pager-token.secret');
  writeFileSync(value, 'x');
  expect(run()).toEqual({ status: 0, stderr: '' });
  expect(run()).toEqual({ status: 0, stderr: '' });
  rmSync(value);
  expect(run()).toEqual({ status: 0, stderr: '' });
  const made = ['storage buckets gs:::churn-state', 'iam roles churn_attach_network', 'secrets pager-token'];
  expect(made.filter((thing) => !existsSync(join(folder, 'there', thing)))).toEqual([]);
});

test('a secret without a value stops it', async () => {
  const { run } = await printed();
  expect(run()).toEqual({ status: 1, stderr: 'refused: secrets versions add pager-token\n' });
});
