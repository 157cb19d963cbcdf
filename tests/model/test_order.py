"""The printed order of a day is the order in which the day runs."""

import ast
import inspect

from labsim.model import day
from labsim.model.day import ORDER


def statements(source: str, function: str) -> ast.FunctionDef:
    """Return the syntax tree of a function in a source text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return node
    raise LookupError(function)


def calls(tree: ast.AST) -> list[str]:
    """Return the names called in a tree, in the order in which they stand; a name called twice in a row counts once."""
    found = sorted(
        (node.lineno, node.col_offset, node.func.id)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )
    names = [name for _, _, name in found if name not in {"range", "float", "int", "len"}]
    return [name for i, name in enumerate(names) if i == 0 or names[i - 1] != name]


SOURCE = inspect.getsource(day)


def test_the_day_calls_the_kernels_of_the_order_and_nothing_else():
    assert calls(statements(SOURCE, "one_day")) == [step.kernel for step in ORDER]


def test_steps_are_numbered_upwards_from_one_to_nine():
    numbers = [step.number for step in ORDER]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, 10))


def test_everybody_decides_before_anything_takes_effect():
    """All residents of a day decide at once, from the state at the start of step 5."""
    names = [step.kernel for step in ORDER]
    effects = [names.index(name) for name in ("take_effect", "issue_points", "redeem_points", "learn_from_contacts")]
    assert names.index("decide") < min(effects)
    assert names[-2:] == ["record", "conserve"]


def test_every_run_goes_through_one_day():
    assert calls(statements(SOURCE, "run_days"))[-1] == "one_day"


def test_every_step_says_what_it_does_in_both_languages():
    assert all(step.label.zh != step.label.en for step in ORDER)
    assert len({step.label.en for step in ORDER}) == len(ORDER)


def test_a_swapped_call_is_noticed():
    swapped = SOURCE.replace("issue_points(setup, state, today, policy)", "PLACE").replace(
        "redeem_points(setup, state, today, policy, day)", "issue_points(setup, state, today, policy)"
    )
    swapped = swapped.replace("PLACE", "redeem_points(setup, state, today, policy, day)")
    assert calls(statements(swapped, "one_day")) != [step.kernel for step in ORDER]
