import type { Construct } from 'constructs';
import type { INetwork } from './network';

/**
 * Resource name of the attachment by which jobs on Vertex AI are in a network.
 *
 * @param what - what those jobs are, such as `steps of pipelines`
 * @throws Error where the network has none: jobs would run outside it, and nobody would be told.
 */
export function attachmentOf(scope: Construct, network: INetwork, what: string): string {
  if (network.attachmentId !== undefined) return network.attachmentId;
  throw new Error(
    `${scope.node.path}: ${what} are in the network ${network.networkId} only through a network attachment, and it has none. Give Network \`attachment\`, or Network.fromNames \`attachmentName\`.`,
  );
}
