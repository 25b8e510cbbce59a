"""What ends the program."""


class Fault(Exception):
    """The message is for whoever reads the log of the container: what is wrong and how to mend it."""
