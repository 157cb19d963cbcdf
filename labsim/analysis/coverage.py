"""Coverage: which figures of the evidence a targets file speaks of.

Takes: ``data/evidence.csv`` and targets. Gives: :class:`Coverage`: every figure that is an output, or
could be one, sorted into run, input, not produced and forgotten.
"""

from dataclasses import dataclass

from labsim.analysis.targets import Status, Target, Targets
from labsim.scenario.instruments import evidence_rows


@dataclass(frozen=True)
class Coverage:
    """Where the output figures of the evidence stand; ids in the order of the file.

    Attributes:
        run: in targets that are run.
        inputs: in entries that are listed without being run.
        not_produced: said not to be produced, with a reason.
        forgotten: nowhere.
    """

    run: tuple[str, ...]
    inputs: tuple[str, ...]
    not_produced: tuple[str, ...]
    forgotten: tuple[str, ...]

    @property
    def total(self) -> int:
        """Return how many output figures there are."""
        return len(self.run) + len(self.inputs) + len(self.not_produced) + len(self.forgotten)


def output_figures() -> tuple[str, ...]:
    """Return the ids of all figures that are an output of the model, or could be one."""
    return tuple(
        name
        for name, row in evidence_rows().items()
        if row["role"] in ("output", "either") and row["modelable"] in ("yes", "partly")
    )


def coverage(targets: Targets) -> Coverage:
    """Return where a targets file puts the output figures; a figure that is run counts as that only."""
    figures = output_figures()
    run = {name for one in targets.targets if one.status is Status.CORE for name in one.evidence}
    inputs = {name for one in targets.resting() for name in one.evidence} - run
    rest = {name for one in targets.not_produced for name in one.evidence} - run - inputs

    def among(found: set[str]) -> tuple[str, ...]:
        return tuple(name for name in figures if name in found)

    return Coverage(among(run), among(inputs), among(rest), among(set(figures) - run - inputs - rest))


def is_aim(target: Target) -> bool:
    """Return whether a target is nothing but what a plan of the text aims at: nobody observed it."""
    rows = [evidence_rows()[name] for name in target.evidence if name in evidence_rows()]
    return bool(rows) and all(row["kind"] == "target" for row in rows)
