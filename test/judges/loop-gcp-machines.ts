import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gcpJobImage } from '../../lib/plan/job-images';
import { judgePython } from '../support/describe-judge';
import { EXAMPLE, EXAMPLE_CODE, ONE_THREAD, python } from '../support/example-python';
import { PROJECT } from './loop-gcp-spec';

/** Tag of the image with the example's code. */
export const IMAGE_TAG = 'fraud-1.4.0';
const RUNNER = resolve(__dirname, 'kfp/run_pipeline.py');

/** What runs on this machine: pipelines, jobs, and whoever pays with a card. */
export class Machines implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'loop-'));

  /** The program that runs pipelines: images are virtual environments with the code of the example, or of the cloud. */
  runner(imageUri: string): readonly string[] {
    const settings = this.at('runner.json');
    const images = {
      [`${imageUri}:${IMAGE_TAG}`]: {
        python: judgePython('example'),
        env: { PYTHONPATH: EXAMPLE_CODE, ...ONE_THREAD },
      },
      [gcpJobImage(PROJECT.region)]: { python: judgePython('drift') },
    };
    writeFileSync(settings, JSON.stringify({ images, keep: this.folder }));
    return [judgePython('kfp'), RUNNER, settings];
  }

  at(...path: readonly string[]): string {
    return join(this.folder, ...path);
  }

  /** Payments and chargebacks of a quarter that ends on a day, in the folders of the datasets. */
  async generate(name: string, end: string, ...more: readonly string[]): Promise<void> {
    const size = ['--rows', '3000', '--seed', '3', '--end', end];
    await python(join(EXAMPLE, 'data/generate.py'), '--out', this.at(name), ...size, ...more);
  }

  /** One file with the payments, of which one was paid with less than nothing. */
  breakRule(name: string, broken: string): string {
    mkdirSync(this.at(broken), { recursive: true });
    const target = this.at(broken, 'transactions.parquet');
    execFileSync(judgePython('drift'), ['-c', BREAK, this.at(name, 'transactions/part-00000.parquet'), target]);
    return target;
  }

  /** Asks a model about the payments of a week, hours later, and gives the table that an endpoint would have recorded. */
  async record(data: string, model: string, hours: number): Promise<string> {
    const out = this.at(`${data}-recorded`);
    await python(join(EXAMPLE, 'data/replay.py'), '--data', this.at(data), '--model', model, '--out', out);
    const table = join(out, 'requests.parquet');
    const requests = join(out, 'vertex-bq-export/000000000000.json');
    execFileSync(judgePython('drift'), ['-c', AS_TABLE, requests, table, `${hours}`]);
    return table;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The same table with one amount that the rules of the dataset forbid. */
const BREAK = `
import sys, decimal, pyarrow as pa, pyarrow.parquet as pq
table = pq.read_table(sys.argv[1])
amounts = table["amount"].to_pylist()
amounts[7] = decimal.Decimal("-1.00")
at = table.schema.get_field_index("amount")
pq.write_table(table.set_column(at, table.schema.field(at), pa.array(amounts, table.schema.field(at).type)), sys.argv[2])`;

/** Lines of JSON as the table of BigQuery that they are exported from, hours later. */
const AS_TABLE = `
import json, sys, datetime, pyarrow as pa, pyarrow.parquet as pq
rows = [json.loads(line) for line in open(sys.argv[1])]
later = datetime.timedelta(hours=int(sys.argv[3]))
at = lambda text: datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=datetime.timezone.utc)
texts = pa.list_(pa.string())
pq.write_table(pa.table({
    "request_id": pa.array([row["request_id"] for row in rows], pa.string()),
    "logging_time": pa.array([at(row["logging_time"]) + later for row in rows], pa.timestamp("us", "UTC")),
    "request_payload": pa.array([row["request_payload"] for row in rows], texts),
    "response_payload": pa.array([row["response_payload"] for row in rows], texts)}), sys.argv[2])`;
