"""A turn as the message that the chat shows: HTML made here, with every text from outside escaped.

The chat component would read Markdown and HTML in a message. So nothing is given to it as it came:
question, answer and quotations go through `html.escape`, and the few marks of an answer's light Markdown
(bold, lists, tables, [n]) are turned into tags here. A message is one line: a blank line would end its HTML.
"""

import html
import re
from collections.abc import Iterator, Mapping

from bot.web.conversation import Figure, Source, Turn
from prompts import wording

_MARK = re.compile(r"\[(\d{1,3})\]")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_ITEM = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.、])\s+")
_HEADING = re.compile(r"^#{1,6}\s+")
_RULE = re.compile(r"^\|?[\s:|-]+\|?$")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def user_message(question: str) -> dict[str, object]:
    """The user's side of a turn."""
    return {"role": "user", "content": f'<div class="jw-question">{_lines(question)}</div>'}


def answer_message(turn: Turn, index: int, *, text: str | None = None) -> dict[str, object]:
    """The answer's side of a turn.

    Args:
        turn: the turn.
        index: its place in the conversation, for the actions under it.
        text: as much of the answer as is shown so far; then sources and actions do not show yet.
    """
    sources = {source.n: source for source in turn.sources}
    body = answer_html(turn.text if text is None else text, sources)
    parts = [f'<div class="jw-answer jw-{turn.status}">', body]
    if text is None:
        parts += [
            _figures(turn.figures, with_table="\n|" not in turn.text),
            _sources(turn.sources),
            _actions(turn, index),
        ]
    parts.append("</div>")
    message: dict[str, object] = {"role": "assistant", "content": "".join(parts)}
    if text is None and turn.suggestions:
        message["options"] = [{"label": question, "value": question} for question in turn.suggestions]
    return message


def note_message(text: str) -> dict[str, object]:
    """A message of the page itself: what it is doing, or what went wrong."""
    return {"role": "assistant", "content": f'<div class="jw-note" role="status">{_lines(text)}</div>'}


def answer_html(text: str, sources: Mapping[int, Source]) -> str:
    """Light Markdown as HTML: paragraphs, lists, tables and bold, and a chip for each [n] with a source."""
    return "".join(_blocks(text, sources))


def chip(source: Source) -> str:
    """The numbered mark of a citation: it points at the text and says place and quotation."""
    hint = f"{_flat(source.place)}&#10;{_flat(source.quote)}"
    return f'<a class="jw-chip" href="{_target(source)}" title="{hint}"><span class="jw-sr">{wording("web_chat.source")}</span>{source.n}</a>'


def _target(source: Source) -> str:
    return _flat(f"#{source.passage}:{source.start}-{source.end}")


def _blocks(text: str, sources: Mapping[int, Source]) -> Iterator[str]:
    kind, held = "", list[str]()
    for line in [*text.splitlines(), ""]:
        now = _kind(line)
        if held and now != kind:
            yield _block(kind, held, sources)
            held = []
        kind = now
        if now:
            held.append(line)


def _kind(line: str) -> str:
    if not line.strip():
        return ""
    if line.lstrip().startswith("|"):
        return "table"
    if match := _ITEM.match(line):
        return "ol" if match.group().strip()[0].isdigit() else "ul"
    return "quote" if line.startswith("> ") else "p"


def _block(kind: str, lines: list[str], sources: Mapping[int, Source]) -> str:
    if kind == "table" and len(lines) > 1 and _RULE.match(lines[1].strip()):
        return _table(
            [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines], sources
        )
    if kind in ("ol", "ul"):
        items = "".join(f"<li>{_inline(_ITEM.sub('', line), sources)}</li>" for line in lines)
        first = re.match(r"\s*(\d+)", lines[0])
        start = f' start="{first.group(1)}"' if kind == "ol" and first else ""
        return f"<{kind}{start}>{items}</{kind}>"
    if kind == "quote":
        inner = "<br>".join(_inline(line[2:], sources) for line in lines)
        return f"<blockquote>{inner}</blockquote>"
    return "<p>" + "<br>".join(_inline(_HEADING.sub("", line), sources) for line in lines) + "</p>"


