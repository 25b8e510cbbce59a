import type { Rule } from '../rule';

/** A plan must need neither credentials nor another stack's state, and a stack must go away without asking another. */
export const alone: Rule = ({ json }) => {
  const data = Object.entries(json.data ?? {}).flatMap(([type, byName]) =>
    Object.keys(byName).map((name) => ({
      address: `data.${type}.${name}`,
      message: type === 'terraform_remote_state' ? "reads another stack's state" : 'asks Google during a plan',
    })),
  );
  const outputs = Object.keys(json.output ?? {})
    .filter((name) => name.startsWith('cross-stack-output'))
    .map((name) => ({ address: `output.${name}`, message: 'another stack refers to a resource of this one' }));
  return [...data, ...outputs];
};
