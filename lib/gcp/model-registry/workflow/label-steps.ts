import { approvalFailed, CLAIMED_APPROVAL } from '../../../plan/signals';
import { announceStep } from '../../alerts/announce';
import { apiCall } from '../../workflow/http-steps';
import { expr, quoted, type Step } from '../../workflow/syntax';
import { APPROVAL_LABEL } from '../approval-convention';
import type { EventsWorkflowProps } from './events-props';
import { ofModel } from './tell-steps';

/** What people read of a version whose approval came with its registration. */
const CLAIMED = `${CLAIMED_APPROVAL} It was set back to pending; if somebody approved it in the meantime, do so again.`;

/**
 * Approves a version that was just registered, where that is so for its model; where people approve, takes back what whoever
 * registered it said of its approval. Who may register may write every label of the new version, and no other.
 *
 * All labels of the version are written, so it is done with the etag: what somebody else changed meanwhile is read anew.
 */
export const labelSteps = ({ target, platform }: EventsWorkflowProps): readonly Step[] => {
  const { project, region } = target;
  const models = `https://${region}-aiplatform.googleapis.com/v1/projects/${project}/locations/${region}/models/`;
  return [
    {
      is_labelled: {
        switch: [
          { condition: expr('created and ours.approval == "automatic"'), next: 'approve_it' },
          {
            condition: expr('uploaded and approval == "approved" and ours.approval != "automatic"'),
            next: 'take_it_back',
          },
        ],
        next: 'is_to_roll_out',
      },
    },
    { approve_it: { assign: [{ label: 'approved' }], next: 'write_label' } },
    {
      take_it_back: {
        assign: [{ label: 'pending' }, { claimed: true }, { registered: true }, { detail: CLAIMED }],
      },
    },
    {
      write_label: {
        assign: [
          { [`labels["${APPROVAL_LABEL}"]`]: expr('label') },
          { patch: { labels: expr('labels') } },
          { etag: expr('map.get(found, "etag")') },
        ],
      },
    },
    {
      has_etag: {
        switch: [
          { condition: expr('etag != null'), steps: [{ with_etag: { assign: [{ 'patch.etag': expr('etag') }] } }] },
        ],
      },
    },
    {
      set_label: {
        try: {
          steps: [
            apiCall('patch_labels', {
              method: 'PATCH',
              url: expr(`${quoted(models)} + entry.id + "@" + version`),
              query: { updateMask: 'labels' },
              body: expr('patch'),
              accept: [409, 412],
              result: 'answer',
            }),
          ],
        },
        except: {
          as: 'e',
          steps: [
            // No approval failed: an execution that fails is told of as that.
            { is_taken_back: { switch: [{ condition: expr('label != "approved"'), raise: expr('e') }] } },
            { not_approved_text: { call: 'error_text', args: { e: expr('e') }, result: 'told' } },
            ofModel(
              announceStep('tell_not_approved', platform, approvalFailed(''), { version: 'version', detail: 'told' }),
              'approval-failed',
            ),
            { not_approved: { raise: expr('e') } },
          ],
        },
      },
    },
    { is_changed: { switch: [{ condition: expr('answer.code != 200'), next: 'recall' }] } },
    { take_label: { assign: [{ approval: expr('label') }] } },
  ];
};
