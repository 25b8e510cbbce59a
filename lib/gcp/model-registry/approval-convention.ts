/**
 * What the platform says about a version, where Vertex AI has nothing of its own: the approval is a label of the version,
 * which several versions can have at once; who serves is an alias, which Vertex AI keeps at one version of a model.
 *
 * | what | values | who sets it |
 * | --- | --- | --- |
 * | label `mlops-approval` | `approved`, `rejected`, `pending`; without it a version is pending | people with `grants.approve`, of a version that is registered; the platform itself with automatic approval |
 * | alias `champion` | the version that serves | the rollout alone |
 * | alias `challenger` | the version that is tried against it | the rollout alone |
 * | alias `default` | Vertex AI's own; means nothing here | anybody |
 *
 * Whoever registers a version may write any label of it, and does not approve by that: where people approve, a version that
 * is registered as approved is set back to `pending` when its registration is heard of. So is one that somebody approved
 * before that: it has to be approved again. With automatic approval every version is approved that is not registered as
 * `rejected`.
 *
 * To approve version 7 of a model: `PATCH models/<id>@7?updateMask=labels` with all labels that it should have. The number
 * is needed: without it, with `@-` or by an alias it approves nothing. Labels of the model, which Vertex AI shows with those
 * of each of its versions, are not the place for this one.
 * Source: Vertex AI API, ModelService: UpdateModel of `name@version` updates that version, of `name` and `name@-` the model;
 * labels of both are merged when a model is returned; MergeVersionAliases.
 */
export const APPROVAL_LABEL = 'mlops-approval';

/** Values of the label. Anything else is as good as none. */
export const APPROVALS = ['pending', 'approved', 'rejected'] as const;
export type Approval = (typeof APPROVALS)[number];

/** Aliases that the rollout alone sets: the version that serves, and the one that is tried against it. */
export const CHAMPION_ALIAS = 'champion';
export const CHALLENGER_ALIAS = 'challenger';
