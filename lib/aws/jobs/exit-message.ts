/**
 * What a processing job writes to this file is told of it as its ExitMessage, also if it failed: the first KB. Source: SageMaker
 * developer guide, "Save and Access Metadata Information About Your Processing Job".
 */
export const EXIT_MESSAGE = '/opt/ml/output/message';
