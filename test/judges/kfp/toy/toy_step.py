"""A container that knows the contract of steps and does as its control file says, `control.json` beside this program's copy:
{"<step>": {"metrics": {…}, "fails": attempts, "raw": text of metrics.json, "restarted": whether outputs may hold what it wrote
before}}. It writes what it was given into each output.

    toy_step.py CONTROL JOB [--argument value …]

The step is the one in the control file that the job's name ends with, the longest of them.
"""

import json
import os
import sys


def main() -> int:
    control_file, job, *rest = sys.argv[1:]
    given = dict(zip(rest[::2], rest[1::2], strict=True))
    with open(control_file, encoding="utf-8") as file:
        control = json.load(file)
    step = max((name for name in control if job.endswith(f"-{name}")), key=len)
    wanted = control[step]
    seen = {name: _seen(value) for name, value in given.items()}
    for name in wanted.get("writes", []):
        if not os.path.isdir(given[name]) or os.listdir(given[name]) and not wanted.get("restarted", False):
            print(f"{name} is not an empty folder: {given[name]}")
            return 9
        _write(given[name], "given.json", json.dumps(seen))
    if "--checkpoints" in given:
        _write(given["--checkpoints"], f"attempt-{len(os.listdir(given['--checkpoints'])) + 1}", "x")
    if wanted.get("fails", 0) > 0:
        wanted["fails"] -= 1
        with open(control_file, "w", encoding="utf-8") as file:
            json.dump(control, file)
        print(f"{step} broke as it was told")
        return 3
    if "--metrics" in given and "metrics" in wanted:
        _write(given["--metrics"], "metrics.json", wanted.get("raw", json.dumps(wanted["metrics"])))
    return 0


def _seen(value: str):
    return sorted(os.listdir(value)) if os.path.isdir(value) else value


def _write(folder: str, name: str, text: str) -> None:
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    sys.exit(main())
