"""A type of option: a finite number within a range."""

import math
from typing import Any

import click


class FiniteRange(click.FloatRange):
    """A range of numbers without “nan” and “inf”, which ``click.FloatRange`` lets through."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Convert the text of an option; raise BadParameter for what is no number of the range."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is no finite number.", param, ctx)
        return number
