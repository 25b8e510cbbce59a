"""Properties that remember what was looked at."""


class Watched(dict):
    """Remembers which properties moto's model looked at: what it never reads, it cannot have made."""

    def __init__(self, values):
        super().__init__(values)
        self.read = set()

    def __getitem__(self, key):
        self.read.add(key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        self.read.add(key)
        return super().get(key, default)

    def _all(self):
        self.read.update(dict.keys(self))

    # iterating, unpacking with ** and dumping read everything
    def __iter__(self):
        self._all()
        return super().__iter__()

    def keys(self):
        self._all()
        return super().keys()

    def items(self):
        self._all()
        return super().items()
