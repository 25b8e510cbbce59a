/**
 * Field of a registered version that says what it was trained on, and so what later requests are compared with: the URI of
 * a folder. Registration writes it, on AWS into CustomerMetadataProperties and on Google Cloud into the version's description.
 */
export const REFERENCE_FIELD = 'mlops-reference';
