/** Digits of the largest number of a version. On Google Cloud an id of ten digits has room for a time beside so many. */
export const VERSION_DIGITS = 5;

/** Pattern of the number of a version in the registry, the same on every cloud. */
export const VERSION_NUMBER = `[1-9][0-9]{0,${VERSION_DIGITS - 1}}`;
