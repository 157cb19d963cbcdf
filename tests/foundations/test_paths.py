"""Files that travel with the package."""

from labsim.foundations import paths


def test_in_a_working_copy_files_stand_beside_the_package():
    assert paths.resource("scenarios", "baseline.toml").is_file()
    assert paths.resource("data", "evidence.csv").is_file()


def test_once_installed_files_stand_inside_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "INSTALLED", tmp_path)
    assert paths.resource("scenarios", "a.toml") == tmp_path / "scenarios" / "a.toml"
    monkeypatch.setattr(paths, "INSTALLED", tmp_path / "nothing")
    assert paths.resource("scenarios").is_dir()
