"""What ends a task of a pipeline as failed."""


class Fault(Exception):
    """The message is for whoever reads the task's log, or the alert: what is wrong and how to mend it."""
