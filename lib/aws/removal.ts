import { RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Context flag of the app that is the second key to destroying data: `-c mlops:allowDataLoss=true`. */
export const ALLOW_DATA_LOSS = 'mlops:allowDataLoss';

export interface DataRemovalProps {
  /**
   * First key to destroying data on removal. Data goes only if the app's context flag `mlops:allowDataLoss` is true as
   * well. Default: false, data is retained.
   */
  readonly destroyData?: boolean;
}

/**
 * Retain, unless both keys are turned.
 * @throws Error when the prop says destroy and the context does not: silence would leave the user believing it is gone.
 */
export function dataRemovalPolicy(scope: Construct, props: DataRemovalProps): RemovalPolicy {
  if (props.destroyData !== true) return RemovalPolicy.RETAIN;
  const flag: unknown = scope.node.tryGetContext(ALLOW_DATA_LOSS);
  if (flag === true || flag === 'true') return RemovalPolicy.DESTROY;
  throw new Error(
    `${scope.node.path}: destroyData is true, but the app does not allow data loss. Add -c ${ALLOW_DATA_LOSS}=true to destroy its data on removal, or take destroyData away to retain it.`,
  );
}
