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

/**
 * Whether data goes with what holds it: only if both keys are turned.
 * @throws Error when the prop says destroy and the context does not: silence would leave the user believing it is gone.
 */
export function dataMayGo(scope: Placed, { destroyData = false }: DataRemovalProps): boolean {
  if (!destroyData) return false;
  const flag = scope.node.tryGetContext(ALLOW_DATA_LOSS);
  if (flag === true || flag === 'true') return true;
  throw new Error(
    `${scope.node.path}: destroyData is true, but the app does not allow data loss. Set its context ${ALLOW_DATA_LOSS} to true to destroy its data on removal, or take destroyData away to retain it.`,
  );
}
