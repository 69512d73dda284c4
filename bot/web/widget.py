"""The widget: one line of HTML on another site that shows a button, which opens the page in a frame."""

import json
import re
from functools import cache

from bot.web.markup import tag
from bot.web.plain_page import plain_page
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
    code = (ASSETS / "widget" / "widget.js").read_text(encoding="utf-8")
    return f"(() => {{ const words = {words};\n{code}}})();\n"


def widget_page(address: str) -> str:
    """A page to try the widget on, which shows the line to copy.

    Args:
        address: of the widget's script, as another site would write it.
    """
    line = tag("pre", str(tag("script", src=address, async_=True)))
    script = tag("script", src="../widget.js", async_=True)
    return plain_page(
        wording("web_widget.test_title"), tag("p", wording("web_widget.test_about")), line, script
    )
