"""Every figure of an answer must stand, with its unit, in a quotation its sentence cites."""

from dataclasses import replace

import pytest

from bot.answer import Answer, Citation
from eval.numbers import check_numbers, figures

QUOTES = (
    "到2025年，森林覆盖率达到45.8%。",
    "全长132公里，总投资50亿元。",
    "18 森林覆盖率（%） 45 45.8 ——— 约束性",
    "甲132公里，乙45.8公里。",
    "甲132公里，乙45800米。",
)
KINDS = ("paragraph", "box_item", "indicator", "box_item", "box_item")
CITATIONS = tuple(
    Citation(n, f"p{n}", kind, 1, 1, None, None, (1,), "", quote, 0, len(quote))
    for n, (kind, quote) in enumerate(zip(KINDS, QUOTES, strict=True), 1)
)


def wrong(text, **options):
    return check_numbers(
        Answer("answered", text, CITATIONS, question=options.pop("question", "")), **options
    )[1]


@pytest.mark.parametrize(
    "text",
    [
        "到2025年，森林覆盖率达到45.8%。[1]",
        "**45.8%**（2025年）[1]",
        "**132公里**[2]\n\n全长132公里，总投资50亿元。[2]",
        "第一章第四节 · 专栏16 · 第10页写到45.8%。[1]",
        "共2项：\n1. 森林覆盖率45.8%。[1]\n2. 铁路132公里。[2]",
        "| 指标 | 2025年目标 |\n|---|---|\n| 森林覆盖率（%） | 45.8 |[3]",
        "森林覆盖率45%，目标45.8%，相差0.8个百分点。[3]",
        "相差**0.8个百分点**：目标45.8% − 2020年预计45% = 0.8个百分点。[3]",
        "合计**177.8公里**：甲132公里 + 乙45.8公里 = 177.8公里。[4]",
        "相差**86.2公里**：甲132公里 − 乙45800米 = 86.2公里。[5]",
        "达到百分之四十五点八。[1]",
        "合计[1][2]：45.8%与132公里。[1][2]",
    ],
)
def test_faithful(text):
    assert wrong(text, columns="2020年预计 2025年目标") == []


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("森林覆盖率达到458%。[1]", "458%"),
        ("森林覆盖率达到45.8%。[2]", "45.8%"),  # stands elsewhere, not where the sentence points
        ("全长132万公里。[2]", "132万公里"),
        ("全长50公里。[2]", "50公里"),  # the number with another thing's unit
        ("到2030年达到45.8%。[1]", "2030年"),
        ("相差0.9个百分点。[3]", "0.9个百分点"),
        ("没有出处的话：7亿元。", "7亿元"),
        ("合计**178公里**：甲132公里 + 乙45.8公里 = 178公里。[4]", "178公里"),
        ("合计**182公里**：甲132公里 + 乙50公里 = 182公里。[4]", "50公里"),
        ("相差**86公里**：甲132公里 − 乙45800米 = 86公里。[5]", "86公里"),
    ],
)
def test_unfaithful(text, figure):
    assert figure in wrong(text, columns="2020年预计 2025年目标")


def test_what_is_named_is_not_said():
    title = "吉林省“十四五”规划和2035年远景目标纲要"
    refusal = Answer("not_in_plan", f"《{title}》没有给出2024年的这项内容。您可以问：“2025年目标是多少？”")
    assert check_numbers(refusal, title=title, asked="2024年实际GDP")[1] == []
    assert check_numbers(replace(refusal, text="2024年是13070亿元。"), asked="2024年实际GDP")[1] == [
        "13070亿元"
    ]
    understood = "按“2030年森林覆盖率”来回答：\n\n达到45.8%。[1]"
    assert wrong(understood, question="2030年森林覆盖率") == []
    assert wrong("**132公里和50亿元**\n\n- 全长132公里。[2]", asked="132公里和50亿元是哪条路") == []


def test_units_go_with_their_numbers():
    assert [str(figure) for figure in figures("投资50亿元，每千人2.9人，G302，1.4亿立方米")] == [
        "50亿元", "2.9人", "1.4亿立方米",
    ]  # fmt: skip
