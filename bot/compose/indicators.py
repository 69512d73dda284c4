"""Answers from the table of 主要指标: the value first, then the row or rows as a table."""

import re
from collections.abc import Sequence

from bot.compose.arithmetic import tell_difference
from bot.compose.context import Context
from bot.draft import Draft, Quote, whole
from bot.lexicon import lexicon
from bot.quantities import quantity_of
from bot.question import Question
from bot.sentences import units_of
from ingest.indicators import EMPTY_CELL
from ingest.plan import Indicator
from ingest.terms import normalise, words
from prompts import wording

_FIGURE = re.compile(r"\d+(?:\.\d+)?")
# A unit that is asked for outright; without one 「多少」 leaves it open.
_ASKED_UNIT = re.compile(
    r"(?:多少|几)个?(?:万|千|百)*(钱|块|亿|元|亩|公里|吨|斤|人|户|岁|年|件|个?百分点|成)"
)


def asks_indicator(context: Context) -> bool:
    """Whether the question is about the named indicators' figures, not what merely shares their words."""
    question, keys = context.question, context.keys
    if not keys.indicators or not in_asked_unit(context, keys.indicators):
        return False
    if set(question.years) - set(context.table_years):
        return False
    rules = context.rules["indicators"]
    if keys.indicator_share < rules["share"] or re.search(rules["how"], question.text):
        return False
    if any(cue in question.text for cue in rules["cues"]) or question.want:
        return True
    known = normalise("".join(indicator.full_name for indicator in keys.indicators) + rules["plain"])
    asking = lexicon().asking
    return not [word for word in words(question.text) if word not in asking and word not in known]


def tells(question: Question, period: str, years: tuple[str, str]) -> bool:
    """Whether the table can tell what is asked: it is the province's, for two `years`, in `period`."""
    elsewhere = question.outside or question.inside
    other_years = question.years and not set(question.years) & set(years)
    return not elsewhere and not other_years and not set(question.periods) - {period}


def in_asked_unit(context: Context, rows: Sequence[Indicator]) -> bool:
    """Whether rows are in the unit that is asked for outright: a growth rate is no answer to 「多少元」."""
    spans = context.rules["indicators"]["spans"]
    asked = _ASKED_UNIT.search(re.sub(spans, "", context.question.text))
    if asked is None:
        return True
    forms = context.rules["indicators"]["unit_forms"].get(asked[1], [asked[1]])
    return any(form in row.unit for row in rows for form in forms)


def in_another_unit(context: Context) -> bool:
    """Whether an indicator is asked for in a unit that its row has not: incomes in 元, not their growth."""
    keys = context.keys
    named = keys.indicators and keys.indicator_share >= context.rules["indicators"]["share"]
    return bool(named) and not in_asked_unit(context, keys.indicators)


def named_outright(context: Context) -> bool:
    """Whether a question says nothing but an indicator's name and what its row tells."""
    question, share = context.question, context.keys.indicator_share
    # 「一年涨几个点」 sounds like a detail; where all words are the indicator's, it is none.
    beyond = question.asks_actual or (question.asks_detail and share < 1)
    return (
        share >= context.rules["indicators"]["sure_share"]
        and tells(question, context.period, context.table_years)
        and not beyond
    )


def filtered(context: Context) -> tuple[Indicator, ...]:
    """The rows that a question about the table asks for, by 属性, by category, or all; none for any other."""
    text = context.question.text
    rules = context.rules["indicators"]
    found = context.plan.indicator_table()
    if found is None or not any(cue in text for cue in rules["table_cues"]):
        return ()
    if context.question.outside or set(context.question.periods) - {context.period}:
        return ()
    rows = found[2].indicators
    attributes = {row.attribute for row in rows if row.attribute.removesuffix("性") in text}
    categories = {row.category for row in rows if normalise(row.category) in text}
    if not attributes and not categories:
        return rows if any(cue in text for cue in rules["all_cues"]) else ()
    return tuple(
        row
        for row in rows
        if (not attributes or row.attribute in attributes) and (not categories or row.category in categories)
    )


