import type { WorkflowSource } from './syntax';

/** Limits of a workflow. Source: Workflows documentation, "Quotas and limits" (source, expression, assignments, conditions). */
export const WORKFLOW_LIMITS = { sourceBytes: 128 * 1024, expression: 400, assignments: 50, conditions: 50 } as const;

/**
 * Refuses a document that the service would refuse for its size.
 * @throws Error that names everything that is too large.
 */
export function checkSource(name: string, source: WorkflowSource): void {
  const bytes = Buffer.byteLength(JSON.stringify(source));
  const found = [
    ...(bytes > WORKFLOW_LIMITS.sourceBytes ? [`${bytes} bytes, and ${WORKFLOW_LIMITS.sourceBytes} are allowed`] : []),
    ...within(source, []),
  ];
  if (found.length > 0)
    throw new Error(`The workflow ${name} is too large:\n${found.map((line) => `  ${line}`).join('\n')}`);
}

function within(value: unknown, path: readonly string[]): string[] {
  if (typeof value === 'string') {
    const { expression } = WORKFLOW_LIMITS;
    return value.startsWith('${') && value.length - 3 > expression
      ? [`${path.join('.')}: an expression of ${value.length - 3} characters, and ${expression} are allowed`]
      : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    const most =
      key === 'assign' ? WORKFLOW_LIMITS.assignments : key === 'switch' ? WORKFLOW_LIMITS.conditions : undefined;
    const many = most !== undefined && Array.isArray(inner) && inner.length > most;
    return [
      ...(many ? [`${here.join('.')}: ${inner.length} entries, and ${most} are allowed`] : []),
      ...within(inner, here),
    ];
  });
}
