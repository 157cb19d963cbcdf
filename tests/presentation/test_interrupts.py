"""Ctrl-C: answered at once, in the reader's language, and never with a traceback."""

import signal
import sys

import pytest

from labsim.__main__ import main
from labsim.presentation import terminal


@pytest.mark.parametrize(("lang", "words"), [("zh", "正在收尾"), ("en", "finishing what is under way")])
def test_the_first_ctrl_c_is_answered_and_only_the_first(capsys: pytest.CaptureFixture[str], lang: str, words: str):
    before = signal.getsignal(signal.SIGINT)
    with terminal.answering(lang):
        for said in (1, 0):
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            assert capsys.readouterr().err.count(words) == said
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with terminal.answering("en"):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_ctrl_c_while_loading_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    class Impatient:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if name == "labsim.presentation.cli":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "labsim.presentation.cli", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Impatient, *sys.meta_path])
    assert main() == 130
    assert capsys.readouterr().err == "已中断。 / Interrupted.\n"