def holding_figure(context: Context) -> tuple[Indicator, ...]:
    """The rows with the figure that is all a question names: 「45.8%是哪个指标的目标」."""
    question, found = context.question, context.plan.indicator_table()
    generic = context.rules["indicators"]["figure_words"]
    if found is None or context.keys.indicators or not tells(question, context.period, context.table_years):
        return ()
    figures = [number for number in question.numbers if number not in question.years]
    rest = [word for word in question.content if word not in generic and not re.search(r"\d", word)]
    if rest or len(figures) != 1:
        return ()
    figure = figures[0]
    return tuple(
        row
        for row in found[2].indicators
        if figure.removesuffix("%") in _figures_of(row) and ("%" in row.unit or not figure.endswith("%"))
    )


def _figures_of(row: Indicator) -> set[str]:
    cells = (row.expected_2020, row.target_2025, row.annual_or_total)
    return {figure for cell in cells for figure in _FIGURE.findall(cell or "")}


def rows_found(context: Context) -> tuple[Indicator, ...]:
    """The rows that the best-ranked passage is, where retrieval and not a name has found them."""
    best = context.ranked[0][0] if context.ranked else None
    found = context.plan.indicator_table()
    if best is None or found is None or best.metadata["kind"] != "indicator" or context.question.asks_place:
        return ()
    rules = context.rules["indicators"]
    if re.search(rules["how"], context.question.text):
        return ()
    figure = context.question.want or any(cue in context.question.text for cue in rules["cues"])
    near = context.ranking.features["asked"][context.position(best)] >= rules["near"]
    if not figure and not near:
        return ()  # 「发明被人仿了，告他能赔点不」 wants no figure
    rows = tuple(row for row in found[2].indicators if row.number == best.metadata.get("indicator"))
    return rows if in_asked_unit(context, rows) else ()


def compose(context: Context, rows: Sequence[Indicator]) -> Draft:
    """The rows as a table; for a single indicator its asked value first and where the text says it again."""
    rows = _half_asked(context, rows)
    draft = context.draft()
    single = len({row.number for row in rows}) == 1
    differs = single and context.question.kind == "difference"
    told = differs and (_halves_difference(context, draft, rows) or _difference(context, draft, rows[0]))
    if single and not told:
        _value_lines(context, draft, rows)
    _table(context, draft, rows)
    if single:
        for quote in said_again(context, rows[0]):
            draft.quote(quote)
    return draft


def _half_asked(context: Context, rows: Sequence[Indicator]) -> Sequence[Indicator]:
    """Of a divided row (城镇, 农村) the line that the question is about, if it is about one."""
    rules = context.rules["indicators"]["halves"]
    half = [
        row
        for row in rows
        if row.group and any(cue in context.question.text for cue in rules.get(row.group[:2], ()))
    ]
    return half if len({row.group for row in half}) == 1 else rows


def row_quote(context: Context, row: Indicator) -> Quote:
    """The printed row of an indicator."""
    return whole(context.node(f"ind.{row.number}"))


def said_again(context: Context, row: Indicator) -> list[Quote]:
    """Sentences of the text that give the same target, so that table and text are seen together."""
    figure = row.target_2025 or row.annual_or_total or ""
    if not re.search(r"\d", figure):
        return []
    names = [word for word in words(row.name) if len(word) > 1]
    pattern = re.compile(rf"(?<![\d.]){re.escape(figure.strip('><≤≥〔〕'))}(?![\d.])")
    for node, _ in context.ranked:
        if node.metadata["kind"] not in ("paragraph", "box_item"):
            continue
        for unit in units_of(node):
            plain = normalise(unit.text)
            held = sum(name in plain for name in names)
            if pattern.search(unit.text) and held >= context.rules["indicators"]["same"] * len(names):
                return [Quote(node, unit.span)]
    return []


def cell_value(cell: str | None, unit: str) -> str:
    """A cell with its unit: 「45.8%」; words (待国家下达, 与经济增长同步) have none."""
    if not cell:
        return ""
    return f"{cell}{unit}" if re.search(r"\d", cell) else cell


def table_head(context: Context) -> Quote:
    """The printed head of the table, which names the columns' years."""
    return whole(next(node for node in context.index.passages if node.node_id.endswith(".indicators")))


def _value_lines(context: Context, draft: Draft, rows: Sequence[Indicator]) -> None:
    for row in rows:
        for about, cell in _asked_cells(context, row):
            if not cell:
                continue
            value = cell if about == "属性" else cell_value(cell, row.unit)
            if draft.value is None:
                draft.value = value
                _verdict(context, draft, cell)
            name = row.full_name if len(rows) > 1 else row.name
            draft.state(
                wording("answer.value_about", value=value, about=f"{name}，{about}"),
                [row_quote(context, row), table_head(context)],
            )


