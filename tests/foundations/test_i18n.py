"""The language of the reader."""

import pytest

from labsim.foundations.i18n import in_language, language, t


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LABSIM_LANG": "zh", "LANG": "en_GB.UTF-8"}, "zh"),
        ({"LABSIM_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LABSIM_LANG": "中文"}, "zh"),
        ({"LABSIM_LANG": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "de_DE.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "C"}, "en"),
        ({}, "en"),
    ],
)
def test_the_switch_comes_before_the_locale(environment, expected):
    assert language(environment) == expected


def test_windows_locale_names_are_understood(monkeypatch):
    for name in ("LABSIM_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("locale.getlocale", lambda: ("Chinese (Simplified)_China", "936"))
    assert language() == "zh"
    monkeypatch.setattr("locale.getlocale", lambda: (None, None))
    assert language() == "en"


def test_a_text_is_read_in_the_language_asked_for(monkeypatch):
    monkeypatch.setenv("LABSIM_LANG", "zh")
    assert in_language(t("是", "yes")) == "是"
    assert in_language(t("是", "yes"), "en") == "yes"
