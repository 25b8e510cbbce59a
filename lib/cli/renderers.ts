import type { Synthesised } from '../plan/synthesised';
import type { Cloud } from '../spec/clouds';
import type { PlatformSpec } from '../spec/platform';

/** How one cloud's templates are written. */
export interface Renderer {
  /** Folder of the templates unless `--out` names another. */
  readonly out: string;
  /** How what was written is deployed, given the folder and the stacks in order. */
  readonly deploy: (out: string, stacks: readonly Synthesised[]) => string;
  /** Loads the cloud's SDK. */
  readonly load: () => Promise<Synthesise>;
}

/** Writes templates to a folder, from a spec and the context of the app. */
type Synthesise = (
  spec: PlatformSpec,
  outdir: string,
  context: Readonly<Record<string, string>>,
) => readonly Synthesised[];

export const RENDERERS: Readonly<Record<Cloud, Renderer>> = {
  aws: {
    out: 'cdk.out',
    deploy: (out) => `npx cdk deploy --all --app ${out}`,
    load: async () => (await import('../aws/app/synthesise.js')).synthesise,
  },
  gcp: {
    out: 'cdktf.out',
    deploy: (out, stacks) =>
      `for stack in ${stacks.map(({ name }) => name).join(' ')}; do terraform -chdir=${out}/stacks/$stack init && terraform -chdir=${out}/stacks/$stack apply || break; done`,
    load: async () => (await import('../gcp/app/synthesise.js')).synthesise,
  },
};
