import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { App, type Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { MlopsPlatform } from '../../lib/aws/platform/mlops-platform';
import type { PipelineDocument } from '../../lib/aws/training-pipeline/document/pipeline-document';
import type { PlatformSpec } from '../../lib/spec/platform';
import { aslFromTemplate, resolvedValue } from './asl-from-template';
import { EVERY_KIND, ON_CLUSTER } from './pipeline-spec';

const many = <T>(count: number, of: (i: number) => T): Readonly<Record<string, T>> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, of(i)]));

/** Forty steps with as many long arguments: half a megabyte. */
const FORTY = many(40, () => ({
  kind: 'prediction',
  inputs: { data: 'prepare.test' },
  parameters: many(45, () => 'x'.repeat(256)),
}));

const { betterThanChampionBy: _, ...gate } = EVERY_KIND.gate;

/** The steps of `EVERY_KIND` and forty more, of a model that does not serve: no endpoint is in the template beside them. */
export const LARGE_PIPELINE = { ...EVERY_KIND, gate, steps: { ...EVERY_KIND.steps, ...FORTY } };

/** The steps of `ON_CLUSTER` and forty more. */
export const LARGE_ON_CLUSTER = { ...ON_CLUSTER, steps: { ...ON_CLUSTER.steps, ...FORTY } };

/** Where they can be: what AWS takes from a file is too long for Google Cloud. */
export const ON_AWS_ALONE = { gcp: undefined } as const;

/** A pipeline as it is once its stack is deployed. */
export interface DeployedPipeline {
  /** As CloudFormation hands it to the service: out of the template, or out of the file. */
  readonly document: PipelineDocument;
  /** Bucket and key of the file; undefined where there is none. */
  readonly file: UploadedFile | undefined;
  /** What its start machine gives to every run, values that it knows from the start by name. */
  readonly given: Readonly<Record<string, string>>;
  /** The template of its stack. */
  readonly template: object;
}

interface UploadedFile {
  readonly bucket: string;
  readonly key: string;
  readonly text: string;
}

/** What a template refers to is called after what it is. */
const KNOWN = {
  ref: (id: string) => (/subnets/.test(id) ? 'subnet-0a,subnet-0b,subnet-0c' : id),
  attribute: (id: string, attribute: string) =>
    attribute === 'GroupId' ? `sg-${id}` : `arn:aws:iam::111111111111:role/${id}`,
};

interface LaunchState {
  readonly Resource?: string;
  readonly Arguments: { readonly PipelineParameters: readonly { readonly Name: string; readonly Value: string }[] };
}

/** The pipeline of the model `detector` of a platform, which may be in a stage of its own. */
export function deployedPipeline(spec: PlatformSpec, stage?: string): DeployedPipeline {
  const app = new App({ analyticsReporting: false });
  const platform = new MlopsPlatform(stage === undefined ? app : new Stage(app, stage), 'Platform', { spec });
  const stack = platform.models.detector;
  if (stack?.start === undefined) throw new Error('the pipeline was lost');
  const template = Template.fromStack(stack);
  const [pipeline] = Object.values(template.findResources('AWS::SageMaker::Pipeline'));
  const { PipelineDefinitionBody, PipelineDefinitionS3Location: at } = resolvedValue(
    pipeline?.Properties.PipelineDefinition,
    KNOWN,
  ) as { PipelineDefinitionBody?: string; PipelineDefinitionS3Location?: { Bucket: string; Key: string } };
  const file =
    at === undefined ? undefined : { bucket: at.Bucket, key: at.Key, text: uploaded(manifestOf(app, stack), at.Key) };
  const machine = aslFromTemplate(template.toJSON(), stack.getLogicalId(stack.start.machine.resource), KNOWN);
  return {
    document: JSON.parse(PipelineDefinitionBody ?? file?.text ?? ''),
    file,
    given: Object.fromEntries(
      launches(machine)
        .flatMap(({ Arguments }) => Arguments.PipelineParameters)
        .flatMap(({ Name, Value }) => (Value.startsWith('{%') ? [] : [[Name, Value]])),
    ),
    template: template.toJSON(),
  };
}

interface AssetManifest {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

/** Where it is said what `cdk deploy` uploads for a stack. */
const manifestOf = (app: App, stack: Stack): string =>
  join(Stage.of(stack)?.outdir ?? app.outdir, `${stack.artifactId}.assets.json`);

/** What is uploaded by a key. */
function uploaded(manifest: string, key: string): string {
  const { files } = JSON.parse(readFileSync(manifest, 'utf8')) as AssetManifest;
  const found = Object.values(files).find(({ destinations }) =>
    Object.values(destinations).every(({ objectKey }) => objectKey === key),
  );
  if (found === undefined) throw new Error(`nothing is uploaded as ${key}`);
  return readFileSync(join(dirname(manifest), found.source.path), 'utf8');
}

/** States that start a run, however deep they are. */
function launches(value: unknown): readonly LaunchState[] {
  if (typeof value !== 'object' || value === null) return [];
  const state = value as LaunchState;
  if (String(state.Resource).endsWith(':startPipelineExecution')) return [state];
  return Object.values(value).flatMap(launches);
}

/** A definition with parameters replaced by their values; those that nothing is given for stay. */
export function withValues(value: unknown, given: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((item) => withValues(item, given));
  if (typeof value !== 'object' || value === null) return value;
  if ('Get' in value) return given[String(value.Get).replace('Parameters.', '')] ?? value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withValues(item, given)]));
  const { Values } = (inner['Std:Join'] ?? {}) as { readonly Values?: readonly unknown[] };
  return Values?.every((one) => typeof one === 'string') ? Values.join('') : inner;
}
