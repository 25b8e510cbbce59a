"""What ends the job as failed: a mistake in its setup, never a property of the data it judges."""


class Fault(Exception):
    """The message is for whoever reads the job's log: what is wrong and how to mend it."""
