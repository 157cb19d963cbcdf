"""The doctor notices each thing that can be wrong with a machine, and names its fix in both languages."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from labsim.presentation import doctor, doctor_room, fonts
from labsim.presentation.doctor_check import Check
from labsim.presentation.watching import compiled_code


def complains(check: Check, state: str) -> None:
    assert check.state == state
    assert check.fix is not None
    assert check.what.zh != check.what.en


def test_a_kernel_of_another_python_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """As Jupyter itself finds it: the user's own kernels come first."""
    spec = tmp_path / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text('{"argv": ["/opt/other/python"], "display_name": "x", "language": "python"}', encoding="utf-8")
    assert doctor_room.kernel().state == "ok"
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    complains(found := doctor_room.kernel(), "warning")
    assert "/opt/other/python" in found.what.en
    assert sys.executable in found.fix.en  # type: ignore[union-attr]


def test_no_kernel_at_all_is_noticed(monkeypatch: pytest.MonkeyPatch):
    nothing = subprocess.CompletedProcess([], 1, stdout="", stderr="No module named jupyter_client")
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: nothing)
    complains(doctor_room.kernel(), "error")


@pytest.mark.parametrize("broken", ["no-such-package", "jupyterlab_widgets"])
def test_missing_widgets_are_noticed(monkeypatch: pytest.MonkeyPatch, broken: str):
    assert doctor_room.widgets().state == "ok"
    monkeypatch.setattr(doctor_room, "WIDGETS", {broken: "no/such/package.json"})
    complains(found := doctor_room.widgets(), "error")
    assert broken in found.what.en


def test_a_port_in_use_is_noticed_and_a_free_one_offered():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        number = one.getsockname()[1]
        complains(found := doctor_room.port(number), "warning")
        assert f"--port {number}" not in found.fix.en  # type: ignore[union-attr]
    assert str(number) in found.what.en


@pytest.mark.parametrize(
    "line",
    ['<script src="https://cdn.example.org/a.js">', "<link rel=x href='//cdn.example.org/a.css'>",
     "a{background:url(http://example.org/a.png)}", "import x from 'https://example.org/x.js'", 'fetch("https://a.b")'],
)  # fmt: skip
def test_a_page_that_asks_the_internet_is_noticed(tmp_path: Path, line: str):
    page = tmp_path / "templates" / "deep" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text('<a href="https://example.org">a link to click on</a>\n', encoding="utf-8")
    assert doctor_room.requests(tmp_path).state == "ok"
    page.write_text(line, encoding="utf-8")
    complains(found := doctor_room.requests(tmp_path), "error")
    assert "templates/deep/page.html" in found.what.en


def test_a_font_without_a_character_or_no_font_is_noticed(monkeypatch: pytest.MonkeyPatch):
    assert doctor._glyphs().state == "ok"
    assert fonts.lacking("社\U0002a6d6") == "\U0002a6d6"
    monkeypatch.setattr(fonts, "lacking", lambda text: text[:1])
    complains(doctor._glyphs(), "error")
    monkeypatch.undo()
    monkeypatch.setattr(fonts, "_source", lambda: b"no font")
    complains(doctor._glyphs(), "error")


def test_a_store_that_cannot_be_written_to_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("LABSIM_STORE", str(tmp_path / "new" / "folder"))
    assert doctor._store().state == "ok"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]
    monkeypatch.setenv("LABSIM_STORE", str(tmp_path / "file" / "runs"))
    complains(doctor._store(), "warning")


def test_the_compiled_cache_is_counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(doctor, "COMPILED", True)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    empty = doctor._cache()
    assert empty.state == "ok"
    assert "labsim demo" in empty.fix.en  # type: ignore[union-attr]
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "day.nbi").write_bytes(b"x" * 1000)
    (tmp_path / "model" / "day.1.nbc").write_bytes(b"x" * 2_000_000)
    assert compiled_code() == (1, 2_001_000)
    assert "1 functions compiled, 2 MB" in doctor._cache().what.en
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "gone"))
    complains(doctor._cache(), "warning")
