import { modelSignals, type Signal } from '../../../plan/signals';
import { type Announced, announceStep } from '../../alerts/announce';
import { readStep, writeStep } from '../../workflow/record-steps';
import { expr, quoted, type Step } from '../../workflow/syntax';
import type { EventsWorkflowProps } from './events-props';

/** Puts on record what was seen, and tells it unless another execution did. */
export const tellSteps = ({ platform }: EventsWorkflowProps): readonly Step[] => {
  const [registered, approved, rejected] = modelSignals('');
  const announced: Announced = { version: 'version' };
  return [
    writeStep('remember', {
      path: expr('path'),
      value: { approval: expr('approval'), millis: expr('entry.millis'), execution: expr('execution') },
      generation: expr('seen.generation'),
      result: 'written',
    }),
    { is_first: { switch: [{ condition: expr('written != null'), next: 'is_registered' }] } },
    // The answer to the write may have been lost: then the record is this execution's.
    readStep('look_who', { path: expr('path'), result: 'now' }),
    { take_who: { assign: [{ record: expr('default(now.value, none)') }] } },
    {
      is_own: {
        switch: [
          { condition: expr('default(map.get(record, "execution"), "") == execution'), next: 'is_registered' },
          // Whoever wrote it may have read the approval that was taken back since.
          { condition: expr('claimed'), next: 'recall' },
          { condition: true, return: 'Another execution told it.' },
        ],
      },
    },
    { is_registered: { switch: [{ condition: expr('registered'), next: 'tell_registered' }], next: 'tell' } },
    withText(
      ofModel(announceStep('tell_registered', platform, registered, { ...announced, detail: 'detail' }), 'registered'),
    ),
    {
      tell: {
        switch: [
          { condition: expr('approval == "approved"'), next: 'tell_approved' },
          { condition: expr('approval == "rejected"'), next: 'tell_rejected' },
        ],
        next: 'told_all',
      },
    },
    ofModel(announceStep('tell_approved', platform, approved, announced, 'told_all'), 'approved'),
    ofModel(announceStep('tell_rejected', platform, rejected, announced), 'rejected'),
    { told_all: { return: expr('ours.model + " " + version + ": " + approval') } },
  ];
};

interface LogStep {
  readonly call: string;
  readonly args: { readonly severity: string; readonly json: Readonly<Record<string, unknown>> };
}

const withJson = (step: Step, json: Readonly<Record<string, unknown>>): Step =>
  Object.fromEntries(
    Object.entries(step).map(([name, body]) => {
      const { args, ...rest } = body as LogStep;
      return [name, { ...rest, args: { ...args, json: { ...args.json, ...json } } }];
    }),
  );

/** An announcement of whichever model it is: names of signals begin with that of their model. */
export const ofModel = (step: Step, kind: string): Step =>
  withJson(step, { signal: expr(`ours.model + ${quoted(`-${kind}`)}`) });

/** What follows registration depends on how the model's versions are approved. */
function withText(step: Step): Step {
  const text = (approval: 'manual' | 'automatic'): string => (modelSignals('', approval)[0] as Signal).text;
  return withJson(step, {
    text: expr(`if(ours.approval == "automatic", ${quoted(text('automatic'))}, ${quoted(text('manual'))})`),
  });
}
