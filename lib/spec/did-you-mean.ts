import { distance } from 'fastest-levenshtein';

const MAX_LENGTH = 64;

/** Letters from which on a beginning says more than a word of other letters does. */
const MIN_BEGINNING = 3;

/** Candidates of which a word is the beginning: `a100-40` and `a100-80` of `a100`. None for a word that may begin anything. */
export function begunBy(word: string, candidates: Iterable<string>): readonly string[] {
  const plain = simplify(word.slice(0, MAX_LENGTH));
  if (plain.length < MIN_BEGINNING) return [];
  return [...candidates].filter((candidate) => simplify(candidate).startsWith(plain));
}

/** The candidate that was probably meant, if one is near enough. Case, hyphens and underscores count for nothing. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  const plain = simplify(word);
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const far = distance(plain, simplify(candidate));
    if (far < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { candidate, distance: far };
  }
  // Two letters swapped count as two.
  const tolerated = Math.min(Math.max(1, Math.round(plain.length * 0.4)), plain.length - 1);
  return best !== undefined && best.distance <= tolerated ? best.candidate : undefined;
}

const simplify = (word: string): string => word.toLowerCase().replace(/[-_\s]/g, '');
