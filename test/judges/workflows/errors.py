"""Errors that a workflow can catch, as Workflows makes them."""

from workflows_emulator.main import WorkflowError

PARENTS = {"KeyError": "LookupError", "IndexError": "LookupError", "ZeroDivisionError": "ArithmeticError"}


def error(tag: str, message: str, **more) -> WorkflowError:
    """`e.tags`, `e.message` and what else the error has: only HTTP errors have `e.code`."""
    tags = [tag, PARENTS[tag]] if tag in PARENTS else [tag]
    return raised({"message": f"{tag}: {message}" if tag != "HttpError" else message, "tags": tags, **more})


def raised(payload) -> WorkflowError:
    """What a `raise` step throws: a map or a text, which the except-block gets as it is."""
    failure = WorkflowError(payload)
    failure.payload = payload
    return failure
