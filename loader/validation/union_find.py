"""Disjoint sets of entities: https://en.wikipedia.org/wiki/Disjoint-set_data_structure"""


class Clusters:
    """Clusters of entities that are joined in pairs."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def head(self, thing: str) -> str:
        """Return the representative of the cluster of ``thing``, halving the path on the way."""
        above = self._above.setdefault(thing, thing)
        while above != thing:
            self._above[thing] = self._above[above]
            thing, above = above, self._above[above]
        return thing

    def join(self, one: str, other: str) -> None:
        """Merge the clusters of two entities."""
        self._above[self.head(one)] = self.head(other)

    def same(self, one: str, other: str) -> bool:
        """Return whether two entities are in one cluster."""
        return self.head(one) == self.head(other)
