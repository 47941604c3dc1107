"""Things that are the same as one another: https://en.wikipedia.org/wiki/Disjoint-set_data_structure"""


class Clusters:
    """Joins things two by two and tells which hang together."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def head(self, thing: str) -> str:
        """The thing that stands for the whole cluster."""
        above = self._above.setdefault(thing, thing)
        while above != thing:
            self._above[thing] = self._above[above]
            thing, above = above, self._above[above]
        return thing

    def join(self, one: str, other: str) -> None:
        """Say that two things are the same."""
        self._above[self.head(one)] = self.head(other)

    def same(self, one: str, other: str) -> bool:
        """Whether two things hang together."""
        return self.head(one) == self.head(other)
