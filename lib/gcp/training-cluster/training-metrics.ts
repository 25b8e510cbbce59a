/** What trainings measure themselves: custom metrics below this, such as `custom.googleapis.com/training/loss`. */
export const TRAINING_METRICS = 'custom.googleapis.com/training';

/**
 * What Vertex AI measures of each machine of a training.
 * Source: Cloud Monitoring documentation, "Google Cloud metrics", aiplatform.googleapis.com/CustomJob as ml.
 */
export type TrainingJobMetric =
  | 'training/accelerator/duty_cycle'
  | 'training/accelerator/memory/utilization'
  | 'training/cpu/utilization'
  | 'training/memory/utilization'
  | 'training/network/received_bytes_count'
  | 'training/network/sent_bytes_count';

/** Time series of a metric of one training, as a filter of Cloud Monitoring. */
export const trainingJobMetric = (metric: TrainingJobMetric, jobId: string): string =>
  [
    'resource.type = "cloudml_job"',
    `resource.labels.job_id = "${jobId}"`,
    `metric.type = "ml.googleapis.com/${metric}"`,
  ].join(' AND ');
