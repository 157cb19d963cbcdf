"""Files of strangers: read right, or told in one clear message; never a traceback, never a wrong number."""

from pathlib import Path

import numpy as np
import pytest

from labsim.analysis.survey.questions import Missing
from labsim.analysis.survey.survey import read_survey
from labsim.foundations.errors import InputError
from tests.survey.strangers import FORMS, Stranger, stranger


def tried(one: Stranger) -> bool:
    """Return whether a file was read, and rightly; a file with a fault must be told by its name or its codebook's."""
    try:
        found = read_survey(one.file, one.book)
    except InputError as error:
        for language in ("zh", "en"):
            said = error.render(language)
            assert str(one.file) in said or str(one.book) in said
            assert "Traceback" not in said
        assert one.fault, said
        return False
    assert one.fault in ("", "cut"), one  # what is cut late may still be a table
    if one.fault:
        return True
    acts, trust = found.answers["offline_12m"], found.answers["trust"]
    assert (acts.values == 1).sum() == one.yes
    assert (acts.values == 0).sum() == one.no
    assert (acts.missing == Missing.REFUSED).sum() == one.refused
    known = trust.values[np.isfinite(trust.values)]
    assert len(known) == one.scale[1]
    assert (1 + 4 * known).sum() == pytest.approx(one.scale[0])
    return True


def test_files_of_strangers_are_read_or_told(tmp_path: Path):
    read = [tried(stranger(number, tmp_path)) for number in range(8 * len(FORMS))]
    assert 0.7 < np.mean(read) < 0.95  # mostly readable, and faults among them


@pytest.mark.slow
def test_two_thousand_files_of_strangers(tmp_path: Path):
    read = 0
    for number in range(1000, 3000):
        one = stranger(number, tmp_path)
        read += tried(one)
        one.file.unlink()
    assert read > 1500
