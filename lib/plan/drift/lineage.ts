/**
 * Field of a registered version that says what it was trained on, and so what later requests are compared with: the URI of
 * a folder. Registration writes it, on AWS into CustomerMetadataProperties and on Google Cloud into the version's description.
 */
export const REFERENCE_FIELD = 'mlops-reference';

/**
 * What the alert channel hears of a version that serves and that nothing can be compared with, such as one that somebody
 * registered by hand; its number stands before.
 * @param folders Addresses that begin what versions of the pipeline were trained on.
 */
export const withoutReference = (folders: readonly string[]): string =>
  `, which serves, says nothing of what it was trained on in ${folders.join(' or ')}. Versions that the pipeline registers do; or name a dataset in monitoring.drift.reference.`;
