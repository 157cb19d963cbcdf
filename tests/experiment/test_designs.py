"""Designs of sweeps: the points are those the method says, and a wrong file is told whole."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from labsim.experiment.designfile import load_design
from labsim.experiment.designs import Factor, Method, Sweep
from labsim.experiment.sweep import run_sweep
from labsim.experiment.workers import Workers
from labsim.foundations.errors import InputError
from labsim.model.city_member import community_scenarios
from labsim.scenario.city_files import load_city
from tests.experiment.models import tiny

BASE = tiny("base")
STAFF = Factor("levers", "staff", (6.0, 8.0, 10.0))
CHECK = Factor("levers", "verification", (0.0, 0.5), spans=True)
ENDS = Factor("levers", "verification", (0.0, 0.5))
PACKAGES = Factor("instruments", "instruments", ((), ("points_scheme",)))


def written(folder: Path, text: str) -> Path:
    path = folder / "design.toml"
    path.write_text(text, encoding="utf-8")
    return path


def told(path: Path, language: str = "en") -> str:
    with pytest.raises(InputError) as caught:
        load_design(path)
    return caught.value.render(language)


def test_a_full_factorial_has_every_combination_once():
    points = Sweep(BASE, (STAFF, ENDS)).points
    assert [point.levels for point in points] == [(s, v) for s in (6.0, 8.0, 10.0) for v in (0.0, 0.5)]
    assert [point.number for point in points] == list(range(6))
    assert points[3].scenario.levers["staff"] == 8.0
    assert points[3].scenario.levers["verification"] == 0.5
    assert len({point.scenario.name for point in points}) == 6


def test_one_at_a_time_moves_one_thing_away_from_the_base():
    base = BASE.with_levers(verification=0.5)
    points = Sweep(base, (STAFF, ENDS), Method.ONE_AT_A_TIME).points
    default = points[0].levels[0]
    assert points[0].levels == (default, 0.5)
    moved = [sum(a != b for a, b in zip(point.levels, points[0].levels, strict=True)) for point in points[1:]]
    assert set(moved) == {1}
    # Each level but those of the base, which is there already.
    assert len(points) == 1 + sum(level != default for level in STAFF.levels) + 1


def test_a_latin_hypercube_puts_one_sample_into_each_slice():
    points = Sweep(BASE, (CHECK, STAFF), Method.LATIN_HYPERCUBE, samples=30, seed=7).points
    slices = Counter(int(float(str(point.levels[0])) / 0.5 * 30) for point in points)
    assert slices == dict.fromkeys(range(30), 1)
    assert Counter(point.levels[1] for point in points) == {6.0: 10, 8.0: 10, 10.0: 10}


def test_a_sobol_sequence_grows_without_moving_and_depends_on_the_seed():
    few = Sweep(BASE, (CHECK, STAFF), Method.SOBOL, samples=8, seed=7).points
    many = Sweep(BASE, (CHECK, STAFF), Method.SOBOL, samples=32, seed=7).points
    other = Sweep(BASE, (CHECK, STAFF), Method.SOBOL, samples=8, seed=8).points
    assert [point.levels for point in few] == [point.levels for point in many[:8]]
    assert [point.levels for point in few] != [point.levels for point in other]
    assert few == Sweep(BASE, (CHECK, STAFF), Method.SOBOL, samples=8, seed=7).points
    # 32 points of a balanced sequence: four in each eighth of the range.
    assert Counter(int(float(str(point.levels[0])) / 0.5 * 8) for point in many) == dict.fromkeys(range(8), 4)


def test_whole_numbers_and_switches_stay_so_and_reach_both_ends():
    whole = Factor("population", "contacts", (2.0, 5.0), spans=True)
    switch = Factor("population", "module_disputes", (0.0, 1.0), spans=True)
    points = Sweep(BASE, (whole, switch), Method.SOBOL, samples=64).points
    assert {point.levels[0] for point in points} == {2.0, 3.0, 4.0, 5.0}
    assert {point.levels[1] for point in points} == {0.0, 1.0}


def test_packages_of_instruments_are_levels():
    first, second = Sweep(BASE, (PACKAGES,)).points
    assert first.scenario.instruments == ()
    assert [one.name for one in second.scenario.instruments] == ["points_scheme"]


def test_all_points_share_worlds_and_luck():
    sweep = Sweep(BASE, (STAFF,), worlds=3, replications=4, seed=5)
    design = sweep.design()
    assert design.requested == sweep.requested == 3 * 3 * 4
    assert [scenario.name for scenario in design.scenarios] == [point.scenario.name for point in sweep.points]
    assert len({job.seed for job in design.jobs()}) == 12


def test_all_that_is_wrong_with_a_sweep_is_said_at_once():
    with pytest.raises(InputError) as caught:
        Sweep(
            BASE,
            (Factor("levers", "stuff", (1.0,)), Factor("levers", "verification", (0.5, 7.0)), CHECK),
            Method.SOBOL,
            worlds=0,
            seed=-1,
        )
    said = caught.value.render("en")
    for part in ("did you mean staff?", "7 is not allowed", "more than once", "samples: 0", "worlds: 0", "seed of -1"):
        assert part in said, part
    with pytest.raises(InputError, match="nothing varies"):
        Sweep(BASE, ())


def test_a_point_that_is_no_scenario_is_told_once():
    with pytest.raises(InputError) as caught:
        Sweep(BASE, (Factor("population", "young_share", (0.3, 0.8)), Factor("population", "older_share", (0.3, 0.6)),
                     STAFF))  # fmt: skip
    assert len(caught.value.problems) <= 3


def test_a_factorial_of_millions_is_refused_before_it_is_made():
    many = tuple(x / 1000 for x in range(1000))
    with pytest.raises(InputError, match="1,000,000 points"):
        Sweep(BASE, (Factor("levers", "verification", many), Factor("population", "migrant_share", many)))


def test_a_file_says_all_of_it(tmp_path: Path):
    (tmp_path / "mine.toml").write_text('extends = "baseline"\nhorizon = 56\n', encoding="utf-8")
    sweep = load_design(
        written(
            tmp_path,
            'base = "mine.toml"\nmethod = "factorial"\nseed = 9\nworlds = 2\nreplications = 3\n'
            'indicators = ["reports_month"]\ninstruments = [[], "points_scheme"]\n'
            "[levers]\nverification = { low = 0, high = 0.5, steps = 3 }\n"
            "[population]\nresidents = [500, 1000]\n[world]\ndetection = 0.3\n",
        )
    )
    assert sweep.base.horizon == 56
    assert (sweep.seed, sweep.worlds, sweep.replications, sweep.indicators) == (9, 2, 3, ("reports_month",))
    assert [factor.column for factor in sweep.factors] == [
        "levers.verification",
        "world.detection",
        "population.residents",
        "instruments",
    ]
    assert sweep.factors[0].levels == (0.0, 0.25, 0.5)
    assert len(sweep.points) == 3 * 2 * 2


def test_every_point_is_run_in_every_community_of_a_city(tmp_path: Path):
    """Communities as in the city, one point alike in all of them, and all on the same luck."""
    text = "[city]\ncommunities = 3\nstreets = 1\nsize_spread = 0.4\n"
    (tmp_path / "town.toml").write_text(f'extends = "baseline"\nhorizon = 28\nburn_in = 0\n{text}', encoding="utf-8")
    sweep = load_design(
        written(tmp_path, 'city = "town.toml"\nseed = 4\nreplications = 2\n[levers]\nverification = [0, 0.5]\n')
    )
    assert [(one.number, one.community) for one in sweep.points] == [(i, k) for i in (0, 1) for k in (1, 2, 3)]
    own = community_scenarios(load_city(tmp_path / "town.toml"), 4)
    assert len({one.world["fault_rate"] for one in own}) == 3
    for point in sweep.points:
        there = own[point.community - 1]
        assert (point.scenario.world, point.scenario.community) == (there.world, there.community)
        assert point.scenario.levers.get("verification", 0.0) == point.levels[0]
    table = run_sweep(replace(sweep, indicators=("reports_month",)), Workers(number=1)).table
    assert list(table.columns[:3]) == ["point", "community", "levers.verification"]
    assert len(table) == sweep.requested == 12
    assert table.groupby("replication")["seed"].nunique().tolist() == [1, 1]
    alone = run_sweep(Sweep(own[1], (ENDS,), replications=2, seed=4, indicators=("reports_month",)), Workers(number=1))
    second = table.loc[table["community"] == 2, "reports_month"]
    assert second.tolist() == alone.table["reports_month"].tolist()


def test_a_city_that_is_none_is_told_with_everything_else(tmp_path: Path):
    path = written(tmp_path, 'city = "city_stret"\nbase = "baseline"\n[levers]\nverificaton = 0.5\n')
    said = told(path)
    assert ":1: city" in said
    assert "did you mean city_street?" in said
    assert ":2: base: there can be base or city, not both" in said
    assert "did you mean verification?" in said
    assert "this is a scenario of one community" in told(written(tmp_path, 'city = "points"\n[levers]\nstaff = 9\n'))


def test_a_wrong_file_is_told_line_by_line_in_both_languages(tmp_path: Path):
    path = written(
        tmp_path,
        'base = "baselin"\nmethod = "sobl"\nsampels = 12\nworlds = 1.5\n[levers]\nverfication = [0, 1]\n'
        'staff = { low = 3, hihg = 9 }\n[population]\nresidents = ["many"]\n',
    )
    said = told(path)
    for part in (
        "design.toml:1: base",
        "did you mean baseline?",
        "design.toml:2: method",
        "did you mean sobol?",
        "design.toml:3: sampels",
        "did you mean samples?",
        "design.toml:4: worlds",
        "design.toml:6: levers.verfication",
        "did you mean verification?",
        "did you mean high?",
        "design.toml:9: population.residents",
    ):
        assert part in said, (part, said)
    chinese = told(path, "zh")
    assert "是否想写 verification" in chinese
    assert "设计方法" in chinese


def test_what_only_the_whole_shows_is_told_with_its_line(tmp_path: Path):
    said = told(written(tmp_path, "replications = 0\n[levers]\nverification = [0.5, 7]\n"))
    assert "design.toml:1: replications" in said
    assert "design.toml:3: levers.verification: 7 is not allowed" in said
    assert "indicator" in told(written(tmp_path, 'indicators = ["report_month"]\n[levers]\nstaff = [6]\n'))
    assert "low is not below high" in told(
        written(tmp_path, 'method = "sobol"\n[levers]\nverification = { low = 0.5, high = 0.1 }\n')
    )


def test_what_is_wrong_beside_a_wrong_base_is_told_in_the_same_breath(tmp_path: Path):
    said = told(
        written(
            tmp_path,
            'base = "baselin"\nworlds = 0\nseed = -5\nindicators = ["report_month"]\n'
            'instruments = [["no_such"]]\n[levers]\nverification = [0.1, 7]\n',
        )
    )
    for part in ("toml:1: base", "toml:2: worlds", "toml:3: seed", "report_month", "no_such", "7 is not allowed"):
        assert part in said, (part, said)


def test_more_runs_than_can_be_remembered_are_refused_before_any(tmp_path: Path):
    many = "worlds = 1000000\nreplications = 1000000\n[levers]\nverification = [0.1, 0.2]\n"
    for method in ("factorial", "one_at_a_time", "sobol"):
        said = told(written(tmp_path, f'method = "{method}"\n{many}'))
        assert "0,000,000 runs" in said
        assert "toml:3: replications" in said


def test_a_missing_file_is_told(tmp_path: Path):
    assert "nowhere.toml" in told(tmp_path / "nowhere.toml")
