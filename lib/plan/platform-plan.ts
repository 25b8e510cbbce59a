import type { Cloud, SpecOn } from '../spec/clouds';
import type { PlatformSpec } from '../spec/platform';
import { type AccessEdge, planAccess } from './access';
import { planDriftAccess } from './drift/drift-access';
import { planDriftSignals } from './drift/drift-signals';
import { planModelEventsSignals } from './model-events-signals';
import { PlatformNames } from './names';
import { planPipelineAccess } from './pipeline/aws-pipeline-access';
import { planRunSignals } from './pipeline/pipeline-signals';
import { planCollectorAccess, planCollectorSignals } from './pipeline/snapshot-collection';
import { planServingAccess } from './serving-access';
import { planServingSignals } from './serving-signals';
import { planSignals, type Signal } from './signals';
import { planTags } from './tags';

/** Every decision about a platform that its renderers share, as plain data computed from its spec. */
export interface PlatformPlan<Spec extends PlatformSpec = PlatformSpec> {
  readonly spec: Spec;
  readonly names: PlatformNames;
  readonly access: readonly AccessEdge[];
  readonly signals: readonly Signal[];
  readonly tags: Readonly<Record<string, string>>;
}

/** Plans a platform. Pure: the same spec gives the same plan. */
export function planPlatform<Spec extends PlatformSpec>(spec: Spec): PlatformPlan<Spec> {
  const names = new PlatformNames(spec.name, spec.environment, { roleGeneration: spec.gcp?.roleGeneration });
  return {
    spec,
    names,
    access: [
      ...planAccess(spec),
      ...planServingAccess(spec.models, names),
      ...planPipelineAccess(spec.models, names),
      ...planDriftAccess(spec.models),
      ...planCollectorAccess(spec.models, names),
    ],
    signals: [
      ...planSignals(spec),
      ...planModelEventsSignals(spec),
      ...planServingSignals(spec.models),
      ...planRunSignals(spec.models),
      ...planDriftSignals(spec.models),
      ...planCollectorSignals(spec.models, names),
    ],
    tags: planTags(spec, names.slug),
  };
}

/** The plan of a platform that lives on a cloud. */
export type PlanOn<C extends Cloud> = PlatformPlan<SpecOn<C>>;
