import { App } from 'cdktf';
import type { PlatformSpec } from '../../spec/platform';
import { MlopsPlatform } from '../platform/mlops-platform';

export interface PlatformAppProps {
  readonly spec: PlatformSpec;
  /** Folder of the templates. Default: what the CDKTF CLI asks for, else `cdktf.out`. */
  readonly outdir?: string;
}

/** An app with one platform in it. Stack traces would put paths of this machine into what is written. */
export function platformApp({ spec, outdir }: PlatformAppProps): App {
  const app = new App({ stackTraces: false, ...(outdir === undefined ? {} : { outdir }) });
  new MlopsPlatform(app, 'Platform', { spec });
  return app;
}
