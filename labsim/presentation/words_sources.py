"""Where values come from, in words: sources of declarations in both languages.

Takes: a source as declared. Gives: its :class:`Text`; citations stay as they are.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.presentation.words_evidence import evidence_words
from labsim.scenario.differences import OWN
from labsim.scenario.levers import LEVERS
from labsim.scenario.world import WORLD

_PHRASES: Mapping[str, str] = MappingProxyType(
    {
        text.en: text.zh
        for text in (
            t("假设", "assumption"),
            t("个案叙述", "story"),
            t("文献", "literature"),
            t("本地数据", "local data"),
            t("范围为假设", "range assumption"),
            t("大小为假设", "size assumption"),
            t("对社工为假设", "assumption for workers"),
            t("地方的规模为假设", "size of the place assumption"),
            t("默认关闭", "off"),
            t("政策之前为关闭", "off before the policy"),
            t("关闭，只有核心模型", "off, the core alone"),
            t("设计", "design"),
            t("先验范围", "prior range"),
            t("先验范围 2–5", "prior 2-5"),
            t("大小", "size"),
            t("问卷", "survey"),
            t("自由参数，按 data/targets.toml 校准", "free, calibrated to data/targets.toml"),
            t("2 小时，每小时 20 元", "2 h at 20 yuan"),
            t("每栋 50 名居民", "50 residents each"),
            t("用来衡量问卷噪声", "against it the noise of a survey is judged"),
            t("同处置人员", "as a handler"),
            t("同应用内的一条消息", "as a message in the app"),
            t("同一次检查", "as an inspection"),
            t("同设备", "as equipment"),
            t("上门询问", "asked at the door"),
            t("低于 identification_accuracy_equipment（+58%）", "below identification_accuracy_equipment (+58 %)"),
            t("目前按资历", "by seniority today"),
            t("先到先得", "first come"),
            t("五件中四件按时", "four in five are in time"),
            t("三轮之内五件成四件", "four in five within three rounds"),
            t(
                "权重全满时几乎所有单位参加（以 party_coverage_2024 为目标）",
                "full weight brings nearly all units (party_coverage_2024 as the aim)",
            ),
            t("由此得出 duplicate_inspection_share", "gives duplicate_inspection_share"),
            t("半天", "half a day"),
            t("半天，每件十分钟", "half a day at ten minutes a case"),
            t("赶工得益为 1", "haste gains 1"),
            t("以讲课为主，有少量案例", "lectures with some cases"),
            t("下一阶段减半", "next stage halved"),
            t("未使用 secretary_project_efficiency_gain", "secretary_project_efficiency_gain is not used"),
            t("每年一次", "once a year"),
            t("satisfaction_survey_quarterly 属于政策", "satisfaction_survey_quarterly is the policy"),
            t("一个社区", "one community"),
            t("目前一级", "one step today"),
            t("超负荷使人离不开办公桌", "overload keeps people at their desks"),
            t("周期性，相位随机", "periodic with random phase"),
            t("由公安、法院或部门转来", "police, court or department pass it on"),
            t("标准精确，余地就小", "precise standards leave less slack"),
            t("一个区的满意居民", "satisfied residents of one district"),
            t("文件中没有数字", "the documents give no number"),
            t("量表中点", "the scale's middle"),
            t("每周三个半小时", "three and a half hours a week"),
            t("四分之三", "three quarters"),
            t("目前少数人每年一次", "today one a year for few"),
            t("计划", "plan"),
            t("两天", "two days"),
            t("两人三小时", "two persons, three hours"),
            t(
                "与其他各项合起来得出 joint_meeting_attendance_2023",
                "with the other terms, joint_meeting_attendance_2023",
            ),
            t("一次检查按一天计", "an inspection counts as one day"),
            t("议价中的信息不对称", "asymmetric information in bargaining"),
            t("未拟合 elder_panel_mediation_success", "elder_panel_mediation_success is not fitted"),
            t("差距本身为 social_worker_pay_gap", "the gap itself is social_worker_pay_gap"),
            t("正向反馈 d = 0.33", "positive feedback d = .33"),
            t("保留 0", "0 kept"),
            t("15 天减到 7 天，相差两次转介", "15 to 7 days in two referrals"),
            t("只列名，没有权重", "named without a weight"),
            t("因忙缺席", "absent because busy"),
            t("3 天办结", "settled in 3 days"),
            t("突击检查占 0.12 时，走过场的占全部检查 0.32", ".32 of all visits when .12 are unannounced"),
            t("0.65", ".65"),
            t("15 个工作日", "15 working days"),
            t("目前的用法为 1", "today's use is 1"),
            t("secretaries_over_10_years 说的是书记", "secretaries_over_10_years speaks of secretaries"),
            t("12.3% 有机会", "12.3 % had access"),
            t("假设为三年之内", "over three years assumed"),
            t("每周 52 小时", "52 h a week"),
            t("42 项全部量化", "all 42 are quantified"),
            t("措辞含糊", "wording is vague"),
            t("7 类计为 1", "7 kinds are 1"),
            t("目前每人 8 项", "8 each today"),
            t("004 的培训内容", "training contents of 004"),
            t("政策、数字工具、调解", "policy, digital tools, mediation"),
            t("假设三者等分", "equal shares assumed"),
            t("training_phase1_months 至第三阶段", "training_phase1_months to phase3"),
            t("12 个月熟悉期", "12 months of familiarisation"),
            t("unclear_responsibility_share（按社区计）", "unclear_responsibility_share, of communities"),
            t("当作案件占比（假设）", "taken as the share of cases (assumption)"),
            t("在目前流动率下保持 28% 受过培训", "keeps 28 % trained under today's turnover"),
            t("三轮之内 0.45", ".45 within three rounds"),
            t("志愿者留在家里", "volunteers stay at home"),
            t("没有外援队伍", "no teams from outside"),
            t("一半，其余归四点半课堂", "half, the rest for the after-school class"),
            t("gym_investment 按十年摊，占文体经费", "gym_investment over ten years, of the culture money"),
            t("两者皆为假设", "both assumptions"),
            t("三点半至五点半", "half past three to half past five"),
            t("学校或会议室的空闲时段", "off-hours of a school or a meeting room"),
            t("没有地图时一半", "half without a map"),
            t("app_proficiency_65plus 提出这一需要", "app_proficiency_65plus asks for it"),
            t("一小时换一小时", "hour for hour"),
            t("文件未给出", "not given"),
            t("谁可支取，文件未给出", "who may draw is not given"),
            t("线上由少数人完成多数", "online, few do most"),
            t("proxy_items_2024，按 7,500 居民", "proxy_items_2024 in 7,500 residents"),
            t("十之八九继续", "nine in ten go on"),
            t("由志愿者和大学生授课", "volunteers and students teach"),
            t("一小时按 volunteer_value 计", "as volunteer_value for an hour"),
            t("中性，即任何政策之前的用量", "neutral, the use before any policy"),
            t("每周 2 小时", "2 h a week"),
            t("2 分", "2 points"),
            t("2 个百分点", "2 pp"),
            t("5 个百分点", "5 pp"),
            t("20 小时，或 5%", "20 hours, or 5 %"),
            t("基准的 5%，至少 1000 元", "5 % of the baseline, at least 1000 yuan"),
            t("一天", "a day"),
            t("一分钟，或 5%", "a minute, or 5 %"),
            t("一个月", "a month"),
            t("一个 28 天周期", "a period"),
            t("量表的二十分之一", "a twentieth of the scale"),
            t("一周", "a week"),
            t("五，或 10%", "five, or 10 %"),
            t("半个岗位", "half a post"),
            t("半小时，或 5%", "half an hour, or 5 %"),
            t("一个", "one"),
            t("其中一个", "one of them"),
            t("二十件中一件", "one case in twenty"),
            t("一个部门", "one department"),
            t("四年中多一个", "one more in four years"),
            t("一个项目", "one project"),
            t("百分制的两分", "two points of a hundred"),
            t("两周", "two weeks"),
            t("每月一次，含节日", "once a month, holidays included"),
            t("退休志愿者，五天里两天", "retired volunteers, two days in five"),
            t(
                "council_conflict_resolution_rate 提到它，未使用",
                "council_conflict_resolution_rate tells of it and is not used",
            ),
            t("联席会议的一半", "half a joint meeting"),
            t(
                "低于 crowdfund_household_contribution + crowdfund_community_subsidy",
                "below crowdfund_household_contribution + crowdfund_community_subsidy",
            ),
        )
    }
)
"""What declarations and instruments say in words about a source; citations and evidence ids are not in it."""
_SHARE = re.compile(r"([\d.]+) % of the baseline, at least ([\d.]+)")
_KEY = re.compile(r"(?<![\w./])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w./])")
"""An evidence id, or the name of a parameter, within a source."""
_TIGHT = re.compile(r" (?=“)|(?<=”) ")
_AS = re.compile(r"as ([a-z]+(?:_[a-z]+)+)")
_SUFFIXES = (t("（之前）", " (before)"), t("（定义）", " (definition)"))


def source(written: str) -> Text:
    """Return where a value comes from, in words; citations stay as they are."""
    if written == OWN:
        return t("本情景", "this scenario")
    parts = [[_phrase(clause) for clause in part.split(": ")] for part in written.split("; ")]
    said = t("；".join("：".join(part) for part in parts), written)
    zh = _KEY.sub(lambda found: _named(found[0]).zh, said.zh).replace("”, “", "”、“")
    return t(_TIGHT.sub("", zh), _KEY.sub(lambda found: _named(found[0]).en, said.en))


def _named(key: str) -> Text:
    """Return the words of an evidence id, or of a parameter or lever that a source points to."""
    if key in evidence_words():
        words = evidence_words()[key]
    elif key in WORLD or key in LEVERS:
        words = (WORLD if key in WORLD else LEVERS)[key].label
    else:
        return t(key, key)
    return t(f"“{words.zh}”", f"'{words.en}'")


def _phrase(clause: str) -> str:
    """Return one clause of a source in Chinese; a citation or an evidence id is returned as it is."""
    for suffix in _SUFFIXES:
        if clause.endswith(suffix.en):
            return clause.removesuffix(suffix.en) + suffix.zh
    if share := _SHARE.fullmatch(clause):
        return t(f"基准的 {share[1]}%，至少 {share[2]}", clause).zh
    if like := _AS.fullmatch(clause):
        return t(f"同 {like[1]}", clause).zh
    return _PHRASES.get(clause, clause)
