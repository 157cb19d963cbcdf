"""Every output figure of the evidence is a target, an input, or explained: nothing is forgotten."""

import csv
from pathlib import Path

from labsim.analysis.coverage import coverage, is_aim, output_figures
from labsim.analysis.targetfile import parse_targets, read_targets
from labsim.scenario.instruments import evidence_rows


def test_every_output_figure_is_a_target_an_input_or_explained():
    assert coverage(read_targets()).forgotten == ()


def test_what_the_file_cites_is_evidence_and_stands_in_one_place():
    found = read_targets()
    assert found.cited() <= set(evidence_rows())
    for one in found.not_produced:
        assert one.reason.zh != one.reason.en


def test_output_figures_are_those_of_the_table(root: Path):
    with (root / "data" / "evidence.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    figures = output_figures()
    assert {rows[name]["role"] for name in figures} == {"output", "either"}
    assert not [
        n for n, row in rows.items() if row["role"] == "output" and row["modelable"] != "no" and n not in figures
    ]


def test_a_file_of_one_target_forgets_all_the_rest():
    text = """
[[targets]]
id = "a"
indicator = "recurrence_90d"
value = 0.45
band = [0.4, 0.5]
evidence = "recurrence_rate_3m"
[[targets]]
id = "b"
status = "input"
value = 0.38
evidence = ["duplicate_inspection_share", "recurrence_rate_3m"]
[[not_produced]]
evidence = ["flood_casualties", "of_mine"]
reason = "no flood"
"""
    found = coverage(parse_targets(text, "mine.toml"))
    assert (found.run, found.inputs, found.not_produced) == (
        ("recurrence_rate_3m",), ("duplicate_inspection_share",), ("flood_casualties",)
    )  # fmt: skip
    assert len(found.forgotten) == found.total - 3 == len(output_figures()) - 3


def test_what_a_plan_aims_at_is_told_apart_from_what_somebody_observed():
    targets = {one.id: one for one in read_targets().targets}
    assert is_aim(targets["deliberated_online_hall"])
    assert not is_aim(targets["participation_young"])
    # One that also rests on an observed effect was observed.
    assert not is_aim(targets["duplicates_holistic"])
