"""What a user reads when something is wrong."""

import pytest

from labsim.foundations.errors import InputError, Problem, Where, nearest, plain, raise_if, reason, unknown_name
from labsim.foundations.i18n import t

NAMES = ("staff", "staff_load", "inspection_frequency")
LABELS = (("检查频次", "inspection_frequency"), ("社区工作者编制", "staff"))


@pytest.mark.parametrize(
    ("wrote", "meant"),
    [
        ("staf", "staff"),
        ("STAFF", "staff"),
        ("staff-load", "staff_load"),
        ("ｓｔａｆｆ", "staff"),
        ("inspection frequency", "inspection_frequency"),
        ("insepction_frequency", "inspection_frequency"),
        ("检查频次", "inspection_frequency"),
        ("检查频率次", "inspection_frequency"),
        ("社区工作者", "staff"),
        ("频次", "inspection_frequency"),
    ],
)
def test_nearest_finds_what_was_meant(wrote, meant):
    assert nearest(wrote, NAMES, LABELS) == meant


@pytest.mark.parametrize("wrote", ["", "x", "zzzzzzzz", "完全无关"])
def test_nearest_makes_nothing_up(wrote):
    assert nearest(wrote, NAMES, LABELS) is None


def test_a_piece_that_fits_two_labels_is_no_suggestion():
    assert nearest("检查", ("a", "b"), (("检查频次每月多少", "a"), ("检查覆盖占比多少", "b"))) is None


def test_plain_narrows_and_drops_separators():
    assert plain("Ｓtaff_Load－１") == "staffload1"


def test_a_problem_says_where_what_allowed_and_the_nearest_name_in_both_languages():
    problem = Problem(Where("a.toml", 7, "levers.staf"), t("错了", "wrong"), t("对的", "right"), "staff")
    assert problem.render("zh") == "a.toml:7: levers.staf: 错了；允许：对的；是否想写 staff？"
    assert problem.render("en") == "a.toml:7: levers.staf: wrong; allowed: right; did you mean staff?"
    assert Problem(Where(), t("错了", "wrong")).render("en") == "wrong"


def test_an_input_error_holds_all_problems_and_can_be_given_places():
    error = InputError([Problem.at("a", t("一", "one")), Problem.at("b", t("二", "two"))])
    assert error.render("en") == "a: one\nb: two"
    placed = error.located(lambda where: Where("f.toml", 3, where.key))
    assert placed.render("zh") == "f.toml:3: a: 一\nf.toml:3: b: 二"


def test_an_input_error_without_a_problem_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="needs a problem"):
        InputError([])
    raise_if([])


def test_the_message_follows_the_reader(monkeypatch):
    error = InputError([Problem.at("a", t("一", "one"))])
    monkeypatch.setenv("LABSIM_LANG", "zh")
    assert str(error) == "a: 一"
    monkeypatch.setenv("LABSIM_LANG", "en")
    assert str(error) == "a: one"


def test_unknown_name_lists_few_names_and_counts_many():
    few = unknown_name("k", "b", ("aa", "bb"), t("项", "entry"))
    assert few.allowed is not None
    assert few.allowed.en == "aa, bb"
    many = unknown_name("k", "zz", [f"name_{i}" for i in range(20)], t("项", "entry"))
    assert many.allowed is not None
    assert many.allowed.en.startswith("20 names, such as name_0, name_1, name_2")
    assert many.suggestion is None


def test_why_the_system_refused_a_file_is_said_in_the_readers_language(tmp_path):
    with pytest.raises(OSError, match="gone") as gone:
        (tmp_path / "gone").read_bytes()
    assert reason(gone.value) == t("文件或文件夹不存在", "no such file or folder")
    assert reason(OSError(28, "No space left on device")).zh == "磁盘已满"
    seldom = OSError(5, "Input/output error")
    assert reason(seldom) == t("系统提示“Input/output error”", "Input/output error")
    assert reason(OSError("odd")).en == "odd"
    assert reason(OSError()).en == "OSError"