def _table(rows: list[list[str]], sources: Mapping[int, Source]) -> str:
    head, body = rows[0], rows[2:]
    first = "".join(f'<th scope="col">{_inline(cell, sources)}</th>' for cell in head)
    rest = "".join(
        "<tr>" + "".join(f"<td>{_inline(cell, sources)}</td>" for cell in row) + "</tr>" for row in body
    )
    return f'<div class="jw-scroll"><table><thead><tr>{first}</tr></thead><tbody>{rest}</tbody></table></div>'


def _inline(text: str, sources: Mapping[int, Source]) -> str:
    escaped = _BOLD.sub(r"<strong>\1</strong>", html.escape(text))

    def mark(match: re.Match[str]) -> str:
        source = sources.get(int(match.group(1)))
        return chip(source) if source else match.group()

    return _MARK.sub(mark, escaped)


def _flat(text: str) -> str:
    return html.escape(" ".join(text.split()))


def _lines(text: str) -> str:
    return "<br>".join(html.escape(line) for line in text.splitlines())


def _sources(sources: tuple[Source, ...]) -> str:
    if not sources:
        return ""
    items = "".join(
        f'<li><a class="jw-source" href="{_target(s)}"><span class="jw-number">{s.n}</span>'
        f'<span><span class="jw-place">{_flat(s.place)}</span>'
        f'<span class="jw-quote">{_lines(s.quote)}</span></span></a></li>'
        for s in sources
    )
    title = wording("web_chat.sources", count=len(sources))
    return f'<div class="jw-sources"><p class="jw-sources-title">{title}</p><ol>{items}</ol></div>'


def _figures(figures: tuple[Figure, ...], *, with_table: bool) -> str:
    bars = "".join(_bars(figure) for figure in figures)
    table = _figure_table(figures) if figures and with_table else ""
    return f'<div class="jw-figures">{table}{bars}</div>' if table or bars else ""


def _figure_table(figures: tuple[Figure, ...]) -> str:
    # A value of the other columns (6.5, 与经济增长同步) only gets its column where some row has one.
    annual = any(figure.annual for figure in figures)
    names = ["name", "before", "after", *(["annual"] if annual else []), "attribute"]
    head = "".join(f'<th scope="col">{wording(f"web_figures.{name}")}</th>' for name in names)
    rows = "".join(
        f'<tr><th scope="row">{_flat(f.name)}<small>（{_flat(f.unit)}）</small></th>'
        + "".join(f"<td>{_flat(getattr(f, name) or '—')}</td>" for name in names[1:])
        + "</tr>"
        for f in figures
    )
    return f'<div class="jw-scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _bars(figure: Figure) -> str:
    if not (_is_number(figure.before) and _is_number(figure.after)):
        return ""
    return bar_pair(figure.name, figure.unit, str(figure.before), str(figure.after))


def _is_number(cell: str | None) -> bool:
    return cell is not None and _NUMBER.fullmatch(cell) is not None


def bar_pair(name: str, unit: str, before: str, after: str) -> str:
    """Two bars from zero, to one scale: what was expected of 2020 and what is aimed at in 2025."""
    top = max(float(before), float(after)) or 1.0
    rows = "".join(
        f'<div class="jw-bar"><span class="jw-bar-year">{year}</span>'
        f'<span class="jw-bar-track"><span class="jw-bar-fill jw-bar-{year}" style="width:{float(value) / top * 100:.1f}%"></span></span>'
        f'<span class="jw-bar-value">{_flat(value + unit)}</span></div>'
        for year, value in (("2020", before), ("2025", after))
    )
    return f'<div class="jw-bars"><span class="jw-sr">{_flat(name)}</span>{rows}</div>'


def _actions(turn: Turn, index: int) -> str:
    if turn.status == "invalid":  # the conversation does not keep it
        return ""
    made = "".join(
        f'<a class="jw-action" role="button" href="#{what}-{index}">{wording(f"web_chat.{what}")}</a>'
        for what in ("copy", "link")
    )
    return f'<div class="jw-actions">{made}</div>'
