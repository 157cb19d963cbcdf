"""The event calendar against a heap that forgets nothing: any mixture of setting, moving, stopping and ringing."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labsim.model.columns import Calendar, Clock
from labsim.model.kernels.calendar import kind_of, next_time, pop, set_clock, unset

CLOCKS = 23
times = st.one_of(st.sampled_from([0.0, 1.0, 1.0, 2.5]), st.floats(-200, 800), st.just(math.inf))
commands = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.integers(0, CLOCKS - 1), times),
        st.tuples(st.just("unset"), st.integers(0, CLOCKS - 1), st.just(0.0)),
        st.tuples(st.just("pop"), st.just(0), st.just(0.0)),
    ),
    max_size=120,
)


def calendar(clocks: int = CLOCKS, first: list[int] | None = None) -> Calendar:
    return Calendar(
        time=np.full(clocks, np.inf),
        heap=np.zeros(clocks, np.int64),
        place=np.full(clocks, -1, np.int64),
        size=np.zeros(1, np.int64),
        first=np.array(first or [0, clocks], np.int64),
    )


def check(made: Calendar, expected: dict[int, float]) -> None:
    """Compare with a plain dictionary, and check that heap and places point at each other."""
    size = int(made.size[0])
    assert size == len(expected)
    assert sorted(made.heap[:size].tolist()) == sorted(expected)
    assert [int(made.place[clock]) for clock in made.heap[:size]] == list(range(size))
    assert {c: made.time[c] for c in range(CLOCKS) if made.place[c] >= 0} == expected
    assert np.isinf(made.time[made.place < 0]).all()
    assert next_time(made) == min(expected.values(), default=math.inf)


@given(commands)
def test_the_calendar_rings_like_a_dictionary_searched_for_its_minimum(script: list[tuple[str, int, float]]):
    made, expected = calendar(), dict[int, float]()
    for command, clock, time in script:
        if command == "set":
            set_clock(made, clock, time)
            expected.pop(clock, None)
            if time < math.inf:
                expected[clock] = time
        elif command == "unset":
            unset(made, clock)
            expected.pop(clock, None)
        elif expected:
            assert pop(made) == min(expected, key=lambda c: (expected[c], c))
            del expected[min(expected, key=lambda c: (expected[c], c))]
        check(made, expected)


@given(st.lists(times.filter(math.isfinite), min_size=CLOCKS, max_size=CLOCKS))
def test_ringing_sorts_and_ties_go_to_the_smaller_clock(moments: list[float]):
    made = calendar()
    for clock, time in enumerate(moments):
        set_clock(made, clock, time)
    assert [pop(made) for _ in moments] == [c for _, c in sorted((t, c) for c, t in enumerate(moments))]
    assert next_time(made) == math.inf


def test_a_clock_belongs_to_the_kind_whose_range_holds_it():
    """Kinds without a single clock, as departments without items have, are passed over."""
    made = calendar(CLOCKS, [0, 4, 4, 4, 10, 12, 20, 23])
    kinds = [kind_of(made, clock) for clock in range(CLOCKS)]
    assert kinds == [0] * 4 + [3] * 6 + [4] * 2 + [5] * 8 + [6] * 3
    assert len(Clock) == 7
