"""What every test shares: where the tree is, and property tests that give the same cases every time."""

import signal
from pathlib import Path

import hypothesis
import pytest

# Derandomised: a red gate must be red for everybody. No deadline: the first call of a rule compiles it.
hypothesis.settings.register_profile("gate", derandomize=True, deadline=None, database=None, print_blob=True)
hypothesis.settings.load_profile("gate")


# Whoever runs the gate in the background hands down an ignored Ctrl-C, and the tests of Ctrl-C would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parents[1]
