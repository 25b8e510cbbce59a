import type { PipelineDocument } from '../../lib/gcp/training-pipeline/ir/pipeline-spec';
import type { PlatformSpec } from '../../lib/spec/platform';
import { synthGcpPlatform } from './examples-gcp';
import { graphOf } from './ir-graph';
import { TerraformWires } from './terraform-wires';
import { alone, byName, REGISTRATION, type ToldPipeline, type ToldTrigger, textsIn } from './told-pipeline';

/** The pipeline of a platform's only model, read out of the documents for Terraform. */
export function toldOnGcp(spec: PlatformSpec): ToldPipeline {
  const { stacks } = synthGcpPlatform(spec);
  const wires = new TerraformWires(stacks);
  const objects = Object.values(wires.buckets).flatMap((bucket) => Object.entries(bucket));
  const [, held] = objects.find(([name]) => /^pipelines\/[\w-]+\/documents\/[0-9a-f]+\.json$/.test(name)) ?? [];
  const document = JSON.parse((held as { text: string } | undefined)?.text ?? '{}') as PipelineDocument;
  const { data, ...graph } = graphOf(document);
  const own = (name: string): boolean => name.includes('--') && name !== REGISTER;
  const snapshots = Object.fromEntries(
    data.flatMap((edge) => {
      const [, from, task] = /^(run\.\S+) > (snapshot--\S+)\.uri$/.exec(edge) ?? [];
      return from === undefined || task === undefined ? [] : [[`${task}.artifact`, from]];
    }),
  );
  const resolved = data.map((edge) => edge.replace(/^snapshot--\S+/, (task) => snapshots[task] ?? task));
  const steps = alone(graph, REGISTER, own);
  return {
    parameters: Object.fromEntries(
      Object.entries(document.root.inputDefinitions?.parameters ?? {}).map(([name, { parameterType }]) => [
        name,
        parameterType === 'NUMBER_DOUBLE' ? 'number' : 'text',
      ]),
    ),
    edges: resolved.filter((edge) => / > [a-z][\w-]*\.[\w-]+$/.test(edge) && !/ > \S*--/.test(edge)).sort(),
    before: steps.before,
    // Numbers are doubles there.
    conditions: Object.fromEntries(
      Object.entries(steps.conditions).map(([name, text]) => [name, text.replace(/(\d)\.0$/, '$1')]),
    ),
    images: imagesOnGcp(document),
    lineage: lineageOnGcp(document, resolved),
    triggers: [...schedulesOnGcp(wires), ...eventsOnGcp(wires)].sort(byName),
  };
}

/** Task of the registration. */
const REGISTER = 'version--registered';

/** Programs of the platform's own run on images of Vertex AI. */
const TAG = /-docker\.pkg\.dev\/[^/]+\/[^/]+\/training:([\w.-]+)\\"/g;

/** What a task starts or registers is an argument of its own, JSON within that of the document. */
const imagesOnGcp = ({ deploymentSpec }: PipelineDocument): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(deploymentSpec.executors).flatMap(([executor, told]) => {
      const name = executor.replace(/^exec-/, '');
      const tag = textsIn(told, TAG);
      return tag === '' ? [] : [[name === REGISTER ? REGISTRATION : name, tag]];
    }),
  );

function lineageOnGcp(document: PipelineDocument, data: readonly string[]): Readonly<Record<string, string>> {
  const executor = document.deploymentSpec.executors[`exec-${REGISTER}`];
  if (executor === undefined || !('container' in executor)) return {};
  const { args } = executor.container;
  const {
    snapshots = {},
    reference,
    ...plain
  } = JSON.parse(args[args.indexOf('--lineage') + 1] ?? '{}') as Readonly<Record<string, string>> & {
    readonly snapshots?: Readonly<Record<string, string>>;
  };
  /** What comes from other tasks, by the input that takes it. */
  const taken = data.flatMap((edge) => {
    const [, source, input] = /^(\S+) > version--registered\.(\S+)$/.exec(edge) ?? [];
    return source === undefined || input === undefined ? [] : [{ source, input }];
  });
  const into = (input: string): string => taken.find((one) => one.input === input)?.source ?? '';
  const measured = taken.filter(({ input }) => input.startsWith('metric-'));
  const from = (text: string): string => text.replace(/^\{\{\$\.inputs\.parameters\['([^']+)'\]\}\}$/, 'run.$1');
  return {
    ...Object.fromEntries(Object.entries(plain).map(([field, text]) => [field, from(text)])),
    ...Object.fromEntries(Object.entries(snapshots).map(([dataset, text]) => [`snapshot-${dataset}`, from(text)])),
    ...(reference === undefined ? {} : { reference: into('reference') }),
    model: stepOf(into('model')),
    metrics: [...new Set(measured.map(({ source }) => stepOf(source)))].join(' '),
  };
}

const stepOf = (source: string): string => source.replace(/\..*$/, '');

const schedulesOnGcp = (wires: TerraformWires): readonly ToldTrigger[] =>
  wires.of('google_cloud_scheduler_job').flatMap(({ name, schedule, time_zone }) => {
    const { reason, trigger } = (wires.scheduled(String(name)).argument ?? {}) as Readonly<Record<string, string>>;
    return reason !== 'schedule' || trigger === undefined ? [] : [{ name: trigger, on: `${schedule} in ${time_zone}` }];
  });

/** Triggers by table and by signal are what the workflow looks its messages up in. */
function eventsOnGcp(wires: TerraformWires): readonly ToldTrigger[] {
  const found = (key: string): readonly (readonly [string, string])[] =>
    Object.values(wires.workflows)
      .flatMap((document) => valuesOf(document, key))
      .flatMap((map) => Object.entries(map as Readonly<Record<string, string>>));
  return [
    ...found('byTable').map(([table, name]) => ({ name, on: `table ${table.replace(/^.*\//, '')}` })),
    ...found('bySignal').map(([signal, name]) => ({ name, on: `signal ${signal}` })),
  ];
}

/** Every value below one that has a key. */
function valuesOf(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === key ? [inner] : valuesOf(inner, key)));
}
