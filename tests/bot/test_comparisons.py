"""Comparisons: both sides, each with its own citation."""

import pytest

from bot.compose.sides import sides_of


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [("长春至白城铁路提速和吉林枢纽西环线哪个投资大", "总投资6亿元", "总投资21亿元"),
     ("蛟河抽水蓄能电站和通化抽水蓄能电站的装机有什么不同", "120万千瓦", "80万千瓦"),
     ("长春龙嘉国际机场三期扩建和扩建通化三源浦机场花的钱有什么差别", "300亿元", "5亿元"),
     ("靖宇青龙河水库与永吉四间水库的投资相比", "4.8亿元", "5.4亿元")],
)  # fmt: skip
def test_both_sides_are_cited(ask, question, first, second):
    answer = ask(question)
    assert answer.status == "answered"
    lines = answer.text.split("\n")
    heads = [number for number, line in enumerate(lines) if line.startswith("**") and line.endswith("**")]
    assert len(heads) == 2
    assert any(first in line for line in lines[heads[0] : heads[1]])
    assert any(second in line for line in lines[heads[1] :])


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("东部和西部的生态建设有什么不同", ["东部", "西部"]),
        ("请问甲公路与乙公路哪个长", ["甲公路", "乙公路"]),
        ("松花湖对比查干湖", ["松花湖", "查干湖"]),
        ("城镇跟农村的收入区别", ["城镇", "农村"]),
        ("东部、中部和西部的重点有啥不一样", ["东部", "中部", "西部"]),
        ("2025年和2035年的目标有什么不同", ["2025年", "2035年"]),
    ],
)
def test_sides_of(text, sides):
    assert sides_of(text)[0] == sides


@pytest.mark.parametrize(
    ("text", "sides", "tail"),
    [("甲桥比乙桥长多少米", ["甲桥", "乙桥"], "长多少米"),
     ("抚松到靖宇的高铁比安图到图们的贵多少", ["抚松到靖宇的高铁", "安图到图们"], "的贵多少"),
     ("安图抽水蓄能比通化抽水蓄能装机大多少", ["安图抽水蓄能", "通化抽水蓄能"], "装机大多少"),
     ("黑马储气库比白马储气库的工作气量多多少", ["黑马储气库", "白马储气库"], "工作气量多多少"),
     ("煤炭跟钢铁建材2025年规模差多少", ["煤炭", "钢铁建材"], "2025年规模差多少"),
     ("供气可靠率和户厕普及率哪个高", ["供气可靠率", "户厕普及率"], "哪个高"),
     ("和龙和珲春哪个项目多", ["和龙", "珲春"], "哪个项目多"),
     ("甲基地，乙雪场，谁的雪道多", ["甲基地", "乙雪场"], "谁的雪道多"),
     ("甲制造 乙制造 丙制造各做到多大", ["甲制造", "乙制造", "丙制造"], "各做到多大"),
     ("东部中部西部各自往哪走", ["东部", "中部", "西部"], "各自往哪走"),
     ("蛟河安图两个电站哪个大", ["蛟河", "安图"], "两个电站哪个大"),
     ("甲机场加乙机场一共花多少", ["甲机场", "乙机场"], "一共花多少")],
)  # fmt: skip
def test_sides_without_what_is_compared(text, sides, tail):
    assert sides_of(text) == (sides, tail)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025比2020多多少",
        "比例提高多少",
        "信用体系的5、3、6各是什么",
        "区别是什么",
        "城镇化率的变化",
        "和",
        "怎么和谁比较",
        "与时俱进",
    ],
)
def test_no_two_sides(text):
    assert sides_of(text) is None


@pytest.mark.parametrize(
    ("question", "result", "first", "second"),
    [("长白口岸公路桥比临江口岸桥短多少", "322米", "496米", "174米"),
     ("本集高速比辉临高速长多少公里", "16公里", "58公里", "42公里"),
     ("沈阳到白河的高铁比珲春到东宁的铁路长多少", "123公里", "255公里", "132公里"),
     ("长春到通化的高铁比沈阳到白河的长多少", "35公里", "290公里", "255公里"),
     ("长图线跟沈吉线扩能改造，投资相差多少", "178亿元", "245亿元", "67亿元"),
     ("明岩水利枢纽跟四间水库库容差多少", "8427万立方米", "9991万立方米", "1564万立方米"),
     ("长岭双坨子比双阳储气库的工作气量多多少", "4.12亿立方米", "5.12亿立方米", "1亿立方米"),
     ("敦白铁路和沈白高铁谁跑得快，快多少", "100公里/小时", "350公里/小时", "250公里/小时"),
     ("全省高铁里程和铁路里程差多少公里", "3950公里", "突破5350公里", "突破1400公里")],
)  # fmt: skip
def test_difference_is_worked_out_from_both(ask, question, result, first, second):
    answer = ask(question)
    line = answer.text.split("\n")[0]
    assert line.startswith(f"相差**{result}**：")
    assert answer.value == result
    assert line.index(f"{first} − ") < line.index(f"{second} = {result}。[1]")
    assert all(any(value in citation.quote for citation in answer.citations) for value in (first, second))


