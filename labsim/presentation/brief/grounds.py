"""What the verdicts of a brief rest on, when a calibration says so.

Takes: a comparison and the lights of a calibration. Gives: the comparison with verdicts that rest on red
parameters taken back, and what is said about each parameter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from labsim.analysis.compare import Comparison
from labsim.analysis.inference.calibration import Light
from labsim.analysis.inference.guard import guarded
from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.scenario.world import WORLD

_LIGHTS = {
    Light.GREEN: t("绿：由数据确定", "green: settled by data"),
    Light.YELLOW: t("黄：数据与先验各占一部分", "yellow: part data, part prior"),
    Light.RED: t("红：数据没有说明，只靠先验", "red: the data say nothing, prior alone"),
}


@dataclass(frozen=True)
class Grounds:
    """What a calibration says about the states of the world that were compared.

    Attributes:
        names: of the parameters.
        scores: of the parameters in each state of the world, as scores of the prior: [worlds][parameters].
        lights: of each parameter; one without a light is red.
        source: what calibration it was.
    """

    names: tuple[str, ...]
    scores: tuple[tuple[float, ...], ...]
    lights: Mapping[str, Light]
    source: str


@dataclass(frozen=True)
class Lit:
    """A parameter and what it rests on."""

    name: str
    label: Text
    light: str
    words: Text


@dataclass(frozen=True)
class Weighed:
    """A comparison after its grounds were looked at.

    Attributes:
        comparison: its verdicts may have been taken back.
        lights: parameters, red ones first.
        taken_back: why, one sentence per verdict.
    """

    comparison: Comparison
    lights: tuple[Lit, ...]
    taken_back: tuple[Text, ...]


def weighed(found: Comparison, grounds: Grounds | None) -> Weighed:
    """Return the comparison with the verdicts that its grounds allow."""
    if grounds is None:
        return Weighed(found, (), ())
    order = (Light.RED, Light.YELLOW, Light.GREEN)
    lit = {name: grounds.lights.get(name, Light.RED) for name in grounds.names}
    lights = tuple(
        Lit(name, _label(name), lit[name].value, _LIGHTS[lit[name]])
        for name in sorted(grounds.names, key=lambda one: (order.index(lit[one]), one))
    )
    said = guarded(found, np.array(grounds.scores, np.float64), grounds.names, grounds.lights)
    lower = {(one.verdict.difference.policy, one.verdict.difference.indicator): one for one in said if one.reason}
    taken = tuple(one.verdict.sentence for one in lower.values())
    told = {key: one.verdict for key, one in lower.items()}
    return Weighed(replace(found, instead=told), lights, taken)


def _label(name: str) -> Text:
    return WORLD[name].label if name in WORLD else t(name, name)
