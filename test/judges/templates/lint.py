"""cfn-lint over many templates in one process: {region, templates} as JSON on stdin, findings as JSON on stdout."""

import json
import sys

from cfnlint.api import lint
from cfnlint.config import ManualArgs

LEVELS = ["E", "W", "I"]


def findings(name, template, region):
    # mandatory checks are run whatever a template's own metadata asks cfn-lint to ignore
    config = ManualArgs(regions=[region], include_checks=LEVELS, mandatory_checks=LEVELS)
    for match in lint(json.dumps(template, ensure_ascii=False, indent=1), config=config):
        path = [str(part) for part in getattr(match, "path", None) or []]
        yield {
            "template": name,
            "rule": match.rule.id,
            "level": match.rule.severity.lower(),
            "message": match.message,
            "path": "/".join(path),
        }


request = json.load(sys.stdin)
report = [
    finding
    for template in request["templates"]
    for finding in findings(template["name"], template["template"], request["region"])
]
json.dump(report, sys.stdout)
