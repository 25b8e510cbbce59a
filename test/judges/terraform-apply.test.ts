import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { exampleSpec } from '../support/example-files';
import { GCP_EXAMPLES } from '../support/examples-gcp';
import { GoogleApis } from '../support/google-apis';
import { describeTerraform } from '../support/terraform-judge';
import { googleProvider } from '../support/terraform-provider';
import { changesIn, errorsIn, type Life, live } from './google-api/life';

/** Where the provider asks whose its token is, for its log; it goes on without an answer. */
const WHO_AM_I = 'openidconnect.googleapis.com';

/** Some minutes in which the provider mostly sleeps: for 3 s after each grant, for 10 s after each account. */
const LONGEST_MS = 20 * 60_000;

/** One environment for each kind of cluster, and the smallest platform; `twice` where it is made again in the end. */
const JUDGED = GCP_EXAMPLES.filter(({ title }) => !title.endsWith(' dev')).map((example) => ({
  ...example,
  twice: !example.title.endsWith(' staging'),
}));

describeTerraform('the examples, applied to Google with the real provider', () => {
  describeJudge('workflows', 'of which this machine has a fake', () => {
    let google: GoogleApis | undefined;
    let lives: Readonly<Record<string, Life>> = {};
    let missing: string | undefined;

    beforeAll(async () => {
      const provider = await googleProvider();
      if (!provider.ok) {
        missing = `no hashicorp/google can be had: ${provider.reason}`;
        process.stderr.write(`\nSKIPPED the examples, applied: ${missing}\n\n`);
        return;
      }
      const apis = await GoogleApis.start();
      google = apis;
      const lived = JUDGED.map(async ({ twice, ...example }) => {
        const life = await live(exampleSpec(example), { google: apis, pluginDir: provider.pluginDir, twice });
        return [example.title, life] as const;
      });
      lives = Object.fromEntries(await Promise.all(lived));
    }, LONGEST_MS);

    afterAll(() => google?.close());

    describe.each(JUDGED)('$title', ({ title: platform, twice }) => {
      const judge = (title: string, see: (life: Life) => void) =>
        it(title, ({ skip }) => {
          const life = lives[platform];
          if (life === undefined) return skip(missing);
          see(life);
        });

      judge('is made, each stack after those that it waits for', ({ stacks, applied }) => {
        expect(errorsIn(applied)).toEqual([]);
        expect(Object.keys(applied).sort()).toEqual([...stacks].sort());
      });

      judge('stays as it is while it is used: the next plan is empty', ({ stacks, settled }) => {
        expect(changesIn(settled)).toEqual([]);
        expect(Object.keys(settled).sort()).toEqual([...stacks].sort());
      });

      judge('is not destroyed where it is protected', ({ stacks, refused, lost }) => {
        expect(Object.keys(refused)).toContain(stacks.find((stack) => stack.endsWith('-foundation')));
        for (const [stack, { ok, errors }] of Object.entries(refused)) {
          expect(ok, stack).toBe(false);
          expect(errors.join('\n'), stack).toContain('lifecycle.prevent_destroy');
        }
        expect(lost).toEqual([]);
      });

      judge('is not destroyed while it serves, and Google says why', ({ serving }) => {
        for (const [stack, { ok, errors }] of Object.entries(serving)) {
          expect(ok, stack).toBe(false);
          expect(errors.join('\n'), stack).toMatch(/has deployed or being deployed Models/);
        }
      });

      judge('is destroyed once both keys to its data are turned', ({ lifted, destroyed }) => {
        expect(errorsIn(lifted)).toEqual([]);
        expect(errorsIn(destroyed)).toEqual([]);
      });

      judge('leaves what keeps its name for ever, or for a while', ({ left }) => {
        const kinds = new Set(left.map((one) => one.split('/').at(-2)));
        const KEPT = ['keyRings', 'cryptoKeys', 'cryptoKeyVersions', 'roles', 'googleChannelConfig', 'europe-west4'];
        expect([...kinds].filter((kind) => !KEPT.includes(kind ?? ''))).toEqual([]);
      });

      judge('is made again, with its keys adopted, and stays as it is', ({ stacks, again, settledAgain }) => {
        expect(Object.keys(again).sort()).toEqual(twice ? [...stacks].sort() : []);
        expect(errorsIn(again)).toEqual([]);
        expect(changesIn(settledAgain)).toEqual([]);
      });

      judge('says nothing that is deprecated, and asks nobody else', ({ applied, again, asked }) => {
        expect([applied, again].flatMap((runs) => Object.values(runs).flatMap(({ warnings }) => warnings))).toEqual([]);
        expect(asked.filter((host) => host !== WHO_AM_I)).toEqual([]);
      });
    });

    it('all requests were such as Google takes', async ({ skip }) => {
      if (google === undefined) return skip(missing);
      expect(await google.findings()).toEqual([]);
    });
  });
});
