"""Who acts in a project: accounts that were made there, and agents of Google's services.

Source: IAM documentation, "Service agents" (addresses).
"""

import re

from world import Project, World

ADDRESSES = {
    "storage": "service-{n}@gs-project-accounts.iam.gserviceaccount.com",
    "bigquery": "bq-{n}@bigquery-encryption.iam.gserviceaccount.com",
    "aiplatform": "service-{n}@gcp-sa-aiplatform.iam.gserviceaccount.com",
    "artifactregistry": "service-{n}@gcp-sa-artifactregistry.iam.gserviceaccount.com",
    "compute": "service-{n}@compute-system.iam.gserviceaccount.com",
    "batch": "service-{n}@gcp-sa-cloudbatch.iam.gserviceaccount.com",
    "pubsub": "service-{n}@gcp-sa-pubsub.iam.gserviceaccount.com",
    "workflows": "service-{n}@gcp-sa-workflows.iam.gserviceaccount.com",
    "eventarc": "service-{n}@gcp-sa-eventarc.iam.gserviceaccount.com",
    "cloudscheduler": "service-{n}@gcp-sa-cloudscheduler.iam.gserviceaccount.com",
    "monitoring": "service-{n}@gcp-sa-monitoring-notification.iam.gserviceaccount.com",
    "secretmanager": "service-{n}@gcp-sa-secretmanager.iam.gserviceaccount.com",
    "logging": "service-{n}@gcp-sa-logging.iam.gserviceaccount.com",
}
OF_EVERYBODY = {"billing-budget-alert@system.gserviceaccount.com"}
"""Agents that Google has once for all projects."""
KNOWN = 3
"""Reads after which every server knows of a new account."""
ENCRYPTS_FOR = {"bigqueryconnection": "bigquery"}
"""Services whose data another one's agent encrypts."""


def address(service: str, project: Project) -> str:
    return ADDRESSES[service].replace("{n}", project.number)


def encrypter(world: World, service: str, key: str) -> str | None:
    """The agent that uses a key of a project for a service."""
    project = world.project(re.search(r"projects/([^/]+)", key)[1])
    service = ENCRYPTS_FOR.get(service, service)
    return address(service, project) if service in ADDRESSES and project else None


def account_exists(world: World, email: str) -> bool:
    if email in OF_EVERYBODY or any(email in project.agents for project in world.projects.values()):
        return True
    found = re.fullmatch(r"[a-z0-9-]+@([a-z0-9-]+)\.iam\.gserviceaccount\.com", email)
    name = f"iam/projects/{found[1]}/serviceAccounts/{email}" if found else ""
    return name in world.resources and world.seen[(name,)] >= KNOWN
