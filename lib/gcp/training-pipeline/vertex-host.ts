import type { Target } from '../target';

/** Where Vertex AI answers for a region. */
export const vertexHost = ({ region }: Pick<Target, 'region'>): string => `${region}-aiplatform.googleapis.com`;
