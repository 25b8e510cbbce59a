import { Aws, Fn, Lazy, Token } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { jsonText } from '../../../lib/aws/machine/json-text';
import { testStack } from '../../support/synth';

describe('a value as JSON', () => {
  const cases: Readonly<Record<string, object>> = {
    'with texts that JSON escapes': { a: 'say "no"\n\\', b: [1, true, null], c: undefined },
    'with names and ARNs of the deployment': { Resource: `arn:${Aws.PARTITION}:states:::x`, To: Fn.ref('Topic') },
    'with a list of the deployment': { Subnets: Fn.split(',', Fn.ref('Subnets')) },
    'with a number of the deployment': { Count: Token.asNumber(Fn.ref('Count')) },
    'with an object of the deployment': { All: Lazy.any({ produce: () => ({ a: Fn.ref('A') }) }) },
  };

  it.each(Object.entries(cases))('%s is as the CDK writes it', (_, value) => {
    const stack = testStack();
    expect(stack.resolve(jsonText(stack, value))).toEqual(stack.resolve(stack.toJsonString(value)));
  });

  it.each([
    ['texts', Fn.ref('Role')],
    ['others', Lazy.any({ produce: () => ({ a: Fn.ref('Role') }) })],
  ])(
    'with what a shell fills in says the same, and nothing that Fn::Sub is missed around: beside tokens that are %s',
    (_, role) => {
      const stack = testStack();
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that of a shell
      const command = ['sh', '-c', 'train --workers "${SM_NUM_CPUS}" "$@" $${x}'];
      const parts: readonly unknown[] = stack.resolve(jsonText(stack, { command, role }))['Fn::Join'][1];
      expect(JSON.stringify(parts)).not.toContain('${');
      const text = parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
      expect(JSON.parse(text)).toMatchObject({ command });
    },
  );
});
