"""What is special of the collections of each API."""

from kinds import bigquery, compute, dns, iam, kms, logs, messaging, monitoring, projects, serving, storage

KINDS = tuple(kind for module in (bigquery, compute, dns, iam, kms, logs, messaging, monitoring, projects, serving, storage)
              for kind in module.KINDS)
