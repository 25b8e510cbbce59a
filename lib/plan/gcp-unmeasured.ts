import type { Unmeasured } from './serving-signals';

/**
 * What Vertex AI does not measure of machines that serve.
 * Source: Google Cloud metrics list, `aiplatform.googleapis.com/prediction/online/*`: CPU, memory, accelerators, network.
 */
export const GCP_UNMEASURED: Unmeasured = {
  disk: 'Vertex AI has no metric of the disks of machines that serve',
};
