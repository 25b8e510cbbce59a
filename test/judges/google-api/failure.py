"""Errors as Google's APIs answer them."""

import json

STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
            409: "ALREADY_EXISTS", 412: "FAILED_PRECONDITION", 500: "INTERNAL", 501: "UNIMPLEMENTED"}
REASONS = {400: "invalid", 403: "forbidden", 404: "notFound", 409: "conflict", 412: "conditionNotMet"}


class Failure(Exception):
    """What a request is answered with instead of its effect, such as Failure(404, "Topic not found")."""

    def __init__(self, code: int, message: str, status: str | None = None, *, reason: str | None = None,
                 details: list | None = None):
        super().__init__(message)
        self.code, self.message, self.status = code, message, status or STATUSES[code]
        self.reason, self.details = reason or REASONS.get(code, "backendError"), details or []

    def body(self) -> bytes:
        listed = {"message": self.message, "domain": "global", "reason": self.reason}
        more = {"details": self.details} if self.details else {}
        return json.dumps({"error": {"code": self.code, "message": self.message, "status": self.status,
                                     "errors": [listed], **more}}).encode()


def disabled(service: str, project: str) -> Failure:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED", "domain": "googleapis.com",
            "metadata": {"service": service, "consumer": f"projects/{project}"}}
    return Failure(403, f"{service} has not been used in project {project} before or it is disabled.", details=[info])
