"""What ends the job before it has compared anything. The message is for people: what is wrong and how to mend it."""


class Fault(Exception):
    """A configuration that is broken, or a file that cannot be had: the job fails."""


class Unmeasured(Exception):
    """What the data is like: nothing can be told by it. The job ends well, and its status says so."""
