import { aroundTokens } from '../escape';

/** A name or an address, tokens in it included, as a regular expression that is about just that text. */
export const exactly = (text: string): string => aroundTokens(text, (part) => part.replaceAll('.', '[.]'));
