/**
 * References within a definition of SageMaker Pipelines, resolved when a run comes to them. Source: SageMaker Python SDK,
 * `sagemaker.workflow` (`functions`, `properties`, `execution_variables`): what it writes is the form of the service.
 */

/** Something that is known once the run is: `{ Get: 'Parameters.run-id' }`. */
export type Reference =
  | { readonly Get: string }
  | { readonly 'Std:Join': { readonly On: string; readonly Values: readonly Part[] } }
  | { readonly 'Std:JsonGet': { readonly PropertyFile: { readonly Get: string }; readonly Path: string } };

/** A text, or a reference to one. */
export type Part = string | Reference;

/** A parameter of the run. */
export const parameter = (name: string): Reference => ({ Get: `Parameters.${name}` });

/** What the job of a step answers when it is described: `ofStep('train', 'ModelArtifacts.S3ModelArtifacts')`. */
export const ofStep = (step: string, path: string): Reference => ({ Get: `Steps.${step}.${path}` });

/** Parts one after the other. */
export const join = (...values: readonly Part[]): Reference => ({ 'Std:Join': { On: '', Values: values } });

/** The same, as a text where every part is one. */
export const joined = (...values: readonly Part[]): Part =>
  values.every((value) => typeof value === 'string') ? values.join('') : join(...values);

/** A number in a JSON file that a step wrote. */
export const fromFile = (step: string, file: string, key: string): Reference => ({
  'Std:JsonGet': {
    PropertyFile: ofStep(step, `PropertyFiles.${file}`) as { readonly Get: string },
    Path: /^\w+$/.test(key) ? key : `['${key}']`,
  },
});
