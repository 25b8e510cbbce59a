import { eachEntry } from './each-entry';
import { eachPipeline } from './each-pipeline';
import { isExact } from './exact';
import { isContainer } from './pipeline-refs';
import type { Path } from './problem';
import type { SpecCheck } from './references';

/** Begins what is replaced in a document of Vertex AI Pipelines. Source: Kubeflow Pipelines, pipeline_spec.proto. */
const PLACEHOLDER = '{{$';

/** Containers are given what is written, to the letter. */
const givenAsWritten = eachPipeline(({ steps }, report) =>
  eachEntry(steps, (step, name) => {
    if (!isContainer(step)) return;
    const judge = (value: string | number | boolean, path: Path) => {
      if (typeof value === 'number' && !isExact(value))
        report({
          path: ['steps', name, ...path],
          message: 'has more digits than a number keeps, and the step would be given another',
          allowed: `whole numbers from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}, or a text`,
          fix: 'write it as a text, in quotes',
        });
      if (typeof value === 'string' && value.includes(PLACEHOLDER))
        report({
          path: ['steps', name, ...path],
          message: `has ${PLACEHOLDER} in it, which Vertex AI Pipelines would replace`,
          allowed: `a text without ${PLACEHOLDER}`,
          fix: 'write it otherwise, and let the container put it together',
        });
    };
    eachEntry(step.parameters, (value, argument) => judge(value, ['parameters', argument]));
    eachEntry(step.command ?? [], (word, i) => judge(word, ['command', i]));
  }),
);

/** Values that steps are given arrive. */
export const PIPELINE_VALUE_CHECKS: readonly SpecCheck[] = [givenAsWritten];
