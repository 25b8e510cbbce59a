import { ALLOW_DATA_LOSS, DESTROY_DATA } from '../plan/data-loss';
import type { PlatformNames } from '../plan/names';
import type { SpecOn } from '../spec/clouds';
import type { Stacks } from './live-platform';

/** Folder that `mlops synth` writes to unless it is told otherwise. */
const FOLDER = 'cdktf.out';

/** What Terraform says of data until it may go. */
const PROTECTED = `Terraform refuses to destroy what holds data, such as buckets, datasets, images and keys, until its stack was written by mlops synth with --context ${DESTROY_DATA}=true --context ${ALLOW_DATA_LOSS}=true and applied.`;

/** A stack that may be in a state. */
interface Candidate {
  readonly name: string;
  /** What has to be in the spec for it to be written, where the spec as it is does not have that. */
  readonly lacks?: string;
  /** It is there for all that is known: the spec has it, or its model has a record. */
  readonly known: boolean;
}

/**
 * Stacks that Terraform has. Their state is the user's, and so is the decision what to destroy when: here it is said how,
 * in which order. Which of them are there only the state knows. So all are named, also those that an earlier spec may
 * have made, which have to be written again before Terraform can destroy them.
 *
 * @param published - models of which anything is published
 */
export function stacksOnGcp(
  { models, dataLake, training, gcp }: Pick<SpecOn<'gcp'>, 'models' | 'dataLake' | 'training' | 'gcp'>,
  names: PlatformNames,
  published: readonly string[],
  only: string | undefined,
): Stacks {
  const served = Object.entries(models).flatMap(([model, { serving }]) => (serving === undefined ? [] : [model]));
  const wanted = (found: readonly string[]) =>
    [...new Set(found)].filter((model) => only === undefined || model === only).sort();
  const ofModel = (model: string): Candidate => ({
    name: names.of('stack', `model-${model}`),
    known: true,
    ...(Object.hasOwn(models, model) ? {} : { lacks: `the model ${model} as it was` }),
  });
  const ofPlatform = (part: string, written: boolean, lacks: string): Candidate => ({
    name: names.of('stack', part),
    known: written,
    ...(written ? {} : { lacks }),
  });
  const stacks: readonly Candidate[] = [
    ...wanted([...Object.keys(models), ...published]).map(ofModel),
    ...(only === undefined
      ? [
          ofPlatform('operations', Object.keys(models).length > 0, 'a model as it was'),
          ofPlatform('registry', Object.keys(models).length > 0, 'a model as it was'),
          ofPlatform('training', training !== undefined, 'training as it was'),
          ofPlatform('data', dataLake !== undefined, 'dataLake as it was'),
          ofPlatform('foundation', true, ''),
        ]
      : []),
  ];
  return {
    models: wanted([...served, ...published]),
    data: 'Terraform destroys stacks, not this command, and refuses to for what holds data until both keys are turned.',
    steps: stacks.length === 0 ? [] : [`say how to destroy ${listed(stacks)}`],
    remove: async (io) => {
      io.out(
        [
          `${io.colors.green('✓')} Nothing of ${only ?? names.slug} serves any more.`,
          "The rest is Terraform's, and its state is yours. Beside the templates of mlops synth, in this order:",
          ...stacks.flatMap(howToDestroy),
          ...(stacks.every(({ known }) => known) ? [] : [whichAreThere(gcp)]),
          PROTECTED,
          '',
        ].join('\n'),
      );
    },
  };
}

function listed(stacks: readonly Candidate[]): string {
  const namesOf = (wanted: boolean) =>
    stacks
      .filter(({ known }) => known === wanted)
      .map(({ name }) => name)
      .join(', ');
  const others = namesOf(false);
  return others === '' ? namesOf(true) : `${namesOf(true)}, and where they are there ${others}`;
}

/** Lines for a shell, in which what has to happen before is a comment. */
function howToDestroy({ name, lacks, known }: Candidate): readonly string[] {
  const at = `terraform -chdir=${FOLDER}/stacks/${name}`;
  const command = `  ${at} init && ${at} destroy`;
  if (lacks === undefined) return [command];
  const which = known ? name : `${name}, if it is there,`;
  return [
    `  # ${which} is not written from the spec as it is: put ${lacks} back into the spec, run mlops synth, and then`,
    command,
  ];
}

const whichAreThere = ({ state }: SpecOn<'gcp'>['gcp']): string =>
  state === undefined
    ? `Those that are there have a file terraform.<stack>.tfstate beside ${FOLDER}.`
    : `Those that are there have a state: gcloud storage ls gs://${state.bucket}/mlops/`;
