const HOST = 'https://storage.googleapis.com';

/** Addresses of Cloud Storage that the name of a bucket follows: for its objects, and for uploads to it. */
export const BUCKETS = `${HOST}/storage/v1/b/`;
export const UPLOADS = `${HOST}/upload/storage/v1/b/`;

/** Address of the objects of a bucket, below which each is by its name. */
export const objectsUrl = (bucket: string): string => `${BUCKETS}${bucket}/o`;

/** Address that objects of a bucket are uploaded to. */
export const uploadsUrl = (bucket: string): string => `${UPLOADS}${bucket}/o`;

/** Expression for a name as one part of a path. */
export const asPart = (name: string): string => `text.replace_all(text.url_encode(${name}), "/", "%2F")`;
