"""Formulas on the daily records of extension modules: NaN where a module is off.

Takes: the name of a module and of columns. Gives: formulas, as in ``formulas``.
"""

from labsim.results.declaration import NOT_MEASURABLE, Formula, View
from labsim.results.formulas import ratio


def module_total(view: View, module: str, *columns: str) -> float:
    """Return the sum over days of these columns, NaN when the module is off."""
    records = view.module(module)
    return NOT_MEASURABLE if records is None else float(sum(records[column].sum() for column in columns))


def module_ratio(module: str, above: tuple[str, ...], below: tuple[str, ...]) -> Formula:
    """Return the formula sum of some columns / sum of others."""

    def formula(view: View) -> float:
        if view.module(module) is None:  # so it is with most of the catalogue in most runs
            return NOT_MEASURABLE
        return ratio(module_total(view, module, *above), module_total(view, module, *below))

    return formula


def module_per(module: str, days: int, *columns: str, divisor: float = 1.0) -> Formula:
    """Return the formula total of these columns, per so many days, in a bigger unit."""

    def formula(view: View) -> float:
        if view.module(module) is None:
            return NOT_MEASURABLE
        return ratio(module_total(view, module, *columns) / divisor * days, view.days)

    return formula


def module_mean(module: str, *columns: str) -> Formula:
    """Return the formula mean over days of the sum of these columns."""
    return module_per(module, 1, *columns)


def module_last(module: str, column: str, divisor: float = 1.0) -> Formula:
    """Return the formula value of a column at the end of the window."""

    def formula(view: View) -> float:
        records = view.module(module)
        return NOT_MEASURABLE if records is None or not len(records) else float(records[column][-1]) / divisor

    return formula
