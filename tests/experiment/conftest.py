"""Messages are read in English, whatever the language of the machine."""

import pytest


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LABSIM_LANG", "en")
