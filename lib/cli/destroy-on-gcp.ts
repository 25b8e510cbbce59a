import type { PlatformNames } from '../plan/names';
import type { PlatformSpec } from '../spec/platform';
import type { Stacks } from './live-platform';

/** Folder that `mlops synth` writes to unless it is told otherwise. */
const FOLDER = 'cdktf.out/stacks';

/** Stacks that keep data, and that others stand on: the last to go. */
const PROTECTED = ['data', 'foundation'];

/**
 * Stacks that Terraform has. Their state is the user's, and so is the decision what to destroy when: here it is said how,
 * in which order. Which of them are there only the state knows, so those of the spec are named, and those of models that
 * left it and have a record still.
 *
 * @param published - models of which anything is published
 */
export function stacksOnGcp(
  { models, dataLake, training }: Pick<PlatformSpec, 'models' | 'dataLake' | 'training'>,
  names: PlatformNames,
  published: readonly string[],
  only: string | undefined,
): Stacks {
  const served = Object.entries(models).flatMap(([model, { serving }]) => (serving === undefined ? [] : [model]));
  const wanted = (found: readonly string[]) =>
    [...new Set(found)].filter((model) => only === undefined || model === only).sort();
  const ofPlatform = [
    ...(training === undefined ? [] : ['training']),
    ...(Object.keys(models).length === 0 ? [] : ['registry']),
    ...(served.length === 0 ? [] : ['operations']),
    ...(dataLake === undefined ? [] : ['data']),
    'foundation',
  ];
  const parts = [
    ...wanted([...Object.keys(models), ...published]).map((model) => `model-${model}`),
    ...(only === undefined ? ofPlatform : []),
  ];
  const stacks = parts.map((part) => names.of('stack', part));
  const kept = parts.filter((part) => PROTECTED.includes(part)).map((part) => names.of('stack', part));
  return {
    models: wanted([...served, ...published]),
    steps: stacks.length === 0 ? [] : [`say how to destroy ${stacks.join(', ')}`],
    remove: async (io) => {
      io.out(
        [
          `${io.colors.green('✓')} Nothing of ${only ?? names.slug} serves any more.`,
          "The rest is Terraform's, and its state is yours. Beside the templates of mlops synth, in this order:",
          ...stacks.map(destroyCommand),
          ...(kept.length === 0
            ? []
            : [
                `Terraform refuses to destroy what holds data, in ${kept.join(' and ')}, until that was deployed with destroyData and the context mlops:allowDataLoss.`,
              ]),
          '',
        ].join('\n'),
      );
    },
  };
}

const destroyCommand = (stack: string): string =>
  `  terraform -chdir=${FOLDER}/${stack} init && terraform -chdir=${FOLDER}/${stack} destroy`;
