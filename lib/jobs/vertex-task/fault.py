"""What ends a task of a pipeline as failed."""


class Fault(Exception):
    """The message is for whoever reads the task's log, or the alert: what is wrong and how to mend it."""


class StepFailed(Fault):
    """The step itself failed: its container ran and said no."""
