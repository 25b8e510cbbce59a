import { DefaultTokenResolver, StringConcat, Token, Tokenization } from 'cdktf';
import type { IConstruct } from 'constructs';

const RESOLVER = new DefaultTokenResolver(new StringConcat());

/** Text with what its tokens stand for, such as `${google_service_account.a.email}`: numbers of tokens tell nothing. */
export const resolved = (scope: IConstruct, text: string): string =>
  Token.isUnresolved(text) ? Tokenization.resolve(text, { scope, resolver: RESOLVER }) : text;
