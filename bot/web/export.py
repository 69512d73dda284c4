"""Answers for use elsewhere: the text that is copied, and a conversation as Markdown."""

import re
import time
from collections.abc import Sequence

from bot.web.conversation import Conversation, Source, Turn
from prompts import wording

_BOLD = re.compile(r"\*\*(.+?)\*\*")
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
            "web_export.reference",
            n=source.n,
            plan=plan_title,
            place=source.place,
            quote=" ".join(source.quote.split()),
        )
        for source in sources
    ]


def markdown(conversation: Conversation, plan_title: str) -> str:
    """A conversation as a Markdown document; what users typed is escaped."""
    day = time.strftime("%Y-%m-%d", time.localtime(conversation.updated or time.time()))
    lines = [f"# {_escape(conversation.title) or wording('web_export.title')}", ""]
    lines += [wording("web_export.made", plan=plan_title, date=day), ""]
    for turn in conversation.turns:
        lines += [f"## {_escape(' '.join(turn.question.split()))}", "", turn.text.strip(), ""]
        if turn.sources:
            lines += [wording("web_export.sources"), ""]
            for line in reference_lines(turn.sources, plan_title):
                lines += [_escape(line, keep="[]"), ""]
    return "\n".join(lines).rstrip() + "\n"


def file_name(conversation: Conversation) -> str:
    """A name for the exported file that every file system takes."""
    title = re.sub(r'[\\/:*?"<>|\s\x00-\x1f]+', "_", conversation.title).strip("_.") or wording(
        "web_export.title"
    )
    return f"{title}.md"


def _escape(text: str, keep: str = "") -> str:
    return _SPECIAL.sub(lambda match: match.group() if match.group() in keep else "\\" + match.group(), text)
