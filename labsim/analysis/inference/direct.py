"""Parameters that data speak of directly: times of a stage, duplicate reports, and choices beside known neighbours.

Takes: records. Gives: :class:`Direct`: an estimate with its interval from a likelihood, without a simulation. What can
be had in this way should be: it costs nothing, and the interval becomes the prior of a study.

Stage times are exponential in the model, so that the sum of times and their number say everything, open cases
included (censored). Duplicates of an open case are Poisson. Choices are logits in the model: of habit, of a
constant, and of the share of contacts who act (Brock & Durlauf 2001); friends who are alike look like influence,
so neighbours must act *before* the choice.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import gamma

from labsim.analysis.inference.priors import Prior
from labsim.foundations.errors import Problem, raise_if
from labsim.foundations.i18n import t
from labsim.results.indicators import SMALLEST_GROUP
from labsim.scenario.world import WORLD

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Direct:
    """What records say of a parameter.

    Attributes:
        value: most likely.
        low: lower end of the 95 % interval.
        high: upper end.
        n: records that carry it.
        spread: standard deviation of its likelihood, of the logarithm when ``log``.
        log: whether the likelihood is nearly normal in the logarithm.
    """

    value: float
    low: float
    high: float
    n: int
    spread: float
    log: bool = True

    def times(self, factor: float) -> "Direct":
        """Return the same of a parameter that is so many times this one."""
        spread = self.spread if self.log else self.spread * factor
        return Direct(self.value * factor, self.low * factor, self.high * factor, self.n, spread, self.log)

    def prior(self, name: str) -> Prior:
        """Return a prior of a study: the likelihood, cut to the declared range.

        Raises:
            InputError: the interval lies outside the declared range: these records are of another community than any
                the model knows.
        """
        q = WORLD[name]
        inside = self.low < q.high and q.low < self.high
        what = t(f"{self.low:.3g} 至 {self.high:.3g} 在 {name} 的允许范围之外",
                 f"{self.low:.3g} to {self.high:.3g} lies outside the range of {name}")  # fmt: skip
        raise_if([] if inside else [Problem.at(name, what, t(f"{q.low:g}–{q.high:g}", f"{q.low:g}–{q.high:g}"))])
        centre = float(np.log(self.value)) if self.log else self.value
        return Prior(name=name, low=q.low, high=q.high, log=self.log, learnt=(centre, self.spread))


def stage_days(began: Array, ended: Array, until: float) -> Direct:
    """Return the mean time of a stage, days.

    Args:
        began: when the stage of each case began, days.
        ended: when it ended; NaN while it goes on.
        until: when the records end.

    Raises:
        InputError: fewer than ten ended, or a stage ends before it begins.
    """
    over = np.isfinite(ended)
    took = np.where(over, ended, until) - began
    many = int(over.sum())
    found = []
    if (took < 0).any():
        found.append(Problem.at("ended", t("阶段结束早于开始", "a stage ends before it begins")))
    if many < SMALLEST_GROUP:
        few = t(f"结束的不足 {SMALLEST_GROUP} 个", f"fewer than {SMALLEST_GROUP} ended")
        found.append(Problem.at("ended", few))
    raise_if(found)
    total = float(took.sum())
    # The rate given total time is gamma: exact, also with cases that are still open.
    low, high = (total / float(gamma.ppf(share, many)) for share in (0.975, 0.025))
    return Direct(total / many, low, high, many, many**-0.5)


def report_rate(days: Array, repeats: Array) -> Direct:
    """Return how often one open case is reported again, times a day, from duplicates (Liu, Bhandaram & Garg 2023).

    Args:
        days: that each case was open after its first report.
        repeats: duplicate reports of it meanwhile.

    Raises:
        InputError: fewer than ten duplicates, or a time or a number below 0.
    """
    many, total = int(repeats.sum()), float(days.sum())
    found = []
    if not ((days >= 0) & (repeats >= 0)).all():
        found.append(Problem.at("days", t("时间或次数小于 0", "a time or a number is below 0")))
    if many < SMALLEST_GROUP or total <= 0:
        few = t(f"重复上报不足 {SMALLEST_GROUP} 次", f"fewer than {SMALLEST_GROUP} duplicates")
        found.append(Problem.at("repeats", few))
    raise_if(found)
    # Poisson over exposure; between the two exact ends (Garwood 1936).
    low, high = float(gamma.ppf(0.025, many)) / total, float(gamma.ppf(0.975, many + 1)) / total
    return Direct(many / total, low, high, many, many**-0.5)


def influence(acts: NDArray[np.int8], contacts: NDArray[np.int64]) -> Direct:
    """Return the influence of contacts J from a panel: who acted in which week.

    Args:
        acts: 0 or 1, shape [weeks, persons].
        contacts: of each person, -1 where there is none, shape [persons, most contacts].

    Returns:
        J, logits per share of contacts that acted the week before, at given own habit and personal taste.

    Raises:
        InputError: too few weeks or persons, or nobody ever changes.
    """
    weeks = len(acts)
    changes = acts.min(axis=0) != acts.max(axis=0)
    enough = weeks >= 4 and int(changes.sum()) >= SMALLEST_GROUP
    what = t("至少 4 周，并有 10 人改变过行为", "at least 4 weeks, and ten persons who ever changed")
    raise_if([] if enough else [Problem.at("acts", t("面板太小", "the panel is too small"), what)])
    known = contacts >= 0
    share = np.where(known, acts[:-1][:, np.where(known, contacts, 0)], 0).sum(axis=2) / np.maximum(
        known.sum(axis=1), 1
    )
    y, own = acts[1:][:, changes].astype(np.float64), acts[:-1][:, changes].astype(np.float64)
    x = share[:, changes]

    def loss(theta: Array) -> tuple[float, Array]:
        taste = theta[3:]
        u = theta[0] + theta[1] * x + theta[2] * own + taste
        p = 1 / (1 + np.exp(-u))
        off = p - y
        value = float(np.sum(np.logaddexp(0, u) - y * u) + np.sum(taste**2) / (2 * _TASTE**2))
        slope = np.concatenate([[off.sum(), (off * x).sum(), (off * own).sum()], off.sum(axis=0) + taste / _TASTE**2])
        return value, slope

    best = minimize(loss, np.zeros(3 + int(changes.sum())), jac=True, method="L-BFGS-B").x
    u = best[0] + best[1] * x + best[2] * own + best[3:]
    w = np.exp(-np.logaddexp(0, u) - np.logaddexp(0, -u))
    head = np.stack([np.ones_like(x), x, own])
    a = np.einsum("iwp,jwp,wp->ij", head, head, w)
    b = np.einsum("iwp,wp->ip", head, w)
    information = a - b / (w.sum(axis=0) + 1 / _TASTE**2) @ b.T  # personal tastes profiled out
    error = float(np.sqrt(np.linalg.inv(information)[1, 1]))
    ends = float(best[1] - 1.96 * error), float(best[1] + 1.96 * error)
    return Direct(float(best[1]), *ends, int(y.size), error, log=False)


_TASTE = 1.5
"""Spread of personal taste, logits: the declared default of ``taste_sd``."""
