"""Who gains and who loses: the same residents, under the same luck, with and without a policy.

Takes: a baseline, policies, seeds. Gives: :class:`Gainers`, the shares of residents whose
satisfaction score at the end is higher or lower by a difference that matters, by group and block.

Averages of a group hide who pays: a group may gain on average while half of it loses. On common
seeds every resident exists twice, so each can be asked. Groups under ten residents are not shown.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from labsim.analysis.compare import LEVEL
from labsim.experiment.design import Design
from labsim.model.simulate import simulate
from labsim.population.residents import Population
from labsim.population.synthesis import synthesise
from labsim.results.indicators import GROUP_CELLS, SMALLEST_GROUP, indicator
from labsim.scenario.scenario import Scenario, community_values

MEASURE = "satisfaction_score"
Stop = Callable[[], bool]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Share:
    """What became of one group under one policy, mean over replications.

    Attributes:
        policy: name of the scenario.
        group: a name in ``GROUP_CELLS``, or ``block:NUMBER``.
        gain: share of the group's residents whose score is higher by more than delta; NaN when too small to tell.
        lose: share whose score is lower by more than delta.
        reach: half the interval of ``gain - lose`` over replications; NaN with one replication.
        residents: mean number in the group.
    """

    policy: str
    group: str
    gain: float
    lose: float
    reach: float
    residents: float


@dataclass(frozen=True)
class Gainers:
    """Shares of all groups, and what they rest on.

    Attributes:
        shares: by policy and group.
        delta: difference of the score, 0 to 100, that counts as a gain or a loss.
        n: replications.
        seeds: of the replications.
    """

    shares: tuple[Share, ...]
    delta: float
    n: int
    seeds: tuple[int, ...]

    def of(self, policy: str) -> dict[str, Share]:
        """Return the shares of a policy by group."""
        return {one.group: one for one in self.shares if one.policy == policy}


def gainers(
    scenarios: Sequence[Scenario],
    replications: int = 10,
    seed: int = 0,
    *,
    stop: Stop = lambda: False,
    progress: Progress = lambda done, total: None,
) -> Gainers:
    """Ask every resident who gains and who loses.

    Args:
        scenarios: the baseline first; of one community, or residents could not be compared.
        replications: on the seeds that a comparison of ``seed`` uses.
        seed: from which all luck follows.
        stop: asked before every replication; the shares then rest on fewer.
        progress: replications done and asked for.

    Raises:
        InputError: the scenarios cannot be compared.
        ValueError: they have different communities.
    """
    design = Design.of(scenarios, 1, replications, seed)
    communities = {tuple(sorted(community_values(one).items())) for one in scenarios}
    if len(communities) > 1:
        raise ValueError("residents of different communities cannot be compared one by one")
    delta = indicator(MEASURE).delta.absolute
    found: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    seeds: list[int] = []
    with ThreadPoolExecutor() as pool:
        for done, job in enumerate(design.jobs()):
            if stop():
                break
            people = synthesise(community_values(scenarios[0]), job.seed)
            ends = list(pool.map(lambda one, at=job.seed, who=people: _scores(one, at, who), scenarios))
            groups = dict(_groups(people))
            for policy, score in zip(scenarios[1:], ends[1:], strict=True):
                gap = score - ends[0]
                for name, who in groups.items():
                    found.setdefault((policy.name, name), []).append(_shares(gap[who], delta))
            seeds.append(job.seed)
            progress(done + 1, replications)
    return Gainers(
        tuple(_mean(policy, group, np.array(rows)) for (policy, group), rows in found.items()),
        delta,
        len(seeds),
        tuple(seeds),
    )


def _scores(scenario: Scenario, seed: int, people: Population) -> npt.NDArray[np.float64]:
    return np.asarray(simulate(scenario, seed, population=people).residents["score"], np.float64)


def _groups(people: Population) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    who = people.residents
    for name, cells in GROUP_CELLS.items():
        yield name, np.asarray(cells[who.cell])
    for block in range(int(who.block.max()) + 1):
        yield f"block:{block}", np.asarray(who.block == block)


def _shares(gap: npt.NDArray[np.float64], delta: float) -> tuple[float, float, float]:
    if len(gap) < SMALLEST_GROUP:
        return np.nan, np.nan, float(len(gap))
    return float((gap > delta).mean()), float((gap < -delta).mean()), float(len(gap))


def _mean(policy: str, group: str, rows: npt.NDArray[np.float64]) -> Share:
    known = rows[np.isfinite(rows[:, 0])]
    residents = float(rows[:, 2].mean())
    if len(known) < len(rows):
        return Share(policy, group, np.nan, np.nan, np.nan, residents)
    net, n = known[:, 0] - known[:, 1], len(known)
    reach = float(stdtrit(n - 1, (1 + LEVEL) / 2) * net.std(ddof=1) / np.sqrt(n)) if n > 1 else np.nan
    return Share(policy, group, float(known[:, 0].mean()), float(known[:, 1].mean()), reach, residents)
