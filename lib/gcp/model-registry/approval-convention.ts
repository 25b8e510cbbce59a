/**
 * What the platform says about a version, where Vertex AI has nothing of its own: the approval is a label of the version,
 * which several versions can have at once; who serves is an alias, which Vertex AI keeps at one version of a model.
 *
 * | what | values | who sets it |
 * | --- | --- | --- |
 * | label `mlops-approval` | `approved`, `rejected`, `pending`; without it a version is pending | people with `grants.approve`; the platform itself with automatic approval; whoever registers may say `pending` |
 * | alias `champion` | the version that serves | the rollout alone |
 * | alias `challenger` | the version that is tried against it | the rollout alone |
 * | alias `default` | Vertex AI's own; means nothing here | anybody |
 *
 * To approve version 7 of a model: `PATCH models/<id>@7?updateMask=labels` with all labels that it should have.
 * Source: Vertex AI API, ModelService: UpdateModel of `name@version` updates that version; MergeVersionAliases.
 */
export const APPROVAL_LABEL = 'mlops-approval';

/** Values of the label. Anything else is as good as none. */
export const APPROVALS = ['pending', 'approved', 'rejected'] as const;
export type Approval = (typeof APPROVALS)[number];

/** Aliases that the rollout alone sets: the version that serves, and the one that is tried against it. */
export const CHAMPION_ALIAS = 'champion';
export const CHALLENGER_ALIAS = 'challenger';
