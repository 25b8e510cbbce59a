import { TerraformOutput, TerraformVariable } from 'cdktf';
import { describe, expect, test } from 'vitest';
import { literal, literalJson } from '../../../lib/gcp/escape';
import { documentOf, gcpStack } from '../../support/gcp-synth';

describe('text for Terraform', () => {
  test('doubles what begins a template, and nothing else', () => {
    expect(literal(`$ {x} $x \${x} %{if} 100%`)).toBe(`$ {x} $x $\${x} %%{if} 100%`);
  });

  test('keeps a document whole through a synthesis', () => {
    const stack = gcpStack();
    new TerraformOutput(stack, 'Out', { value: literalJson({ a: `\${b + "c"}`, d: ['%{e}'] }) });
    const { output } = documentOf(stack) as { readonly output: { readonly Out: { readonly value: string } } };
    expect(output.Out.value).toBe(`{"a":"$\${b + \\"c\\"}","d":["%%{e}"]}`);
  });

  test('writes what tokens stand for, within expressions of a workflow as well, and the rest as it is', () => {
    const stack = gcpStack();
    const project = new TerraformVariable(stack, 'project', { type: 'string' }).stringValue;
    const document = { plain: project, expression: `\${"projects/${project}/x" + y}`, text: '%{z}' };
    new TerraformOutput(stack, 'Out', { value: literalJson(document) });
    const { output } = documentOf(stack) as { readonly output: { readonly Out: { readonly value: string } } };
    expect(output.Out.value).toBe(
      `{"plain":"\${var.project}","expression":"$\${\\"projects/\${var.project}/x\\" + y}","text":"%%{z}"}`,
    );
  });

  test.each([
    ['$', '$' + '{"$"}$' + '{var.project}'],
    ['cost $$', 'cost $' + '{"$$"}$' + '{var.project}'],
    ['100%', '100%$' + '{var.project}'],
  ])('keeps a token that comes just after %j, and what is before it', (before, written) => {
    const stack = gcpStack();
    const project = new TerraformVariable(stack, 'project', { type: 'string' }).stringValue;
    new TerraformOutput(stack, 'Out', { value: literal(`${before}${project}$`) });
    const { output } = documentOf(stack) as { readonly output: { readonly Out: { readonly value: string } } };
    expect(output.Out.value).toBe(`${written}$`);
  });
});