def _verdict(context: Context, draft: Draft, cell: str) -> None:
    """For 「是不是4.6件」: whether the asked cell has the figure that the question gives."""
    numbers = [number.strip("%") for number in context.question.numbers]
    figure = re.search(r"\d+(?:\.\d+)?", cell)
    if len(numbers) == 1 and figure and context.question.kind == "yes_no":
        draft.say(wording("answer.same_number" if numbers[0] == figure.group() else "answer.other_number"))


def _asked_cells(context: Context, row: Indicator) -> list[tuple[str, str | None]]:
    """The cells that a question asks for: 属性, 2020 and 2025, or the one that is the target."""
    question, rules = context.question, context.rules["indicators"]
    # 预期 in 人均预期寿命 asks for no 属性.
    if any(cue in question.text and cue not in row.name for cue in rules["attribute_cues"]):
        return [("属性", row.attribute)]
    base_year, target_year = context.table_years
    base = (f"{base_year}年预计", row.expected_2020)
    target = (
        (f"{target_year}年目标", row.target_2025) if row.target_2025 else ("年均/累计", row.annual_or_total)
    )
    based = base_year in question.years or any(cue in question.text for cue in rules["base_cues"])
    if not based or not base[1]:
        return [target]
    aimed = target_year in question.years or any(cue in question.text for cue in rules["target_cues"])
    return [base, target] if aimed else [base]


def _difference(context: Context, draft: Draft, row: Indicator) -> bool:
    """State the difference of the two years, worked out; False where the row has not both figures."""
    before, after = (
        quantity_of(cell_value(cell, row.unit)) if _FIGURE.fullmatch(cell or "") else None
        for cell in (row.expected_2020, row.target_2025)
    )
    if before is None or after is None:
        return False
    base_year, target_year = context.table_years
    told = [(before, f"{base_year}年预计{before}"), (after, f"{target_year}年目标{after}")]
    tell_difference(draft, told, [row_quote(context, row), table_head(context)])
    return True


def _halves_difference(context: Context, draft: Draft, rows: Sequence[Indicator]) -> bool:
    """State how far the two lines of a divided row are apart in the year asked for; False without figures."""
    if len(rows) != 2:
        return False
    told = []
    for row in rows:
        about, cell = _asked_cells(context, row)[0]
        figure = quantity_of(cell_value(cell, row.unit)) if _FIGURE.fullmatch(cell or "") else None
        if figure is None:
            return False
        told.append((figure, f"{row.group}{about}{figure}"))
    tell_difference(draft, told, [row_quote(context, rows[0]), table_head(context)])
    return True


def note_asked(context: Context) -> Quote | None:
    """The note under the table that a question asks for: what an indicator counts, what a mark means."""
    rules, question = context.rules["indicators"], context.question
    found = context.plan.indicator_table()
    if found is None or not found[2].notes:
        return None
    mark = re.search(rules["mark"], question.asked) and re.search(rules["mark_cues"], question.text)
    names = [row.name for row in context.keys.indicators]
    if not mark and not (names and re.search(rules["note_cues"], question.text)):
        return None
    for node in context.index.passages:
        if node.node_id.startswith("ind.note"):
            for unit in units_of(node):
                marked = mark and re.search(rules["mark"], unit.text)
                if marked or any(name in unit.text for name in names):
                    return Quote(node, unit.span)
    return None


def _table(context: Context, draft: Draft, rows: Sequence[Indicator]) -> None:
    lines = []
    for row in rows:
        cells = (row.expected_2020, row.target_2025, row.annual_or_total)
        name = f"{row.full_name}（{row.unit}）" if row.group else f"{row.name}（{row.unit}）"
        lines.append(
            (f"| {name} | " + " | ".join(cell or EMPTY_CELL for cell in cells) + f" | {row.attribute}", row)
        )
    first = [row_quote(context, row) for _, row in lines]
    for quote in first:  # rows are cited before the table's head, which only names the columns
        draft.cite(quote)
    base_year, target_year = context.table_years
    heads = ("指标", f"{base_year}年预计", f"{target_year}年目标", "年均/累计", "属性")
    draft.state("| " + " | ".join(heads), [table_head(context)], after=" |")
    draft.say("|" + "---|" * len(heads))
    for (text, _), quote in zip(lines, first, strict=True):
        draft.state(text, [quote], after=" |")
