"""Errors of a design against closed forms, and cells that are kept back."""

from dataclasses import replace

import numpy as np
import pytest

from labsim.analysis.chance import Purpose, bells, evens
from labsim.analysis.survey.estimates import estimate, estimates, frame, shown_counts, table
from labsim.analysis.survey.questions import QUESTIONS
from labsim.analysis.survey.survey import Answers, Survey


def survey(
    values, weight=None, cluster=None, stratum=None, name: str = "offline_12m", ages=None, population=None
) -> Survey:
    n = len(values)
    answers = {name: Answers(QUESTIONS[name], np.asarray(values, float), np.zeros(n, np.int64))}
    if ages is not None:
        answers["age_group"] = Answers(QUESTIONS["age_group"], np.asarray(ages, float), np.zeros(n, np.int64))
    weights = np.ones(n) if weight is None else np.asarray(weight) / np.mean(weight)
    clusters = np.arange(n) if cluster is None else np.asarray(cluster)
    strata = np.zeros(n, np.int64) if stratum is None else np.asarray(stratum)
    return Survey(answers, weights, strata, clusters, population, weight is not None, (), ("", ""))


def test_simple_random_sampling_has_the_textbook_error_and_no_design_effect():
    found = estimate(survey([1] * 60 + [0] * 140), "offline_12m")
    assert found.value == pytest.approx(0.3)
    assert found.error == pytest.approx(np.sqrt(0.3 * 0.7 / 199))
    assert found.effect == pytest.approx(1.0)
    assert found.effective == pytest.approx(200)


@pytest.mark.parametrize("times", [2, 4, 9])
def test_copies_inside_a_cluster_are_no_new_persons(times: int):
    """The width of the interval grows with √deff, exactly: answers that repeat within clusters say nothing new."""
    once = (evens(1, Purpose.ANSWER, 0, (300,)) < 0.4).astype(float)
    alone = estimate(survey(once), "offline_12m")
    copied = estimate(survey(np.repeat(once, times), cluster=np.repeat(np.arange(300), times)), "offline_12m")
    naive = estimate(survey(np.repeat(once, times)), "offline_12m")
    assert copied.error == pytest.approx(alone.error)
    assert copied.effect == pytest.approx(times, rel=0.01)
    assert copied.error / naive.error == pytest.approx(np.sqrt(copied.effect), rel=0.01)
    assert copied.effective == pytest.approx(300, rel=0.01)


def test_unequal_weights_alone_give_the_effect_of_kish():
    weight = np.where(np.arange(4000) % 2, 1.0, 3.0)
    values = bells(2, Purpose.ANSWER, 0, (4000,)) * 10 + 100
    found = estimate(survey(values, weight=weight, name="volunteer_times_12m"), "volunteer_times_12m")
    assert found.effect == pytest.approx(4000 * (2000 * 10) / (2000 * 4) ** 2, rel=0.05)


def test_strata_that_differ_make_it_more_precise():
    values = np.concatenate([np.tile([1, 1, 1, 0], 50), np.tile([0, 0, 0, 1], 50)]).astype(float)
    stratum = np.repeat([0, 1], 200)
    found = estimate(survey(values, stratum=stratum), "offline_12m")
    assert found.effect == pytest.approx(0.75, rel=0.02)  # within-variance .1875 over total .25


def test_the_whole_population_asked_leaves_no_sampling_error():
    assert estimate(survey([1] * 60 + [0] * 140, population=200), "offline_12m").error == 0.0


def test_intervals_of_a_clustered_survey_cover():
    """400 surveys of clusters that differ: 95 % intervals contain the truth in 95 %, whatever the design effect."""
    hits, m, size = 0, 40, 10
    for k in range(400):
        rate = 1 / (1 + np.exp(-(bells(k, Purpose.TRUTH, 0, (m,)) - 0.4)))
        values = (evens(k, Purpose.ANSWER, 1, (m, size)) < rate[:, None]).astype(float).ravel()
        one = estimate(survey(values, cluster=np.repeat(np.arange(m), size)), "offline_12m")
        hits += one.low <= 0.417 <= one.high  # mean of the logistic normal, by quadrature
        if k == 0:
            assert one.effect > 1.8
    assert 366 <= hits <= 393


def test_the_covariance_knows_that_a_group_is_part_of_the_whole():
    ages = np.repeat([0, 1, 2], 100)
    some = survey(np.tile([1, 0, 1, 0], 75), ages=ages)
    found, covariance = estimates(
        some, [("offline_12m", "all"), ("offline_12m", "age:young"), ("offline_12m", "age:older")]
    )
    assert covariance[0, 1] == pytest.approx(covariance[1, 1] / 3, rel=1e-6)
    assert covariance[1, 2] == pytest.approx(0.0, abs=1e-4)
    assert found[1].error ** 2 == pytest.approx(covariance[1, 1])


@pytest.mark.parametrize(("values", "hidden"), [([1] * 5 + [0] * 4, True), ([1] * 5 + [0] * 50, True),
                                                ([0] * 50, False), ([1] * 10 + [0] * 40, False)])  # fmt: skip
def test_cells_of_fewer_than_ten_are_kept_back(values, hidden: bool):
    found = estimate(survey(values), "offline_12m")
    assert found.hidden is hidden
    assert np.isnan(found.value) is np.bool_(hidden) or np.isnan(found.value) == hidden
    assert (found.n == 0) is hidden


def test_a_single_small_group_cannot_be_found_by_subtraction():
    ages = np.array([0] * 6 + [1] * 40 + [2] * 60)
    rows = {one.group: one for one in table(survey(np.tile([1.0, 0.0], 53), ages=ages), ["age"])}
    assert rows["age:young"].hidden
    assert rows["age:middle"].hidden
    assert not rows["age:older"].hidden
    told = frame(rows.values()).to_csv()
    assert ",6," not in told
    assert ",40," not in told


def test_the_one_small_count_of_a_known_total_cannot_be_found_by_subtraction():
    assert shown_counts([267, 7, 11, 0]) == ["267", "<10", "≥0", "0"] or "≥" in shown_counts([267, 7, 11, 0])[2]
    assert shown_counts([260, 7, 8, 0]) == ["260", "<10", "<10", "0"]
    assert shown_counts([270, 15, 0, 0]) == ["270", "15", "0", "0"]


def test_nobody_is_certain_of_a_share_of_zero():
    found = estimate(survey([0.0] * 50), "offline_12m")
    assert found.error > 0
    assert found.high > 0.005


def test_a_stratum_of_one_cluster_counts():
    some = survey([1.0, 0.0] * 50, cluster=np.repeat(np.arange(10), 10), stratum=np.repeat([0, 1, 1, 1, 1], 20))
    lonely = replace(some, stratum=np.where(some.cluster == 0, 2, some.stratum))
    assert estimate(lonely, "offline_12m").error >= 0
