"""Lists: all members, numbered, none missing; the count agrees with the number in the name."""

import re

import pytest

from bot.compose.lists import members_of

CIRCLED = re.compile(r"^- ([①-⑳]) (.+?)(?:\[\d+\])+$", re.M)


@pytest.mark.parametrize(
    ("question", "count", "members"),
    [("六个回归指什么", 6, ["产能", "创新"]),
     ("必须遵循的原则有哪几条", 5, ["坚持党的全面领导", "坚持系统观念"]),
     ("经济社会发展必须遵循哪些原则", 5, ["坚持以人民为中心", "坚持新发展理念"])],
)  # fmt: skip
def test_members_are_numbered_and_complete(ask, question, count, members):
    found = CIRCLED.findall(ask(question).text)
    assert [mark for mark, _ in found] == list("①②③④⑤⑥⑦⑧⑨⑩"[:count])
    assert set(members) <= {member for _, member in found}


@pytest.mark.parametrize(
    ("question", "words"),
    [("五大振兴是哪五个", ["产业振兴", "人才振兴", "文化振兴", "生态振兴", "组织振兴"]),
     ("四个不摘指哪四个", ["不摘责任", "不摘政策", "不摘帮扶", "不摘监管"]),
     ("一圈三区四轴是什么", ["长春现代化都市圈", "敦延珲、通白和白城", "四个城镇集聚发展轴"]),
     ("三区三带多点包括什么", ["农业格局", "西部杂粮杂豆", "国家现代农业示范区"])],
)  # fmt: skip
def test_list_in_one_sentence_is_quoted_whole(ask, question, words):
    quoted = "".join(citation.quote for citation in ask(question).citations)
    # 四个城镇集聚发展轴 is printed as 「…南部城镇四个集聚发展轴」.
    assert all(word.replace("四个城镇", "四个") in quoted for word in words)


@pytest.mark.parametrize(
    ("question", "box", "items"),
    [("重点机场项目有哪些", 36, 4), ("专栏36有哪些项目", 36, 4), ("重点铁路项目有哪些", 34, 12),
     ("专栏16", 16, 8),
     ("专栏三十九有哪些", 39, 9), ("黑土地保护工程包括哪些", 16, 8)],
)  # fmt: skip
def test_box_gives_all_its_items(ask, question, box, items):
    answer = ask(question)
    assert [citation.box for citation in answer.citations] == [box] * (items + 1)
    assert [citation.kind for citation in answer.citations] == ["outline"] + ["box_item"] * items


@pytest.mark.parametrize(
    ("sentence", "name", "members"),
    [
        ("推动实现产能、结算、人才“三个回归”，支持企业。", "三个回归", ["产能", "结算", "人才"]),
        ("实施“四大工程”：种业、农机、水利、电网。", "四大工程", ["种业", "农机", "水利", "电网"]),
        ("“两个确保”是指确保安全、确保稳定。", "两个确保", ["确保安全", "确保稳定"]),
        ("建设甲、乙“三个基地”。", "三个基地", []),  # one is missing: better no list than a cut one
        ("建设甲、乙、丙、丁“三个基地”。", "三个基地", []),
        ("没有这个名字的句子。", "三个基地", []),
        ("发展现代农业。", "农业", []),
    ],
)
def test_members_of(sentence, name, members):
    assert members_of(sentence, name) == members


@pytest.mark.parametrize(
    ("question", "word", "count"), [("有哪些重点项目", "项目", 19), ("重大工程有哪些", "工程", 13)]
)
def test_boxes_are_listed_where_all_projects_are_asked_for(ask, plan, question, word, count):
    answer = ask(question)
    titles = [box.title for _, _, box in plan.boxes() if word in box.title]
    assert len(titles) == count == len(answer.citations)
    assert all(title in answer.text for title in titles)
