import { RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type DataRemovalProps, dataMayGo } from '../plan/data-loss';

export { ALLOW_DATA_LOSS, type DataRemovalProps } from '../plan/data-loss';

/**
 * Retain, unless both keys are turned.
 * @throws Error when the prop says destroy and the context does not.
 */
export const dataRemovalPolicy = (scope: Construct, props: DataRemovalProps): RemovalPolicy =>
  dataMayGo(scope, props) ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
