import { DefaultTokenResolver, StringConcat, Token, Tokenization } from 'cdktf';
import type { IConstruct } from 'constructs';
import type { Target } from './target';

const RESOLVER = new DefaultTokenResolver(new StringConcat());

/** Text with what its tokens stand for, such as `${google_service_account.a.email}`: numbers of tokens tell nothing. */
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