@pytest.mark.parametrize(
    ("question", "result", "terms"),
    [("珲春LNG项目和长春LNG储配站加起来投资多少", "55亿元", ["珲春LNG项目47亿元", "长春LNG储配站8亿元"]),
     ("通化机场扩建加四平机场新建一共花多少亿", "9亿元", ["5亿元", "4亿元"]),
     ("白城生态牧业的奶牛和肉牛一共多少头", "110万头", ["10万头", "100万头"]),
     ("四个抽水蓄能电站总共要投多少", "242亿元", ["70亿元", "60亿元", "40亿元", "72亿元"])],
)  # fmt: skip
def test_sum_is_written_out(ask, question, result, terms):
    line = ask(question).text.split("\n")[0]
    assert line.startswith(f"合计**{result}**：")
    assert len(line.split(" + ")) == len(terms)
    assert all(term in line for term in terms)


@pytest.mark.parametrize(
    ("question", "told"),
    [("中部城市引松供水二期和引嫩入白扩建，谁的投资大",
      "**引嫩入白扩建**投资更多：引嫩入白扩建**50亿元**，中部城市引松供水二期**36.6亿元**"),
     ("通化万峰滑雪场和北大湖训练基地，哪个雪道长",
      "**通化万峰滑雪场**更长：通化万峰滑雪场**31公里**，北大湖训练基地**24公里**"),
     ("国道饶盖公路舒兰白旗大桥和牙四公路哪个便宜",
      "**牙四公路**投资更少：牙四公路**3亿元**，国道饶盖公路舒兰白旗大桥**7亿元**"),
     ("大丝束碳纤维和碳纤维产业园哪个产量高",
      "**碳纤维产业园**更多：碳纤维产业园**1万吨**，大丝束碳纤维**8000吨**"),
     ("滑雪场和滑冰馆哪个建得多", "**滑雪场**更多：滑雪场**30个**，滑冰馆**10座**"),
     ("红旗跑车和解放J7装配线，哪个产能大", "两者相同：红旗跑车**5万辆**，解放J7装配线**5万辆**")],
)  # fmt: skip
def test_winner_is_named_from_the_numbers(ask, question, told):
    assert ask(question).text.startswith(told)


@pytest.mark.parametrize(
    ("question", "told"),
    [("四平机场、延吉机场和通化机场各投多少钱", "四平机场**4亿元**，延吉机场**62亿元**，通化机场**5亿元**"),
     ("耕地保有量跟永久基本农田面积各不低于多少",
      "耕地保有量**不低于9100万亩**，永久基本农田**不低于7380万亩**"),
     ("省级和国家级重点龙头企业分别要超过多少户", "省级**600户**，国家级重点龙头企业**超过50户**"),
     ("国家级和省级高职各建几所", "国家级**4所**，省级高职**9所**")],
)  # fmt: skip
def test_each_side_gets_its_own_figure(ask, question, told):
    assert ask(question).text.startswith(told)


@pytest.mark.parametrize(
    ("question", "winner", "value"),
    [("铁路项目里哪条最长", "长图线扩能改造", "540公里"),
     ("专栏34里哪条铁路投资最大", "长春经辽源至通化高铁", "406亿元"),
     ("水库里哪个库容最大", "和龙明岩水利枢纽", "9991万立方米"),
     ("机场里哪个花钱最多", "长春龙嘉国际机场三期扩建", "300亿元"),
     ("抽水蓄能电站里装机最小的是哪个", "通化抽水蓄能电站", "80万千瓦")],
)  # fmt: skip
def test_extreme_of_a_kind_of_project(ask, question, winner, value):
    answer = ask(question)
    assert answer.text.startswith(f"**{winner}**")
    assert answer.value == value
    assert value in answer.citations[0].quote


@pytest.mark.parametrize(
    "question", ["三个储气库总投资一共多少", "长春都市圈环线高速和延长高速一共多长", "高速公路里哪条最长"]
)
def test_nothing_is_worked_out_from_doubtful_figures(ask, question):
    """Of three stores the plan has two; an expressway told in parts has no length of its own."""
    assert not ask(question).text.startswith(("合计", "**长春都市圈环线", "**长春至太平川"))


@pytest.mark.parametrize(
    "question",
    [
        "长春和沈阳哪个GDP高",
        "吉林大学和东北师大哪个招生多",
        "四平机场比延吉机场2024年多飞几个航班",
        "2030年和2040年的目标有什么不同",
    ],
)
def test_what_the_plan_does_not_tell_is_not_compared(ask, question):
    assert ask(question).status == "not_in_plan"


def test_goals_of_two_years_are_those_of_the_years(ask):
    answer = ask("2030年和2035年的目标各是啥")
    assert answer.status == "answered"
    assert all("2030年" in citation.quote or "2035年" in citation.quote for citation in answer.citations)
