"""What ends a task of a pipeline as failed."""


class Fault(Exception):
    """The message is for whoever reads the task's log, or the alert: what is wrong and how to mend it."""


class StepFailed(Fault):
    """The step itself failed: its container ran and said no."""


def refuses_data(noted: dict) -> bool:
    """Whether what a task noted as its fault is that a check found data which breaks a rule."""
    return noted["kind"] == "validation"
