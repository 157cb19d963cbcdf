"""Good files broken in 300 ways: never a traceback, always the key and a way out, in both languages."""

import random
import re

import pytest

from labsim.foundations.errors import InputError
from labsim.scenario.community import COMMUNITY
from labsim.scenario.files import load
from labsim.scenario.levers import LEVERS
from labsim.scenario.world import WORLD

GOOD = """\
extends = "baseline.toml"
name = "mine"
start_date = 2026-01-01
horizon = 364
burn_in = 182
[label]
zh = "我的"
en = "mine"
[population]
residents = 300
migrant_share = 0.2
[world]
taste_sd = 1.2
intake_days = "24 h"
duplicate_window = 10
[levers]
staff = 14
results_told = "30%"
points_earning = true
repair_budget = "8 万元/年"
inspection_frequency = 3.5
[[instruments]]
name = "joint_meeting"
start = 28
ramp = 14
stop = 200
[[phases]]
lever = "handlers"
value = 4
start = 2026-03-01
ramp = 10
[[injects]]
day = 50
kind = "staff_leave"
magnitude = 2
"""
CATALOGUES = {"population": COMMUNITY, "world": WORLD, "levers": LEVERS}
VALUES = {name: (section, q) for section, catalogue in CATALOGUES.items() for name, q in catalogue.items()
          if re.search(rf"^{name} = ", GOOD, re.MULTILINE)}  # fmt: skip
KEYS = sorted({line.split(" = ")[0] for line in GOOD.splitlines() if " = " in line} - {"extends", "zh", "en"})
WAYS = ("misspelt", "range", "type", "unit", "chinese", "full_width", "no_equals", "no_quote", "twice", "noise")


def line_of(key):
    return next(i for i, line in enumerate(GOOD.splitlines()) if line.startswith(f"{key} = "))


def misspell(rng, word):
    at = rng.randrange(1, len(word)) if len(word) > 3 else len(word)
    return rng.choice([word[:at] + word[at + 1 :], word[:at] + word[at - 1] + word[at:], word + "s"])


def broken(way, rng):
    """Return a broken file, the line that is wrong, and what the message must contain."""
    lines = GOOD.splitlines()
    name = rng.choice(sorted(VALUES))
    q = VALUES[name][1]
    at = line_of(name)
    if way == "misspelt":
        key = rng.choice(KEYS)
        at, wrong = line_of(key), misspell(rng, key)
        while wrong in (*KEYS, *LEVERS, *WORLD, *COMMUNITY):
            wrong = misspell(rng, key)
        lines[at] = lines[at].replace(key, wrong, 1)
        return lines, at, [wrong]
    if way == "range":
        lines[at] = f"{name} = {rng.choice([q.low - 1 - rng.random(), q.high + 1 + rng.random()])}"
        return lines, at, [name, "0/1" if q.unit == "off/on" else f"{q.high:.10g}"]
    if way == "type":
        lines[at] = f"{name} = {rng.choice(['[1]', '{ a = 1 }', '2026-01-01', '[]', '07:32:00'])}"
        return lines, at, [name]
    if way == "unit":
        lines[at] = f'{name} = "{rng.randint(1, 9)} {rng.choice(["bananas", "斤", "kg", "month", "°C"])}"'
        return lines, at, [name, "0/1" if q.unit == "off/on" else q.unit]
    if way == "chinese":
        lines[at] = lines[at].replace(name, rng.choice([q.label.zh, f'"{q.label.zh}"']), 1)
        return lines, at, [name]
    if way == "full_width":
        name = rng.choice(["residents", "staff", "inspection_frequency", "horizon", "ramp"])
        at = line_of(name)
        lines[at] = re.sub(r"\d", lambda digit: chr(ord(digit[0]) + 0xFEE0), lines[at])
        return lines, at, [name]
    if way == "no_equals":
        key = rng.choice(KEYS)
        at = line_of(key)
        lines[at] = lines[at].replace(" = ", rng.choice([" ", ": ", "：", " == "]), 1)
        return lines, at, [key]
    if way == "no_quote":
        key = rng.choice(["name", "intake_days", "results_told", "repair_budget", "lever", "kind"])
        at = line_of(key)
        lines[at] = lines[at][:-1] if rng.random() < 0.5 else lines[at].replace('"', "", 1)
        return lines, at, [key]
    assert way == "twice"
    lines.insert(at + 1, lines[at])
    return lines, at + 1, [name]


def noisy(rng):
    """Return the good file with a few letters and signs scattered over it; it may still be good."""
    letters = list(GOOD)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(letters))
        letters[at : at + rng.randint(0, 2)] = rng.choice(list("[]{}=\"'\\\n#.,\t3é中　“\x0b\u2028"))
    return "".join(letters)


def problems_of(path):
    """Return what is wrong with a file; anything but an InputError goes through."""
    try:
        load(path)
    except InputError as error:
        return error.problems
    return []


@pytest.mark.parametrize("way", WAYS)
def test_a_broken_file_never_ends_in_a_traceback(way, tmp_path):
    rng = random.Random(f"labsim {way}")
    path = tmp_path / "mine.toml"
    for case in range(30):
        if way == "noise":
            path.write_text(noisy(rng), encoding="utf-8", newline="\n")
            for one in problems_of(path):
                assert one.render("zh")
                assert one.render("en")
                assert one.where.line is not None, one.render("en")
            continue
        lines, at, words = broken(way, rng)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with pytest.raises(InputError) as caught:
            load(path)
        here = [one for one in caught.value.problems if one.where.line == at + 1]
        assert here, (case, lines[at], caught.value.render("en"))
        for language in ("zh", "en"):
            told = "\n".join(one.render(language) for one in here)
            for word in words:
                assert word in told, (case, lines[at], told)
            assert ("允许" if language == "zh" else "allowed") in told
        if way in ("misspelt", "chinese"):
            assert any(one.suggestion for one in here), (lines[at], caught.value.render("en"))


def test_the_file_that_is_broken_is_good(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert load(path).levers["staff"] == 14


def test_a_misspelt_key_is_nearly_always_led_back_to_the_right_one(tmp_path):
    rng = random.Random("labsim nearest")
    path, right, total = tmp_path / "mine.toml", 0, 100
    for _ in range(total):
        name = rng.choice(sorted(VALUES))
        wrong = misspell(rng, name)
        lines = GOOD.splitlines()
        lines[line_of(name)] = lines[line_of(name)].replace(name, wrong, 1)
        path.write_text("\n".join(lines), encoding="utf-8")
        with pytest.raises(InputError) as caught:
            load(path)
        right += any(one.suggestion == name for one in caught.value.problems)
    assert right >= 97, right
