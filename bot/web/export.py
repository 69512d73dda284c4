"""Answers for use elsewhere: the text that is copied, and a conversation as Markdown."""

import re
import time
from collections.abc import Sequence

from bot.web.conversation import Conversation, Source, Turn
from prompts import wording

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_NO_NAME = re.compile(r'[\\/:*?"<>|\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+')
_NAME_CHARACTERS = 60
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def plain_text(turn: Turn, plan_title: str) -> str:
    """A turn as plain text for the clipboard: the answer, then a reference line for each citation."""
    answer = _BOLD.sub(r"\1", turn.text).strip()
    if not turn.sources:
        return answer
    return f"{answer}\n\n{wording('web_export.sources')}\n" + "\n".join(
        reference_lines(turn.sources, plan_title)
    )


def reference_lines(sources: Sequence[Source], plan_title: str) -> list[str]:
    """Citations as lines that can stand in an official document."""
    return [
        wording(
            "web_export.reference_other",  # its place names its plan
            n=source.n,
            place=source.place,
            quote=" ".join(source.quote.split()),
        )
        if source.plan
        else wording(
            "web_export.reference",
            n=source.n,
            plan=plan_title,
            place=source.place,
            quote=" ".join(source.quote.split()),
        )
        for source in sources
    ]


def title_of(conversation: Conversation) -> str:
    """The title that an exported conversation has."""
    return " ".join(conversation.title.split()) or wording("web_export.title")


def made_line(conversation: Conversation, plan_title: str) -> str:
    """The line under the title: what the answers are from, and the day of the last one."""
    try:
        at = time.localtime(conversation.updated or time.time())
    except (OverflowError, ValueError, OSError):  # a browser can send any number
        at = time.localtime()
    return wording("web_export.made", plan=plan_title, date=time.strftime("%Y-%m-%d", at))


def markdown(conversation: Conversation, plan_title: str) -> str:
    """A conversation as a Markdown document; what users typed is escaped."""
    lines = [f"# {_escape(title_of(conversation))}", "", made_line(conversation, plan_title), ""]
    for turn in conversation.turns:
        lines += [f"## {_escape(' '.join(turn.question.split()))}", "", _no_html(turn.text.strip()), ""]
        if turn.sources:
            lines += [wording("web_export.sources"), ""]
            for line in reference_lines(turn.sources, plan_title):
                lines += [_escape(line, keep="[]"), ""]
    return "\n".join(lines).rstrip() + "\n"


def file_name(conversation: Conversation, suffix: str) -> str:
    """A name for the exported file that every file system takes; `suffix` is without its dot."""
    title = _NO_NAME.sub("_", conversation.title).strip("_.")[:_NAME_CHARACTERS]
    return f"{title or wording('web_export.title')}.{suffix}"


def _no_html(text: str) -> str:
    # An answer's own Markdown stands; what it repeats of what was typed must not become a tag.
    return text.replace("<", "\\<")


def _escape(text: str, keep: str = "") -> str:
    return _SPECIAL.sub(lambda match: match.group() if match.group() in keep else "\\" + match.group(), text)
