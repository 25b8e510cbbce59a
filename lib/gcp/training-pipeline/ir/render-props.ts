import type { MachineType } from '../../../plan/machines/machines';
import type { PipelinePlan } from '../../../plan/pipeline/pipeline-plan';
import type { Target } from '../../target';

/** Code of a job that runs on an image of the cloud. */
export interface TaskCode {
  readonly image: string;
  /** Folder of the program in the file system of a task. */
  readonly path: string;
}

/** What a pipeline's document is made from. Nothing here may be a token. */
export interface RenderProps {
  readonly target: Pick<Target, 'project' | 'region'>;
  readonly plan: PipelinePlan;
  /** What images are tags of: `region-docker.pkg.dev/project/repository/training`. */
  readonly imageUri: string;
  /** E-mail of the account that steps act as. */
  readonly account: string;
  /** Key of what steps leave, as Vertex AI names it. */
  readonly encryptionKeyId: string;
  /** `projects/P/regions/R/networkAttachments/A`, which steps reach the network by. */
  readonly attachment: string;
  /** Last part of the model's name in the registry. */
  readonly modelName: string;
  /** The machine of each step, by the step's name. */
  readonly machines: Readonly<Record<string, MachineType>>;
  /** The program that runs steps, registers and tells the outcome. */
  readonly tasks: TaskCode;
  /** The program that checks data, where a step does. */
  readonly validation?: TaskCode & {
    /** Folder of what is checked, by dataset. */
    readonly rules: Readonly<Record<string, string>>;
  };
  /** Where steps ask for trainings on the batch cluster, where one does. */
  readonly cluster?: {
    /** `projects/P/topics/T`. */
    readonly topic: string;
    /** Folder of what is asked for, `gs://…`. */
    readonly requests: string;
  };
  readonly labels: Readonly<Record<string, string>>;
}
