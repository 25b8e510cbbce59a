import { NAME_RULES } from '../../../plan/names';
import { oneLine } from '../../machine/one-line';
import { literal } from './machine-props';

const { max } = NAME_RULES.endpoint;
const HASH_LENGTH = 8;

/**
 * Name of the endpoint of the model `$model` in JSONata: what `PlatformNames` of the plan gives for it. A machine that
 * outlives models cannot be told their endpoints.
 */
export const endpointName = (slug: string): string =>
  oneLine(`(
  $name := ${literal(`${slug}-`)} & $model;
  $length($name) <= ${max} ? $name
    : $replace($substring($name, 0, ${max - HASH_LENGTH - 1}), /[-_\\/]+$/, '') & '-'
      & $substring($hash($string([${literal(slug)}, $model]), 'SHA-256'), 0, ${HASH_LENGTH})
)`);
