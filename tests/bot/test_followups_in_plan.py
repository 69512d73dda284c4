"""Follow-ups of each kind on the shipped plan: what they are taken for, and what is answered."""

import pytest

PUMPED = "蛟河抽水蓄能电站总投资多少"
AIRPORT = "长春龙嘉机场三期扩建投资多少"
RAILWAY = "敦化到牡丹江高铁全长多少"


def _understood(ask, history, question):
    answer = ask(question, history)
    if answer.status == "answered":
        assert answer.text.startswith(f"按“{answer.question}”来回答：")
    return answer


@pytest.mark.parametrize(
    ("history", "question", "understood", "fact"),
    [
        # A place, or part of a name, stands for the thing beside the one before.
        ([AIRPORT], "通化那个机场呢", "扩建通化三源浦机场投资多少", "5亿元"),
        ([AIRPORT], "四平呢", "新建四平军民合用机场投资多少", "4亿元"),
        ([PUMPED], "安图的又是多少", "安图抽水蓄能电站总投资多少", "72亿元"),
        ([PUMPED, "装机呢"], "桦甸", "桦甸（红石）抽水蓄能电站的装机是多少", "120万千瓦"),
        ([RAILWAY], "珲春到东宁那条", "珲春至东宁铁路全长多少", "132公里"),
        (["引嫩入白扩建投资多少"], "中部城市引松供水呢", "中部城市引松供水二期投资多少", "36.6亿元"),
        (["和龙明岩水利枢纽库容多大"], "永吉四间水库", "永吉四间水库库容多大", "1564万立方米"),
        (["中韩示范区做什么"], "珲春海洋经济示范区呢", "珲春海洋经济发展示范区做什么", "东北亚港航物流中心"),
        (["临江口岸桥修多长"], "长白那个桥多少米", "长白口岸一级公路桥多少米", "174米"),
        # How far the same thing is to move.
        (["2025年城镇化率"], "比2020年提高多少", "常住人口城镇化率2025年比2020年提高多少", "5个百分点"),
        (["森林覆盖率"], "提高几个百分点", "森林覆盖率提高几个百分点", "0.8个百分点"),
        # The frame of the question before with a thing of the same kind.
        (["化工产业到2025年规模多少", "装备制造呢"], "汽车那块呢", "汽车产业到2025年规模多少", "万亿级"),
        (["全省城市管道燃气普及率2025年多少"], "供水呢", "全省供水普及率2025年多少", "96%"),
        (["2020年城镇居民收入增长多少"], "那農村居民的呢", "2020年农村居民收入增长多少", "7.6"),
        (["四平市在区域创新高地里做什么"], "延边呢", "延边在区域创新高地里做什么", "延吉高新区"),
        (["非化石能源消费比重2025年提到多少"], "煤炭呢", "煤炭消费比重2025年提到多少", "62%"),
        (["森林覆盖率2020年是多少"], "25年呢", "森林覆盖率2025年是多少", "45.8"),
        # Corrections.
        (["四平在区域创新高地里干啥"], "我问的是辽源", "辽源在区域创新高地里干啥", "动力电池"),
        (["敦化到白河铁路投资多少"], "不是投资，是长度", "敦化至白河铁路的长度是多少", "113公里"),
        (["医药健康产业规模2025年多大"], "不是医药，是化工", "化工产业规模2025年多大", "1500亿元"),
        # Attributes, in any spelling.
        ([RAILWAY], "投资", "敦化至牡丹江高铁的投资是多少", "60亿元"),
        ([RAILWAY], "na touzi ne", "敦化至牡丹江高铁的投资是多少", "60亿元"),
        ([RAILWAY], "总投姿呢", "敦化至牡丹江高铁的总投资是多少", "60亿元"),
        ([PUMPED], "zhuangji ne", "蛟河抽水蓄能电站的装机是多少", "120万千瓦"),
        (["森林覆盖率2025年目标"], "这算硬指标不", "森林覆盖率算硬指标不", "约束性"),
        # A part of the thing before, or something else of it, with its own asking.
        (["中部城市引松供水二期投资多少"], "输水线路多长", "中部城市引松供水二期输水线路多长", "274.5公里"),
        (
            ["长岭双坨子储气库投多少"],
            "双阳那个工作气量有多少",
            "双阳气顶天然气储气库工作气量有多少",
            "亿立方米",
        ),
        # What an answer has listed, and the things of two questions.
        (
            ["诚信吉林有哪几项行动"],
            "最后一个是啥",
            "重点领域失信问题专项治理行动的内容是什么",
            "失信被执行人",
        ),
        (["服务业转型提质行动有哪些"], "头一个呢", "冰雪旅游壮大行动的内容是什么", "冰雪旅游品牌"),
        ([PUMPED, "通化那个呢"], "哪个投资大", "蛟河抽水蓄能电站和通化抽水蓄能电站哪个投资大", "70亿元"),
    ],
)
def test_what_a_follow_up_is_taken_for(ask, history, question, understood, fact):
    answer = _understood(ask, history, question)
    assert answer.question == understood
    assert fact in answer.text


