"""The widget: one line of HTML on another site that shows a button, which opens the page in a frame."""

import html
import json
import re
from functools import cache

from bot.web.theme import ASSETS
from prompts import section, wording

_SITE = re.compile(r"https?://(\*\.)?[\w.-]+(:\d{1,5})?")


def embedding_sites(setting: str) -> str:
    """The setting `embedders` as a value of `frame-ancestors`; the page's own site is always allowed.

    Raises:
        ValueError: an entry is no site; the message has the entry.
    """
    sites = setting.split()
    for site in sites:
        if not _SITE.fullmatch(site):
            raise ValueError(site)
    return " ".join(["'self'", *sites])


@cache
def widget_script() -> str:
    """The script that another site includes."""
    words = json.dumps(section("web_widget"), ensure_ascii=False)
    return f"(() => {{ const words = {words};\n{(ASSETS / 'widget' / 'widget.js').read_text(encoding='utf-8')}\n}})();\n"


def widget_page(address: str) -> str:
    """A page to try the widget on, which shows the line to copy.

    Args:
        address: of the widget's script, as another site would write it.
    """
    line = html.escape(f'<script src="{address}" async></script>')
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{wording('web_widget.test_title')}</title><style>body{{font-family:sans-serif;max-width:42em;margin:3em auto;padding:0 1em;line-height:1.8}}"
        f"pre{{background:#f2f0eb;padding:1em;overflow-x:auto}}</style></head><body><h1>{wording('web_widget.test_title')}</h1>"
        f'<p>{wording("web_widget.test_about")}</p><pre>{line}</pre><script src="../widget.js" async></script></body></html>'
    )
