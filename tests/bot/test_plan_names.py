"""Which plans a question names, and what is left of it."""

import pytest

from bot.plans.naming import PlanNames
from ingest.library.catalogue import entry_of

GENERAL = "国民经济和社会发展第{}个五年规划纲要"
TITLES = {
    "jl": "吉林省" + GENERAL.format("十四"),
    "jl13": "吉林省" + GENERAL.format("十三"),
    "ln": "辽宁省" + GENERAL.format("十四"),
    "ln13": "辽宁省" + GENERAL.format("十三"),
    "hlj": "黑龙江省" + GENERAL.format("十四"),
    "cc": "长春市" + GENERAL.format("十四"),
    "bs": "白山市" + GENERAL.format("十四"),
    "road": "辽宁省“十四五”交通运输发展规划",
}


@pytest.fixture(scope="module")
def names():
    return PlanNames([entry_of(key, title) for key, title in TITLES.items()], "jl")


@pytest.mark.parametrize(
    ("question", "keys", "rest"),
    [
        ("2025年森林覆盖率目标是多少？", (), "2025年森林覆盖率目标是多少？"),
        ("辽宁省2025年森林覆盖率是多少？", ("ln",), "2025年森林覆盖率是多少？"),
        ("遼寧怎样发展数字经济", ("ln",), "怎样发展数字经济"),
        ("《辽宁省“十四五”规划纲要》里怎样扩大就业？", ("ln",), "怎样扩大就业？"),
        ("辽宁省十三五规划的粮食产量目标", ("ln13",), "粮食产量目标"),
        ("辽宁“十三五”时期的就业目标", ("ln13",), "就业目标"),
        # The home plan speaks of the period before its own; only the plan of that period is another one.
        ("吉林省十三五时期取得了什么成就", ("jl",), None),
        ("吉林省十三五规划的森林覆盖率目标", ("jl13",), "森林覆盖率目标"),
        ("长春市的轨道交通怎么建", ("cc",), "轨道交通怎么建"),
        # A city's short name means the place, of which the home plan speaks too.
        ("长春的轨道交通怎么建", (), "长春的轨道交通怎么建"),
        ("长春“十四五”规划里轨道交通怎么建", ("cc",), "轨道交通怎么建"),
        ("长白山旅游怎么发展", (), "长白山旅游怎么发展"),
        ("吉林市怎样发展旅游", (), "吉林市怎样发展旅游"),
        ("辽宁省十二五规划的目标", ("ln",), None),
    ],
)
def test_a_plan_is_named_by_its_region_and_period(names, question, keys, rest):
    named = names.find(question)
    assert named.keys == keys
    if rest is not None:
        assert named.rest == rest
    assert not named.compares


@pytest.mark.parametrize(
    ("question", "keys", "rest"),
    [
        ("吉林省和辽宁省的森林覆盖率目标有什么不同？", ("jl", "ln"), "森林覆盖率目标？"),
        ("辽宁与黑龙江相比，谁的城镇化率更高？", ("ln", "hlj"), "城镇化率？"),
        ("对比一下辽宁省、黑龙江省和吉林省的粮食产量目标", ("ln", "hlj", "jl"), "粮食产量目标"),
        ("辽宁、黑龙江两省的城镇化率分别是多少", ("ln", "hlj"), "城镇化率是多少"),
        ("辽宁省十四五规划和十三五规划的粮食产量目标有什么区别", ("ln", "ln13"), "粮食产量目标"),
        ("吉林的森林覆盖率比辽宁高多少", ("jl", "ln"), None),
    ],
)
def test_plans_are_set_side_by_side(names, question, keys, rest):
    named = names.find(question)
    assert named.keys == keys
    assert named.compares
    if rest is not None:
        assert named.rest == rest


def test_what_regions_do_together_is_no_comparison(names):
    named = names.find("吉林和黑龙江怎样合作")
    assert named.keys == ("jl", "hlj")
    assert not named.compares


@pytest.mark.parametrize(
    ("question", "about", "level", "periods"),
    [
        ("哪些规划提到氢能？", "氢能？", "", ()),
        ("有哪些市的规划里说到轨道交通", "轨道交通", "市", ()),
        ("哪几个省提出发展氢能", "发展氢能", "省", ()),
        ("哪些十三五规划提到氢能", "氢能", "", ("十三五",)),
        ("多少份规划涉及低空经济", "低空经济", "", ()),
    ],
)
def test_a_survey_is_known_by_its_words(names, question, about, level, periods):
    survey = names.survey(question)
    assert (survey.about, survey.level, survey.periods) == (about, level, periods)


@pytest.mark.parametrize("question", ["哪些县要建氢能产业园", "规划提到氢能吗", "哪些项目是省里支持的"])
def test_a_question_for_one_plan_is_no_survey(names, question):
    assert names.survey(question) is None


def test_a_bare_question_has_nothing_of_its_own(names):
    assert names.find("那辽宁省呢？").bare
    assert not names.find("那辽宁省的就业呢？").bare
