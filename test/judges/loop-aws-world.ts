import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { PlatformSpec } from '../../lib/spec/platform';
import type { AslWorld } from '../support/asl-judge';
import type { DeployedModel } from '../support/deployed-model';
import { EXAMPLE, EXAMPLE_CODE, exampleVenv, python } from '../support/example-python';
import { ENDPOINT, type Loop, MODEL, NAMES } from './loop-aws';

/** What the loop begins with, and what the outside world does in it: data that is written, requests that are captured. */

const RUNNER = resolve(__dirname, 'sagemaker/run.py');
const DIGEST = `sha256:${'a'.repeat(64)}`;

/** The account after `mlops deploy`, before anybody has written data. */
export function firstWorld(stack: DeployedModel, spec: PlatformSpec, now: string): Required<AslWorld> {
  const bin = join(exampleVenv(), 'bin');
  const python3 = join(bin, 'python3');
  const text = JSON.stringify(stack);
  const named = (pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';
  const images = Object.fromEntries(
    [...new Set(text.match(/\d{12}\.dkr\.ecr\.[\w.-]+\/[\w./-]+:[\w.-]+/g))].map((image) => [
      image,
      image.includes('/sagemaker-') ? { bin } : { bin, cwd: EXAMPLE_CODE },
    ]),
  );
  const tables = Object.fromEntries(
    Object.entries(spec.dataLake?.datasets ?? {}).map(([name, { columns }]) => [
      tableOf(name),
      {
        location: `s3://lake/tables/${name}`,
        columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
        snapshots: [],
      },
    ]),
  );
  const created = { created: now, tags: {} };
  const alarms = Object.entries(stack.alarms).map(([name, alarm]) => [name, { ...alarm, ...created }]);
  return {
    kind: 'loop',
    now,
    state: {
      dynamodb: { tables: { [named(/"TableName":"([^"]+)"/)]: { key: { lock: 'S' }, items: [] } } },
      ssm: { parameters: stack.parameters },
      sns: { published: [] },
      eventbridge: { rules: stack.rules },
      cloudwatch: { alarms: Object.fromEntries(alarms), published: [] },
      athena: { workgroups: [NAMES.of('workgroup', 'tables')] },
      glue: { databases: ['fraud_curated'], tables },
      s3: { buckets: { [artifacts(stack)]: {}, ...stack.assets(python3) } },
      ecr: { images: { [NAMES.of('repository', 'training')]: { 'fraud-1.4.0': DIGEST } } },
      sagemaker: {
        versions: {},
        packages: {},
        endpoints: {},
        executions: {},
        behaviours: {},
        processingEnds: [{ python: python3 }],
        pipelines: {
          [stack.pipeline.name]: {
            definition: stack.pipeline.definition,
            runner: [python3, RUNNER, JSON.stringify({ images })],
          },
        },
      },
    },
  };
}

/** Bucket of the artifact store. */
export const artifacts = ({ machines }: Pick<DeployedModel, 'machines'>): string =>
  /"Bucket":"([^"]+)"/.exec(JSON.stringify(machines))?.[1] ?? '';

const tableOf = (dataset: string): string => `fraud_curated.${dataset}`;

const ROWS = `
import json, sys, pyarrow.parquet as pq
print(json.dumps(pq.read_table(sys.argv[1]).to_pylist(), default=lambda v: v.isoformat() if hasattr(v, "isoformat") else str(v)))`;

/** Rows of both datasets that the example's generator wrote into a folder. */
export async function generated(folder: string, ...args: readonly string[]) {
  await python(join(EXAMPLE, 'data/generate.py'), '--out', folder, '--rows', '8000', '--seed', '2', ...args);
  const rows = async (dataset: string) => JSON.parse(await python('-c', ROWS, join(folder, dataset))) as object[];
  return { folder, transactions: await rows('transactions'), chargebacks: await rows('chargebacks') };
}

/** Commits rows to a table, instead of what was there. */
export const commit = (
  loop: Loop,
  dataset: 'transactions' | 'chargebacks',
  id: string,
  rows: readonly object[],
): Promise<void> => loop.outside({ do: 'commit', table: tableOf(dataset), snapshot: { id, rows } });

/** What a version does when it serves, where that is not well. */
export const behave = (loop: Loop, version: string, behaviour: object): void =>
  loop.change((state) => {
    (state.sagemaker.behaviours as Record<string, object>)[version] = behaviour;
  });

/** Files of the artifact store below an address. */
export function below(loop: Loop, uri: string): Readonly<Record<string, Buffer>> {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
  return Object.fromEntries(
    Object.entries(loop.state.s3.buckets[bucket] ?? {})
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, { text, base64 }]) => [
        key.slice(prefix.length),
        text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text),
      ]),
  );
}

interface Container {
  readonly ModelDataSource: { readonly S3DataSource: { readonly S3Uri: string } };
}

/** Asks the version that serves about the newest week of a data set; the endpoint captures that where its configuration says. */
export async function ask(loop: Loop, data: string, work: string): Promise<number> {
  const { champion } = loop.serving;
  const [, version] = Object.entries(loop.state.sagemaker.packages).find(([arn]) => arn.endsWith(`/${champion}`)) ?? [];
  const [container] =
    (version?.InferenceSpecification as { Containers: readonly Container[] } | undefined)?.Containers ?? [];
  const model = join(work, `model-${champion}`);
  for (const [path, content] of Object.entries(below(loop, container?.ModelDataSource.S3DataSource.S3Uri ?? ''))) {
    mkdirSync(dirname(join(model, path)), { recursive: true });
    writeFileSync(join(model, path), content);
  }
  const out = join(work, 'captured');
  await python(join(EXAMPLE, 'data/replay.py'), '--data', data, '--model', model, '--out', out);
  const files = JSON.parse(await python('-c', FILES, join(out, 'sagemaker-capture', MODEL, 'AllTraffic'))) as string[];
  const config = loop.state.sagemaker.configs[loop.state.sagemaker.endpoints[ENDPOINT]?.config ?? ''];
  const variant = String(config?.ProductionVariants[0]?.VariantName);
  const [, bucket = '', prefix = ''] =
    /^s3:\/\/([^/]+)\/(.*?)\/?$/.exec(String(config?.DataCaptureConfig.DestinationS3Uri)) ?? [];
  loop.change((state) => {
    const objects = state.s3.buckets[bucket] as Record<string, { text: string }>;
    for (const file of files)
      objects[`${prefix}/${ENDPOINT}/${variant}/${file}`] = {
        text: readFileSync(join(out, 'sagemaker-capture', MODEL, 'AllTraffic', file), 'utf8'),
      };
  });
  return files.length;
}

const FILES = `
import json, os, sys
print(json.dumps(sorted(os.path.relpath(os.path.join(at, file), sys.argv[1]) for at, _, names in os.walk(sys.argv[1]) for file in names)))`;
