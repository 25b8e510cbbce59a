import { describe, expect, test } from 'vitest';
import { sourceText, WORKFLOW_LIMITS } from '../../../lib/gcp/workflow/source-text';
import type { Step, WorkflowSource } from '../../../lib/gcp/workflow/syntax';

const { assignments, conditions, expression, sourceBytes } = WORKFLOW_LIMITS;
const sourceOf = (...steps: Step[]): WorkflowSource => ({ main: { steps } });
const assign = (count: number): Step => ({
  set: { assign: Array.from({ length: count }, (_, i) => ({ [`a${i}`]: i })) },
});
const choose = (count: number): Step => ({
  choose: { switch: Array.from({ length: count }, () => ({ condition: true, next: 'end' })) },
});
const evaluate = (length: number): Step => ({ give: { return: `$\{${'x'.repeat(length)}}` } });

describe('the document of a workflow', () => {
  test('is its source, as long as it is within the limits', () => {
    const source = sourceOf(assign(assignments), choose(conditions), evaluate(expression));
    expect(JSON.parse(sourceText('fraud', source))).toEqual(source);
  });

  test('is refused with everything that is too large', () => {
    const source = sourceOf(assign(assignments + 1), choose(conditions + 1), evaluate(expression + 1), {
      much: { return: 'x'.repeat(sourceBytes) },
    });
    expect(() => sourceText('fraud', source)).toThrow(
      [
        'The workflow fraud is too large:',
        `  ${JSON.stringify(source).length} bytes, and ${sourceBytes} are allowed`,
        '  main.steps.0.set.assign: 51 entries, and 50 are allowed',
        '  main.steps.1.choose.switch: 51 entries, and 50 are allowed',
        '  main.steps.2.give.return: an expression of 401 characters, and 400 are allowed',
      ].join('\n'),
    );
  });
});
