/**
 * Methods of Vertex AI, as audit logs call them, by which a version is registered or its labels change: those of the API,
 * of its beta and of the console. Each call is logged by one of them. Aliases approve nothing, so nobody listens for them; a
 * version that was copied from another model is first heard of when it is approved.
 * Source: google-cloudevents, json/audit/service_catalog.json.
 */
const METHODS = ['UploadModel', 'UpdateModel'] as const;

/** How the method is called: `v1`, `v1beta1`, `ui`. */
const VARIANTS = ['v1', 'v1beta1', 'ui'] as const;

export const AUDITED_SERVICE = 'aiplatform.googleapis.com';

/** By a short name of each: `upload-v1`. */
export const AUDITED_METHODS: Readonly<Record<string, string>> = Object.fromEntries(
  METHODS.flatMap((method) =>
    VARIANTS.map((variant) => [
      `${method.replace('Model', '').toLowerCase()}-${variant}`,
      `google.cloud.aiplatform.${variant}.ModelService.${method}`,
    ]),
  ),
);

/**
 * Kind of access to Vertex AI that has to be on record for that; changes of configuration always are, and predictions, which
 * are reads of data, cost by volume. Source: Vertex AI documentation, "Audit logging information"; Cloud Logging
 * documentation, "Enable Data Access audit logs".
 */
export const AUDITED_ACCESS = ['DATA_WRITE'] as const;
