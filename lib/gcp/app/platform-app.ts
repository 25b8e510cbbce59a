import { App } from 'cdktf';
import { ADOPT_KEYS, checkContext } from '../../plan/context-flags';
import { ALLOW_DATA_LOSS, DESTROY_DATA, destroysData } from '../../plan/data-loss';
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
 * @throws DataLossRefused where one key to destroying data is turned without the other; ContextRefused for what it has not.
 */
export function platformApp({ spec, outdir, context = {} }: PlatformAppProps): App {
  const app = new App({ stackTraces: false, context: { ...context }, ...(outdir === undefined ? {} : { outdir }) });
  checkContext(app.node.getAllContext(), [DESTROY_DATA, ALLOW_DATA_LOSS, ADOPT_KEYS]);
  new MlopsPlatform(app, 'Platform', { spec, destroyData: destroysData(app) });
  return app;
}
