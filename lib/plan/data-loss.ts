import { contextFlag } from './context-flags';

/**
 * Context flag of the apps of this package that is the first key to destroying data, such as
 * `-c mlops:destroyData=true`. An app of one's own says `destroyData` to `MlopsPlatform` instead.
 */
export const DESTROY_DATA = 'mlops:destroyData';

/** Context flag of the app that is the second key to destroying data, such as `-c mlops:allowDataLoss=true`. */
export const ALLOW_DATA_LOSS = 'mlops:allowDataLoss';

export interface DataRemovalProps {
  /**
   * First key to destroying data on removal. Data goes only if the app's context flag `mlops:allowDataLoss` is true as
   * well. Default: false, data is retained.
   */
  readonly destroyData?: boolean;
}

/** A construct, as far as it matters here. */
interface Placed {
  readonly node: { readonly path: string; tryGetContext(key: string): unknown };
}

/** Data was to be destroyed, and what was said for it is not enough. */
export class DataLossRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DataLossRefused';
  }
}

/**
 * Whether the context of an app turns the first key.
 * @throws ContextRefused for a value that is neither true nor false: silence would leave the user believing it is turned.
 */
export function destroysData(app: Placed): boolean {
  return contextFlag(DESTROY_DATA, app.node.tryGetContext(DESTROY_DATA));
}

/**
 * Whether data goes with what holds it: only if both keys are turned.
 * @throws DataLossRefused when the prop says destroy and the context does not: silence would leave the user believing it is gone.
 */
export function dataMayGo(scope: Placed, { destroyData = false }: DataRemovalProps): boolean {
  if (!destroyData) return false;
  const flag = scope.node.tryGetContext(ALLOW_DATA_LOSS);
  if (flag === true || flag === 'true') return true;
  throw new DataLossRefused(
    `${scope.node.path}: destroyData is true, but the app does not allow data loss. Set its context ${ALLOW_DATA_LOSS} to true to destroy its data on removal, or take destroyData away to retain it.`,
  );
}
