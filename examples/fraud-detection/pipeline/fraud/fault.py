class Fault(Exception):
    """A step cannot go on: the text says why and what to do, and is the last line that the step prints."""
