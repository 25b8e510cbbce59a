/** States in which a run ends. Source: discovery document of aiplatform.v1, GoogleCloudAiplatformV1PipelineJob.state. */
export const ENDED_STATES = ['PIPELINE_STATE_SUCCEEDED', 'PIPELINE_STATE_FAILED', 'PIPELINE_STATE_CANCELLED'] as const;
