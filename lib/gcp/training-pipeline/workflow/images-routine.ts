import { apiCall } from '../../workflow/http-steps';
import { expr, quoted, type Routine } from '../../workflow/syntax';
import type { StartWorkflowProps } from './start-props';

/** `tag=sha256:…` of every image that a run uses, separated by commas. Raises where a tag is not there: no run could. */
export function imagesRoutine({ plan, imagePackage }: StartWorkflowProps): Routine {
  return {
    steps: [
      { begin: { assign: [{ found: '' }] } },
      {
        each: {
          for: {
            value: 'tag',
            in: [...plan.images],
            steps: [
              apiCall('look', {
                method: 'GET',
                url: expr(`${quoted(`https://artifactregistry.googleapis.com/v1/${imagePackage}/tags/`)} + tag`),
                accept: [404],
                result: 'answer',
              }),
              {
                is_there: {
                  switch: [
                    {
                      condition: expr('answer.code == 404'),
                      raise: {
                        message: expr(`"There is no image " + tag + ${quoted(` in ${imagePackage}. Push it first.`)}`),
                        tags: ['NoImage'],
                      },
                    },
                  ],
                },
              },
              {
                take: {
                  assign: [
                    { parts: expr('text.split(answer.body.version, "/")') },
                    { found: expr('found + if(found == "", "", ",") + tag + "=" + parts[len(parts) - 1]') },
                  ],
                },
              },
            ],
          },
        },
      },
      { give: { return: expr('found') } },
    ],
  };
}
