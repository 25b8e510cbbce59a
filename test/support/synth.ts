import { App, type Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

export interface SynthOptions {
  /** Account and region of the stack. Default: neither, as in a library that does not know where it will live. */
  readonly env?: Environment;
  /** Context of the app, such as the second key to destroying data. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/** A stack named `Test` in an app of its own. */
export function testStack(options: SynthOptions = {}): Stack {
  const app = new App({ context: { ...options.context } });
  return new Stack(app, 'Test', options.env === undefined ? {} : { env: options.env });
}

/** Builds constructs in a stack of their own and gives its template. */
export function synthTemplate(build: (stack: Stack) => unknown, options: SynthOptions = {}): Template {
  const stack = testStack(options);
  build(stack);
  return Template.fromStack(stack);
}
