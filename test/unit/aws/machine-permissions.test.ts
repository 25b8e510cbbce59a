import { Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { Machine } from '../../../lib/aws/machine/machine';
import { aslFromTemplate, machinesOf } from '../../support/asl-from-template';
import { neededActions, type SdkCall, sdkCalls } from '../../support/call-permissions';
import { type SynthesisedPlatform, synthPlatform } from '../../support/examples';
import { workloadPermissions } from '../../support/iam';
import { loadedPipeline, ON_CLUSTER, WITH_CLUSTER } from '../../support/pipeline-spec';
import { DRIFT, loadedWatched, QUALITY } from '../../support/watched-spec';

interface Called {
  readonly path: string;
  readonly calls: readonly SdkCall[];
  readonly allowed: ReadonlySet<string>;
}

/** What each machine of a platform calls, and what its role is allowed. */
function calledBy(synthesised: SynthesisedPlatform): readonly Called[] {
  const workloads = new Map(workloadPermissions(synthesised).map(({ path, permissions }) => [path, permissions]));
  return synthesised.app.node
    .findAll()
    .filter((construct) => construct instanceof Machine)
    .map(({ node, resource, workload }) => {
      const stack = Stack.of(resource);
      const template = synthesised.templates.find(({ name }) => name === stack.stackName)?.template ?? {};
      const text = (name: string) => name;
      return {
        path: node.path,
        calls: sdkCalls(aslFromTemplate(template, stack.getLogicalId(resource), { ref: text, attribute: text })),
        allowed: new Set(workloads.get(workload.node.path)?.map(({ action }) => action)),
      };
    });
}

const watched = { drift: { ...DRIFT, reference: 'baseline' }, quality: QUALITY };

describe.each([
  ['a model that is watched', loadedWatched()],
  ['a model that is compared with a dataset', loadedWatched(watched)],
  ['a model that is trained on the batch cluster', loadedPipeline(ON_CLUSTER, WITH_CLUSTER)],
])('machines of %s', (_, spec) => {
  const synthesised = synthPlatform(spec);
  const machines = calledBy(synthesised);

  it('may make every call that they make', () => {
    const written = synthesised.templates.flatMap(({ template }) => machinesOf(template));
    expect(machines).toHaveLength(written.length);
    expect(machines.every(({ calls }) => calls.length > 0)).toBe(true);
    const refused = machines.flatMap(({ path, calls, allowed }) =>
      calls.flatMap((call) =>
        neededActions(call)
          .filter((action) => !allowed.has(action))
          .map((action) => `${path} calls ${call.name} without ${action}`),
      ),
    );
    expect([...new Set(refused)]).toEqual([]);
  });
});
