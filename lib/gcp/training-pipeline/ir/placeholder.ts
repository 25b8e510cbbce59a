/**
 * What the service writes in its place when a task runs. Source: Kubeflow Pipelines, api/v2alpha1/pipeline_spec.proto,
 * PipelineContainerSpec.
 */
export const placeholder = {
  value: (name: string): string => `{{$.inputs.parameters['${name}']}}`,
  folder: (name: string): string => `{{$.inputs.artifacts['${name}'].path}}`,
  folderUri: (name: string): string => `{{$.inputs.artifacts['${name}'].uri}}`,
  outputFolder: (name: string): string => `{{$.outputs.artifacts['${name}'].path}}`,
  outputFile: (name: string): string => `{{$.outputs.parameters['${name}'].output_file}}`,
  /** Folder of the run, `gs://…`. */
  root: '{{$.pipeline_root}}',
} as const;
