/**
 * APIs that commands call, by how a command begins. Source: gcloud reference, "API reference" of each command; BigQuery
 * documentation, bq.
 */
const BY_COMMAND: Readonly<Record<string, string>> = {
  'bq ': 'bigquery',
  'gcloud alpha services ': 'serviceusage',
  'gcloud auth application-default set-quota-project ': 'serviceusage',
  'gcloud beta services ': 'serviceusage',
  'gcloud billing ': 'cloudbilling',
  'gcloud compute ': 'compute',
  'gcloud iam ': 'iam',
  'gcloud projects ': 'cloudresourcemanager',
  'gcloud secrets ': 'secretmanager',
  'gcloud services ': 'serviceusage',
  'gcloud storage ': 'storage',
};

/**
 * The APIs that printed commands call, also those that are commented out for somebody to fill in.
 * @throws Error when it is not known of a command what it calls.
 */
export const apisOfCommands = (commands: readonly string[]): readonly string[] =>
  commands.flatMap((line) => {
    const command = line.replace(/^# /, '');
    if (command.startsWith('https://')) return [];
    const begins = Object.keys(BY_COMMAND).find((start) => command.startsWith(start));
    if (begins === undefined) throw new Error(`the API that is called by '${command}' is not written down`);
    return [`${BY_COMMAND[begins]}.googleapis.com`];
  });
