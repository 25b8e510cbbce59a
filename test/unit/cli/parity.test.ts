import { createColors } from 'picocolors';
import { describe, expect, test } from 'vitest';
import { main } from '../../../lib/cli/main';
import { PARITY } from '../../../lib/plan/parity/parity-table';

async function mlops(...args: string[]) {
  let out = '';
  let err = '';
  const io = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    colors: createColors(false),
  };
  return { code: await main(args, io), out, err };
}

describe('mlops parity', () => {
  test('prints every option with what each cloud does of it', async () => {
    const { code, out, err } = await mlops('parity');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const option of Object.keys(PARITY)) expect(out).toContain(`${option}\n`);
    expect(out).toMatch(
      /alerts\.teams\.\*\.team\n {2}AWS +native.*\n {2}Google Cloud +unsupported; Cloud Monitoring has no/,
    );
  });

  test('says what its words mean', async () => {
    const { out } = await mlops('parity');
    expect(out).toMatch(/\n {2}native +a service of the cloud does it, .*\n {2}emulated +no service can be told; .*\n/);
    expect(out).toMatch(/\n {2}unsupported +nothing does it, .*\n\d+ options\n/);
  });

  test('prints one JSON document', async () => {
    const { code, out } = await mlops('parity', '--json');
    expect(code).toBe(0);
    const report = JSON.parse(out) as { data: { options: { option: string; gcp: { support: string } }[] } };
    expect(report.data.options.map(({ option }) => option)).toEqual(Object.keys(PARITY));
    expect(report.data.options.find(({ option }) => option === 'alerts.teams.*.team')?.gcp.support).toBe('unsupported');
  });
});
