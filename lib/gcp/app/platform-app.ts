import { App } from 'cdktf';
import { destroysData } from '../../plan/data-loss';
import type { PlatformSpec } from '../../spec/platform';
import { MlopsPlatform } from '../platform/mlops-platform';

export interface PlatformAppProps {
  readonly spec: PlatformSpec;
  /** Folder of the templates. Default: what the CDKTF CLI asks for, else `cdktf.out`. */
  readonly outdir?: string;
  /** Beside that of the CDKTF CLI, which wins. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * An app with one platform in it, whose context says what becomes of data. Stack traces would put paths of this machine
 * into what is written. CDKTF makes the folder of the templates at once.
 *
 * @throws DataLossRefused where one key to destroying data is turned without the other.
 */
export function platformApp({ spec, outdir, context = {} }: PlatformAppProps): App {
  const app = new App({ stackTraces: false, context: { ...context }, ...(outdir === undefined ? {} : { outdir }) });
  new MlopsPlatform(app, 'Platform', { spec, destroyData: destroysData(app) });
  return app;
}
