import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesise } from '../../../lib/gcp/app/synthesise';
import type { PlatformSpec } from '../../../lib/spec/platform';
import type { GoogleApis } from '../../support/google-apis';
import { type ClosedNetwork, closeNetwork } from '../../support/terraform-closed-network';
import { Deployment } from '../../support/terraform-deployment';
import { emptyCliConfig } from '../../support/terraform-run';
import type { TerraformStack } from '../../support/terraform-stacks';
import { stacksIn } from '../../support/terraform-synth';

/** Where a platform is written and applied, again and again: a folder, and no network but Google's APIs here. */
export class Ground {
  static async open(google: GoogleApis, pluginDir: string): Promise<Ground> {
    const home = await mkdtemp(join(tmpdir(), 'terraform-life-'));
    const network = await closeNetwork();
    const env = { ...(await emptyCliConfig(home)), ...network.env, ...google.env };
    return new Ground(home, network, new Deployment({ outdir: join(home, OUT), env, pluginDir }));
  }

  private constructor(
    private readonly home: string,
    private readonly network: ClosedNetwork,
    public readonly deployment: Deployment,
  ) {}

  /** Writes the stacks of a platform over those that were there, in an order in which they can be applied. */
  write(spec: PlatformSpec, context: Readonly<Record<string, string>> = {}): readonly TerraformStack[] {
    const outdir = join(this.home, OUT);
    synthesise(spec, outdir, context);
    return stacksIn(outdir);
  }

  /** Hosts that were asked besides Google's APIs here. */
  get asked(): readonly string[] {
    return [...this.network.asked].sort();
  }

  async close(): Promise<void> {
    await this.network.close();
    await rm(this.home, { recursive: true, force: true });
  }
}

const OUT = 'cdktf.out';