@pytest.mark.parametrize(
    "opening",
    ["算了不问这个，", "换个话题，", "不说这个了，", "对了，", "换个问题 "],
)
def test_changed_subject_stands_alone(ask, opening):
    answer = ask(f"{opening}2025年高速公路通车里程多少", [PUMPED, "装机呢"])
    assert answer.question == "2025年高速公路通车里程多少"
    assert "5000公里" in answer.text
    assert "抽水蓄能" not in answer.text


@pytest.mark.parametrize(
    ("history", "question", "understood"),
    [
        ([RAILWAY], "票价呢", "敦化至牡丹江高铁的票价是多少"),
        ([RAILWAY], "票介多少", "敦化至牡丹江高铁票价多少"),
        ([RAILWAY], "负责人电话", "敦化至牡丹江高铁的负责人电话是多少号"),
        ([RAILWAY], "啥时候建成", "敦化至牡丹江高铁啥时候建成"),
        (["2025年城镇化率目标是多少"], "辽宁呢", "辽宁2025年城镇化率目标是多少"),
        (["城镇调查失业率控制在多少"], "四平市自己的呢", "四平市城镇调查失业率控制在多少"),
    ],
)
def test_what_the_plan_does_not_tell_of_a_thing(ask, history, question, understood):
    answer = ask(question, history)
    assert (answer.status, answer.question) == ("not_in_plan", understood)


def test_new_thing_is_told_of_where_the_old_asking_does_not_fit_it(ask):
    answer = ask("老工业城市呢", ["林区怎么转型"])
    assert answer.status == "answered"
    assert "老工业城市" in answer.citations[0].quote


def test_more_stays_in_the_list_before(ask):
    question = "冰雪旅游有什么项目"
    first, more = ask(question), ask("还有别的没", [question])
    assert more.question == question
    sections = {(citation.chapter, citation.section) for citation in first.citations}
    beside = [citation for citation in more.citations if (citation.chapter, citation.section) in sections]
    assert len(beside) > len(more.citations) / 2
    assert not {citation.quote for citation in first.citations} & {citation.quote for citation in beside}


@pytest.mark.parametrize("question", ["第八个呢", "最后一个呢"])
def test_no_such_member_of_a_list_asks_again(ask, question):
    assert ask(question, ["国有企业提质工程是啥"]).status == "answered"


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("我想回村搞养殖，政府支持啥？", "吉林有哪些重点项目"),
        ("天灾损失占GDP控制多少", "碳排放往远了看是升还是降"),
        ("敦化至白河铁路花多少钱", "吉林要修哪些高铁"),
    ],
)
def test_another_subject_takes_nothing_over(ask, before, question):
    answer = ask(question, [before])
    assert answer.question == question
    assert answer.text == ask(question).text


def test_what_only_shares_words_is_no_topic(engine):
    assert engine.reader.topic("我想回村搞养殖，政府支持啥？") == ""
    assert engine.reader.topic("敦化至白河铁路花多少钱") == "敦化至白河铁路"
