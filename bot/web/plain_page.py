"""Pages without Gradio: a title and text, in the colours of the rest."""

from markupsafe import Markup

from bot.web.markup import tag
from bot.web.theme import ASSETS


def plain_page(title: str, *parts: str) -> str:
    """A whole page.

    Args:
        title: of the page, shown above it too.
        parts: what stands under the title, in order.
    """
    style = (ASSETS / "plain" / "plain.css").read_text(encoding="utf-8")
    meta = Markup(
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    )
    head = tag("head", meta, tag("title", title), tag("style", Markup(style)))
    return f"<!doctype html>{tag('html', head, tag('body', tag('h1', title), *parts), lang='zh-CN')}"
