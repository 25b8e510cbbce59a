import { MOUNT } from '../../jobs/job-code';
import { expr, type Value } from '../../workflow/syntax';
import type { BatchWorkflowProps } from './batch-props';

/** Where a node has mounted buckets. On Container-Optimized OS nothing can be mounted elsewhere. */
export const NODE_MOUNT = '/mnt/disks';

const FOLDERS = 'MLOPS_EMPTIED';

/** Of several nodes the first one empties. What a request says is data to it, not part of it. A brace would begin an expression. */
export const EMPTYING = `#!/bin/sh
set -e
[ "$BATCH_TASK_INDEX" = 0 ] || exit 0
printf '%s\\n' "$${FOLDERS}" | while read -r folder; do
  case "$folder" in
    *..*) echo "not emptied: $folder" >&2; exit 2 ;;
    ${MOUNT}/*/?*) folder="${NODE_MOUNT}/$(printf %s "$folder" | cut -c ${MOUNT.length + 2}-)"; rm -rf -- "$folder"; mkdir -p -- "$folder" ;;
    *) echo "not emptied: $folder" >&2; exit 2 ;;
  esac
done
`;

/**
 * What a node runs before the container, each time that a task begins: a training whose machine was lost begins again with
 * empty folders, as any step does. Others wait for the node that empties. Source: discovery document of batch.v1, Runnable;
 * Batch documentation, "Automate task retries": a task begins again with its first runnable.
 */
export const emptyingRunnables = ({ plan }: Pick<BatchWorkflowProps, 'plan'>): readonly Value[] => [
  { script: { text: EMPTYING }, environment: { variables: { [FOLDERS]: expr('empties') } } },
  ...(plan.nodes > 1 ? [{ barrier: { name: 'emptied' } }] : []),
];
