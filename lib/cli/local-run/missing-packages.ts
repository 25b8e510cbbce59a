import { type ProcessPlace, runProcess } from './run-process';

/** Packages that the platform's own jobs need; images of clouds have them. */
const PACKAGES = ['numpy', 'pyarrow'];
/** Leaves out the folder that commands run in, of which the job sees nothing. */
const PROBE = `
import sys
sys.path = [folder for folder in sys.path if folder]
import json
from importlib.util import find_spec
print(json.dumps({"python": sys.executable, "missing": [name for name in sys.argv[1:] if find_spec(name) is None]}))
`;
/** Long enough for a Python on a slow disk. */
const SECONDS = 60;

/**
 * What the Python that commands find lacks to run one of the platform's own jobs, as a sentence that says how to give
 * another one; undefined if it has all.
 *
 * @throws CommandFailed if there is no Python
 */
export async function missingPackages(place: ProcessPlace): Promise<string | undefined> {
  const { failure, lastLines } = await runProcess(
    ['python', '-c', PROBE, ...PACKAGES],
    place,
    SECONDS,
    () => undefined,
  );
  const answer = lastLines.find((line) => line.startsWith('{"python"'));
  // A Python that cannot even say this fails the job too, and says why there.
  if (failure !== undefined || answer === undefined) return undefined;
  const { python, missing } = JSON.parse(answer) as Probed;
  if (missing.length === 0) return undefined;
  return `${python} has no ${missing.join(' and no ')}: install what is missing, or name with --venv a virtual environment of Python that has it.`;
}

interface Probed {
  /** Path of the interpreter. */
  readonly python: string;
  readonly missing: readonly string[];
}
