import {
  DefaultTokenResolver,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
  StringConcat,
  TerraformStack,
  Token,
  Tokenization,
} from 'cdktf';
import type { IConstruct } from 'constructs';
import type { Target } from './target';

/** Addresses of resources are those of their stack alone, so a reference into another stack says which one it is. */
class WithStacks extends DefaultTokenResolver {
  public override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    const text = super.resolveToken(token, context, postProcessor);
    const { originStack } = token as IResolvable & { readonly originStack?: TerraformStack };
    const isElsewhere = originStack !== undefined && originStack !== TerraformStack.of(context.scope);
    return isElsewhere ? `${originStack.node.path}:${text}` : text;
  }
}

const RESOLVER = new WithStacks(new StringConcat());

/**
 * Text with what its tokens stand for, such as `${google_service_account.a.email}`, of another stack
 * `team-a:${google_service_account.a.email}`: numbers of tokens tell nothing.
 */
export const resolved = (scope: IConstruct, text: string): string =>
  Token.isUnresolved(text) ? Tokenization.resolve(text, { scope, resolver: RESOLVER }) : text;

/**
 * Text that something is computed from at once.
 * @param why - what is computed from it: `Machines are chosen by it`
 * @throws Error for a token: Terraform alone will know its value, and later.
 */
export function known(scope: IConstruct, prop: string, text: string, why: string): string {
  if (!Token.isUnresolved(text)) return text;
  throw new Error(
    `${scope.node.path}: '${prop}' is ${resolved(scope, text)}, which Terraform alone will know. ${why} at synthesis: give its value as plain text.`,
  );
}

/** The region of a target, for what looks machines or images up by it. */
export const knownRegion = (scope: IConstruct, { region }: Pick<Target, 'region'>): string =>
  known(scope, 'target.region', region, 'Machines and images are chosen by it');
