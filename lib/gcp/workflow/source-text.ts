import type { WorkflowSource } from './syntax';

/** Limits of a workflow. Source: Workflows documentation, "Quotas and limits" (source, expression, assignments, conditions). */
export const WORKFLOW_LIMITS = { sourceBytes: 128 * 1024, expression: 400, assignments: 50, conditions: 50 } as const;

/** Keys of lists whose length is bounded. */
const MOST: Readonly<Record<string, number>> = {
  assign: WORKFLOW_LIMITS.assignments,
  switch: WORKFLOW_LIMITS.conditions,
};

/**
 * A workflow as the JSON document that the service takes.
 * @throws Error that names everything that is too large for it.
 */
export function sourceText(name: string, source: WorkflowSource): string {
  const text = JSON.stringify(source);
  const bytes = Buffer.byteLength(text);
  const found =
    bytes > WORKFLOW_LIMITS.sourceBytes ? [`${bytes} bytes, and ${WORKFLOW_LIMITS.sourceBytes} are allowed`] : [];
  collect(source, '', (problem) => found.push(problem));
  if (found.length > 0)
    throw new Error(`The workflow ${name} is too large:\n${found.map((line) => `  ${line}`).join('\n')}`);
  return text;
}

/** @param path - keys that lead to the value, with a dot before each */
function collect(value: unknown, path: string, report: (problem: string) => void): void {
  if (typeof value === 'string') {
    // Without the dollar and the braces around it.
    const length = value.length - 3;
    if (length > WORKFLOW_LIMITS.expression && value.startsWith('${'))
      report(`${path.slice(1)}: an expression of ${length} characters, and ${WORKFLOW_LIMITS.expression} are allowed`);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const here = `${path}.${key}`;
    const most = Array.isArray(inner) ? MOST[key] : undefined;
    if (most !== undefined && inner.length > most)
      report(`${here.slice(1)}: ${inner.length} entries, and ${most} are allowed`);
    collect(inner, here, report);
  }
}
