import type * as events from 'aws-cdk-lib/aws-events';
import type { ModelSpec } from '../../spec/model';

/**
 * Events of model versions. SageMaker may send one more than once, and sends one for every edit. A field that lists what
 * an edit changed tells edits from creations: it is absent when a version is created.
 * Source: SageMaker developer guide, "Events that Amazon SageMaker AI sends to Amazon EventBridge".
 */
const CREATED = [{ exists: false }];
const APPROVAL_EDITED = ['ModelApprovalStatus'];
const APPROVAL_SET = [...APPROVAL_EDITED, ...CREATED];

function versionEvent(groupName: string, detail: Readonly<Record<string, unknown[]>>): events.EventPattern {
  return {
    source: ['aws.sagemaker'],
    detailType: ['SageMaker Model Package State Change'],
    // A version that is being made, failed or being deleted has an approval status too.
    detail: { ModelPackageGroupName: [groupName], ModelPackageStatus: ['Completed'], ...detail },
  };
}

/** A version was created and waits for approval. One that is created approved or rejected is only that. */
export const registered = (groupName: string): events.EventPattern =>
  versionEvent(groupName, { ModelApprovalStatus: ['PendingManualApproval'], UpdatedModelPackageFields: CREATED });

/**
 * A version was created as approved. Where people approve, that is only what whoever registers versions says of one, who
 * need not be somebody who approves.
 */
export const claimed = (groupName: string): events.EventPattern =>
  versionEvent(groupName, { ModelApprovalStatus: ['Approved'], UpdatedModelPackageFields: CREATED });

/** A version was approved; with automatic approval, at its creation too. Other edits of an approved version do not match. */
export const approved = (groupName: string, approval: ModelSpec['registry']['approval']): events.EventPattern =>
  versionEvent(groupName, {
    ModelApprovalStatus: ['Approved'],
    UpdatedModelPackageFields: approval === 'manual' ? APPROVAL_EDITED : APPROVAL_SET,
  });

/** A version was rejected, at its creation or later. Other edits of a rejected version do not match. */
export const rejected = (groupName: string): events.EventPattern =>
  versionEvent(groupName, { ModelApprovalStatus: ['Rejected'], UpdatedModelPackageFields: APPROVAL_SET });
