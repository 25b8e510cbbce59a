import type { InputSource } from '../../../plan/pipeline/graph';
import { snapshotParameter } from '../../../plan/pipeline/run-parameters';
import type { FolderSource, TaskDraft } from './draft';
import { snapshotTask } from './task-names';

const TYPE = { schemaTitle: 'system.Dataset', schemaVersion: '0.0.1' } as const;

/** Output of an importer. Source: Kubeflow Pipelines, pipeline_spec.proto, ImporterSpec. */
const SNAPSHOT_OUTPUT = 'artifact';

/** The frozen snapshot of a dataset as a folder: the run says where it is. */
export const snapshotDraft = (dataset: string): TaskDraft => ({
  name: snapshotTask(dataset),
  after: [],
  values: { uri: { run: snapshotParameter(dataset) } },
  folders: {},
  gives: { values: {}, folders: { [SNAPSHOT_OUTPUT]: TYPE.schemaTitle } },
  executor: { importer: { artifactUri: { runtimeParameter: 'uri' }, typeSchema: TYPE } },
  cached: false,
  retries: 0,
});

/** Where a task finds what it reads. */
export const folderOf = (from: InputSource): FolderSource =>
  'dataset' in from
    ? { task: snapshotTask(from.dataset), output: SNAPSHOT_OUTPUT }
    : { task: from.step, output: from.output };
