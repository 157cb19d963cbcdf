"""What is said above the results: whether they are full, quick, estimated or still to come.

Takes: what is seen. Gives: a sentence and the state it stands for.
"""

from labsim.foundations.i18n import t
from labsim.presentation.lab.body import Seen
from labsim.presentation.words import quantity
from labsim.scenario.levers import LEVERS


def said_of(seen: Seen) -> tuple[str, str]:
    """Return what is said about the numbers on the page, and their state."""
    quick, lang = seen.desk.quick, seen.view.lang
    if seen.view.stated is None or not seen.view.policies:
        return "", ""
    if seen.full is not None:
        told = seen.full.result
        planned = told.design.requested
        part = t(f"，计划 {planned} 次，中途停止", f" of {planned}, stopped on the way")
        zh, en = (part.zh, part.en) if told.interrupted else ("", "")
        return t(
            f"完整结果：{told.finished} 次运行{zh}，含运气与参数未知。",
            f"Full result: {told.finished} runs{en}, luck and knowledge.",
        ).in_language(lang), "full"
    if quick is None or quick.prints != seen.prints:
        return t(
            "正在计算快速回答……首次使用要先编译模型，需几分钟。",
            "Working on a quick answer… The first time the model is compiled, which takes minutes.",
        ).in_language(lang), "waiting"
    if quick.estimates:
        one = quick.estimates[0]
        q = LEVERS[one.lever]
        at = "、".join(quantity(v, q.unit).in_language(lang) for v in one.at)
        return t(
            f"初步估计：由“{q.label.zh}”为 {at} 的已有运行推算，自己的运行正在补上。",
            f"A first estimate from runs with '{q.label.en}' at {at}; its own runs are on their way.",
        ).in_language(lang), "estimate"
    n = max((d.paired.n for d in quick.comparison.differences), default=0)
    done = t("。", ".") if quick.complete else t("，还在增加。", ", more are coming.")
    return t(
        f"快速回答：{n} 对，仅含运气，{quick.seconds:.1f} 秒{done.zh}按“运行”得到含参数未知的完整结论。",
        f"Quick answer: {n} pairs, luck only, {quick.seconds:.1f} s{done.en} Press Run for the full verdict.",
    ).in_language(lang), "quick" if quick.complete else "growing"
