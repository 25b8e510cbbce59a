import { expr, type Routine } from '../workflow/syntax';

/**
 * Routines that turn what Monitoring publishes into the one format of alerts (`AlertMessage` of the plan) and into a text.
 * Source: Monitoring documentation, "Create and manage notification channels", payload of Pub/Sub, schema 1.2.
 */

/** Characters of one part of a Slack message; Slack cuts a text at 4000. Source: Slack API, chat.postMessage, "text". */
const SLACK_PART = 3000;

/** The incident as an `AlertMessage`. Policies of the platform say in their labels what they are about; others need not. */
const alertMessage = (platform: string): Routine => ({
  params: ['incident'],
  steps: [
    {
      take: {
        assign: [
          { none: {} },
          { labels: expr('default(map.get(incident, "policy_user_labels"), none)') },
          { policy: expr('default(map.get(incident, "policy_name"), "an alert policy")') },
          { about: expr('default(map.get(incident, "documentation"), none)') },
          { summary: expr('default(map.get(incident, "summary"), "")') },
          { title: expr('default(map.get(about, "subject"), policy)') },
          { content: expr('default(map.get(about, "content"), "")') },
          { severity: expr('default(map.get(labels, "severity"), "warning")') },
          { keywords: [expr('severity'), platform] },
          { context: { severity: expr('severity'), platform } },
          { steps: [] },
        ],
      },
    },
    {
      has_content: {
        switch: [
          { condition: expr('content == ""'), steps: [{ use_summary: { assign: [{ content: expr('summary') }] } }] },
        ],
      },
    },
    {
      is_over: {
        switch: [
          {
            condition: expr('text.to_lower(default(map.get(incident, "state"), "open")) == "closed"'),
            steps: [{ say_over: { assign: [{ title: expr('"Resolved: " + title') }] } }],
          },
        ],
      },
    },
    {
      of_model: {
        switch: [
          {
            condition: expr('map.get(labels, "model") != null'),
            steps: [
              {
                say_model: {
                  assign: [
                    { 'context.model': expr('labels.model') },
                    { keywords: [expr('severity'), expr('labels.model'), platform] },
                  ],
                },
              },
            ],
          },
        ],
      },
    },
    { split: { assign: [{ parts: expr('text.split(content, "\\n\\n")') }] } },
    {
      each_part: {
        for: {
          value: 'part',
          index: 'i',
          in: expr('parts'),
          steps: [
            {
              is_step: {
                switch: [
                  {
                    condition: expr('i > 0'),
                    steps: [{ add_step: { assign: [{ steps: expr('list.concat(steps, part)') }] } }],
                  },
                ],
              },
            },
          ],
        },
      },
    },
    {
      has_page: {
        switch: [
          {
            condition: expr('map.get(incident, "url") != null'),
            steps: [{ say_page: { assign: [{ steps: expr('list.concat(steps, "Incident: " + incident.url)') }] } }],
          },
        ],
      },
    },
    {
      give: {
        return: {
          content: {
            title: expr('title'),
            description: expr('parts[0]'),
            nextSteps: expr('steps'),
            keywords: expr('keywords'),
          },
          metadata: {
            eventType: expr('default(map.get(labels, "signal"), policy)'),
            additionalContext: expr('context'),
          },
          version: '1.0',
          source: 'custom',
        },
      },
    },
  ],
});

/** The message as a text of Slack, in which three characters have a meaning of their own. Source: Slack API, "Escaping text". */
const slackText: Routine = {
  params: ['message'],
  steps: [
    { begin: { assign: [{ said: expr('message.content.title + "\\n" + message.content.description') }] } },
    {
      each_step: {
        for: {
          value: 'step',
          in: expr('message.content.nextSteps'),
          steps: [{ say_step: { assign: [{ said: expr('said + "\\n• " + step') }] } }],
        },
      },
    },
    {
      is_long: {
        switch: [
          {
            condition: expr(`len(said) > ${SLACK_PART}`),
            steps: [{ cut: { assign: [{ said: expr(`text.substring(said, 0, ${SLACK_PART}) + "…"`) }] } }],
          },
        ],
      },
    },
    {
      escape: {
        assign: [
          { said: expr('text.replace_all(said, "&", "&amp;")') },
          { said: expr('text.replace_all(said, "<", "&lt;")') },
          { said: expr('text.replace_all(said, ">", "&gt;")') },
        ],
      },
    },
    { give: { return: expr('said') } },
  ],
};

export const messageRoutines = (platform: string): Readonly<Record<string, Routine>> => ({
  alert_message: alertMessage(platform),
  slack_text: slackText,
});
