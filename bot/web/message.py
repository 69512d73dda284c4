"""A turn as the message that the chat shows: HTML made here, with every text from outside escaped.

The chat component would read Markdown and HTML in a message. So nothing is given to it as it came:
question, answer and quotations are escaped, and the few marks of an answer's light Markdown (bold, lists,
tables, [n]) are turned into tags here. A message is one line: a blank line would end its HTML.
"""

import re
from typing import TypeGuard
from urllib.parse import quote, urlencode

from markupsafe import Markup

from bot.web.blocks import Block, Sources, blocks, pieces
from bot.web.conversation import Figure, Source, Turn
from bot.web.markup import flat, join, lines, tag
from prompts import wording

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FIGURES = ("before", "after", "annual", "attribute")


def user_message(question: str) -> dict[str, object]:
    """The user's side of a turn."""
    return {"role": "user", "content": str(tag("div", lines(question), class_="jw-question"))}


def answer_message(turn: Turn, index: int, *, text: str | None = None) -> dict[str, object]:
    """The answer's side of a turn.

    Args:
        turn: the turn.
        index: its place in the conversation, for the actions under it.
        text: as much of the answer as is shown so far; then sources and actions do not show yet.
    """
    body = answer_html(turn.text if text is None else text, {source.n: source for source in turn.sources})
    parts = [body]
    if text is None:
        with_table = not any(line.startswith("|") for line in turn.text.splitlines())
        parts += [
            _figures(turn.figures, with_table=with_table),
            _sources(turn.sources),
            _actions(turn, index),
        ]
    content = str(tag("div", *parts, class_=f"jw-answer jw-{turn.status}"))
    message: dict[str, object] = {"role": "assistant", "content": content}
    if text is None and turn.suggestions:
        message["options"] = [{"label": question, "value": question} for question in turn.suggestions]
    return message


def note_message(text: str) -> dict[str, object]:
    """A message of the page itself: what it is doing, or what went wrong."""
    return {"role": "assistant", "content": str(tag("div", lines(text), class_="jw-note", role="status"))}


def answer_html(text: str, sources: Sources) -> Markup:
    """Light Markdown as HTML: paragraphs, lists, tables and bold, and a chip for each [n] with a source."""
    return join(_block(block, sources) for block in blocks(text))


def chip(source: Source) -> Markup:
    """The numbered mark of a citation: it points at the text and says place and quotation."""
    hint = f"{flat(source.place)}\n{flat(source.quote)}"
    spoken = tag("span", wording("web_chat.source"), class_="jw-sr")
    return tag("a", spoken, str(source.n), class_="jw-chip", href=_target(source), title=hint)


def bar_pair(name: str, unit: str, before: str, after: str) -> Markup:
    """Two bars from zero, to one scale: what was expected of 2020 and what is aimed at in 2025."""
    top = max(float(before), float(after)) or 1.0
    bars = [
        _bar(year, value, unit, float(value) / top) for year, value in (("2020", before), ("2025", after))
    ]
    return tag("div", tag("span", flat(name), class_="jw-sr"), *bars, class_="jw-bars")


def _target(source: Source) -> str:
    if source.plan:  # a page of its own: the reading view holds the home plan only
        return f"plan/text?{urlencode({'plan': source.plan})}#{quote(source.passage)}"
    return flat(f"#{source.passage}:{source.start}-{source.end}")


def _block(block: Block, sources: Sources) -> Markup:
    if block.kind == "table":
        return _table(block, sources)
    if block.kind in ("ol", "ul"):
        items = [tag("li", _inline(line, sources)) for line in block.lines]
        return tag(block.kind, *items, start=block.first if block.kind == "ol" else None)
    name = "blockquote" if block.kind == "quote" else "p"
    return tag(name, Markup("<br>").join(_inline(line, sources) for line in block.lines))


def _table(block: Block, sources: Sources) -> Markup:
    head, *body = block.rows
    first = tag("tr", *(tag("th", _inline(cell, sources), scope="col") for cell in head))
    rest = [tag("tr", *(tag("td", _inline(cell, sources)) for cell in row)) for row in body]
    return tag("div", tag("table", tag("thead", first), tag("tbody", *rest)), class_="jw-scroll", tabindex=0)


def _inline(text: str, sources: Sources) -> Markup:
    return join(
        chip(piece.source) if piece.source else tag("strong", piece.text) if piece.bold else piece.text
        for piece in pieces(text, sources)
    )


def _sources(sources: tuple[Source, ...]) -> Markup:
    if not sources:
        return Markup()
    title = tag("p", wording("web_chat.sources", count=len(sources)), class_="jw-sources-title")
    return tag("div", title, tag("ol", *map(_source, sources)), class_="jw-sources")


def _source(source: Source) -> Markup:
    place = tag("span", flat(source.place), class_="jw-place")
    quote = tag("span", lines(source.quote), class_="jw-quote")
    number = tag("span", str(source.n), class_="jw-number")
    return tag("li", tag("a", number, tag("span", place, quote), class_="jw-source", href=_target(source)))


def _figures(figures: tuple[Figure, ...], *, with_table: bool) -> Markup:
    parts = [_figure_table(figures)] if figures and with_table else []
    parts += [
        bar_pair(f.name, f.unit, f.before, f.after) for f in figures if _number(f.before) and _number(f.after)
    ]
    return tag("div", *parts, class_="jw-figures") if parts else Markup()


def _figure_table(figures: tuple[Figure, ...]) -> Markup:
    # A value of the other columns (6.5, 与经济增长同步) only gets its column where some row has one.
    names = [name for name in _FIGURES if name != "annual" or any(figure.annual for figure in figures)]
    heads = [tag("th", wording(f"web_figures.{name}"), scope="col") for name in ("name", *names)]
    rows = [
        tag(
            "tr",
            tag("th", flat(figure.name), tag("small", f"（{flat(figure.unit)}）"), scope="row"),
            *(tag("td", flat(getattr(figure, name) or "—")) for name in names),
        )
        for figure in figures
    ]
    table = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows))
    return tag("div", table, class_="jw-scroll", tabindex=0)


def _number(cell: str | None) -> TypeGuard[str]:
    return cell is not None and _NUMBER.fullmatch(cell) is not None


def _bar(year: str, value: str, unit: str, share: float) -> Markup:
    fill = tag("span", class_=f"jw-bar-fill jw-bar-{year}", style=f"width:{share * 100:.1f}%")
    return tag(
        "div",
        tag("span", year, class_="jw-bar-year"),
        tag("span", fill, class_="jw-bar-track"),
        tag("span", flat(value + unit), class_="jw-bar-value"),
        class_="jw-bar",
    )


def _actions(turn: Turn, index: int) -> Markup:
    if turn.status == "invalid":  # the conversation does not keep it
        return Markup()
    links = [
        tag("a", wording(f"web_chat.{what}"), class_="jw-action", role="button", href=f"#{what}-{index}")
        for what in ("copy", "link")
    ]
    return tag("div", *links, class_="jw-actions")
