"""What every test shares: where the tree is, and property tests that give the same cases every time."""

import os
import signal
import tempfile
from pathlib import Path

import hypothesis
import pytest

# Derandomised: a red gate must be red for everybody. No deadline: the first call of a rule compiles it.
hypothesis.settings.register_profile("gate", derandomize=True, deadline=None, database=None, print_blob=True)
hypothesis.settings.load_profile("gate")


# Whoever runs the gate in the background hands down an ignored Ctrl-C, and the tests of Ctrl-C would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# No test may read or fill the store of whoever runs the gate; processes that tests start inherit this one.
_STORE = tempfile.TemporaryDirectory(prefix="labsim-test-store-", ignore_cleanup_errors=True)
os.environ["LABSIM_STORE"] = _STORE.name


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parents[1]
