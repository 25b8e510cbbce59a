import { describe, expect, it } from 'vitest';
import { EXAMPLE_CASES, exampleSpec, synthPlatform } from '../../support/examples';

/** What is retained, by stack and logical id. Another id would make CloudFormation forget the one that exists. */
const stateful = (title: string) => {
  const example = EXAMPLE_CASES.find((one) => one.title === title);
  if (example === undefined) throw new Error(`there is no example ${title}`);
  return Object.fromEntries(
    synthPlatform(exampleSpec(example)).templates.map(({ name, template }) => [
      name,
      Object.fromEntries(
        Object.entries(template.Resources)
          .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
          .map(([id, { Type }]) => [id, Type]),
      ),
    ]),
  );
};

describe('logical ids of what holds state', () => {
  it.each(['fraud-detection prod', 'fraud-detection staging', 'minimal'])('are pinned in %s', (title) => {
    expect(stateful(title)).toMatchSnapshot();
  });
});
