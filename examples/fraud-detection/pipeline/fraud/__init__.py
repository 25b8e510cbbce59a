"""The fraud detector: the steps of its pipeline and the server of its models, each a module that can be run."""
