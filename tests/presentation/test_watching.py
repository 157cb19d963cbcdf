"""What is said while runs are under way: that the model is compiled, and how long it takes only when that is known."""

from pathlib import Path

import pytest

from labsim.foundations.i18n import t
from labsim.presentation import watching


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(watching, "COMPILED", True)
    return tmp_path


def test_that_the_model_is_compiled_first_is_said_once_and_only_then(cache: Path, capsys: pytest.CaptureFixture[str]):
    with watching.watching(t("正在运行", "running"), "zh"):
        pass
    assert "首次使用要先编译模型" in capsys.readouterr().err
    (cache / "rule.nbi").write_bytes(b"x")
    with watching.watching(t("正在运行", "running"), "en"):
        pass
    assert capsys.readouterr().err == ""


def test_the_time_left_is_reckoned_from_the_first_run_that_ended(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Compiling takes minutes before the first run ends, and then several end at once: they tell nothing."""
    (cache / "rule.nbi").write_bytes(b"x")
    now = [0.0]
    monkeypatch.setattr(watching, "monotonic", lambda: now[0])
    with watching.watching(t("正在运行", "running"), "en") as watch:
        assert watch.progress is not None
        for second, done in ((300.0, 1), (300.1, 8), (310.0, 20), (340.0, 81)):
            now[0] = second
            watch.progress(done, 200)
    said = capsys.readouterr().err.split()
    assert " ".join(said) == "running 81/200, about 60 s left"
