"""HTML made from parts: text is escaped, and what was made here is not escaped twice."""

from collections.abc import Iterable

from markupsafe import Markup, escape

Attribute = str | int | bool | None


def tag(name: str, *parts: str, **attributes: Attribute) -> Markup:
    """An element.

    Args:
        name: of the element.
        parts: its content in order; a plain `str` is text and is escaped, `Markup` stands as it is.
        attributes: `class_` is written class and `data_jw` data-jw; True writes the bare name, None and
            False leave it out.
    """
    made = "".join(_attribute(key, value) for key, value in attributes.items())
    return Markup(f"<{name}{made}>{''.join(map(escape, parts))}</{name}>")


def join(parts: Iterable[str]) -> Markup:
    """Parts one after the other; plain text among them is escaped."""
    return Markup("").join(parts)


def lines(text: str) -> Markup:
    """Text with its line ends as line breaks, so that it is one line of HTML."""
    return Markup("<br>").join(text.splitlines())


def flat(text: str) -> str:
    """Text on one line, runs of white space as one space."""
    return " ".join(text.split())


def button(what: str, label: str, css: str = "jw-link", **attributes: Attribute) -> Markup:
    """A button that the page's scripts know by `what`."""
    return tag("button", label, type="button", class_=css, data_jw=what, **attributes)


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    text = str(escape(value)).replace("\n", "&#10;")
    return f' {name}="{text}"'
