"""Writing a file: what may be replaced, what is refused, and where a link leads."""

import os
from pathlib import Path

import pytest

from labsim.foundations.errors import InputError
from labsim.foundations.writing import check_writable, write_whole


@pytest.mark.parametrize("name", ["folder", "pipe", "link to pipe", "circle", "nowhere/file"])
def test_only_regular_files_are_replaced(tmp_path: Path, name: str):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link to pipe").symlink_to(tmp_path / "pipe")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    before = {one: one.lstat().st_mode for one in tmp_path.iterdir()}
    for attempt in (check_writable, lambda path: write_whole(path, "text")):
        with pytest.raises(InputError) as caught:
            attempt(tmp_path / name)
        (problem,) = caught.value.problems
        assert problem.where.file == str(tmp_path / name)
        if "pipe" in name:
            assert "not a regular file" in problem.render("en")
            assert "不是普通文件" in problem.render("zh")
    assert {one: one.lstat().st_mode for one in tmp_path.iterdir()} == before


def test_a_link_stays_and_leads_to_the_new_text(tmp_path: Path):
    (tmp_path / "far").mkdir()
    for name in ("old", "new"):
        (tmp_path / name).symlink_to(Path("far") / name)
    (tmp_path / "far" / "old").write_text("before", encoding="utf-8")
    for name in ("old", "new"):
        check_writable(tmp_path / name)
        write_whole(tmp_path / name, name)
        assert (tmp_path / name).is_symlink()
        assert not (tmp_path / "far" / name).is_symlink()
        assert (tmp_path / "far" / name).read_text(encoding="utf-8") == name
    assert sorted(one.name for one in (tmp_path / "far").iterdir()) == ["new", "old"]


def test_looking_whether_a_file_can_be_written_changes_nothing(tmp_path: Path):
    kept = tmp_path / "kept"
    kept.write_text("before", encoding="utf-8")
    check_writable(kept)
    check_writable(tmp_path / "new")
    assert list(tmp_path.iterdir()) == [kept]
    assert kept.read_text(encoding="utf-8") == "before"
