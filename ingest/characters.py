"""Characters: what the PDF extraction broke in single characters, and how each is mended.

Every function here maps text to text of the same meaning; `narrow` keeps the length, so that positions
before and after it agree.
"""

import re

DECIMAL_MARK = "\ue010"  # the PDF font's decimal point, extracted as a private-use character
SOFT_HYPHEN = "\ue011"  # a hyphen printed at a line's end inside a Latin word

# Full-width forms of ASCII that the plan uses for numbers, Latin words and measures. Chinese punctuation
# （，：；！？（）） stays as printed.
_NARROW: dict[int, str] = {ord(c): chr(ord(c) - 0xFEE0) for c in "％＋－／＆＞＜＝．"}
_NARROW |= {
    code: chr(code - 0xFEE0)
    for first, last in ("０９", "ＡＺ", "ａｚ")
    for code in range(ord(first), ord(last) + 1)
}
# Look-alikes: Cyrillic Sha stands for the Roman numeral three; ○ and 〇 are both the zero of 二〇三五.
_NARROW |= {ord("Ш"): "Ⅲ", ord("○"): "〇"}

_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
# In a chemical name the mark between two locants is a comma: 1,4-丁二醇.
_LOCANT = re.compile(rf"(?<=\d){DECIMAL_MARK}(?=\d-[\u4e00-\u9fff])")
_DECIMAL = re.compile(rf"(?<=\d){DECIMAL_MARK}(?=\d)")
_SPACE_RUN = re.compile(r"[ \u3000\u00a0]+")


def narrow(text: str) -> str:
    """Return `text` with full-width digits, Latin letters and measure signs as ASCII; same length."""
    return text.translate(_NARROW)


def mend_decimals(text: str) -> str:
    """Return narrowed `text` with each private-use decimal mark as "." (or "," in a chemical name).

    Same length. A mark that stands between anything but two digits is left for the caller to see:
    `private_use` finds it.
    """
    return _DECIMAL.sub(".", _LOCANT.sub(",", text))


def private_use(text: str) -> list[int]:
    """Return the positions of private-use characters left in `text`."""
    return [match.start() for match in _PRIVATE_USE.finditer(text)]


def _is_word(char: str) -> bool:
    return char.isascii() and char.isalnum()


def close_up(text: str) -> str:
    """Return `text` without the spaces that justified setting put between characters.

    A space stays, as one, only between two ASCII letters or digits (「Micro LED」).
    """

    def keep(match: re.Match[str]) -> str:
        before = text[match.start() - 1 : match.start()]
        after = text[match.end() : match.end() + 1]
        return " " if before and after and _is_word(before) and _is_word(after) else ""

    return _SPACE_RUN.sub(keep, text)


def join_lines(before: str, after: str) -> str:
    """Join two printed lines of one paragraph.

    A soft hyphen at the end of `before` disappears; a space at the break stays only inside Latin words.
    """
    if before.endswith(SOFT_HYPHEN):
        return before[:-1] + after.lstrip(" \u3000")
    return close_up(before + after)


def squeeze(text: str) -> str:
    """Return `text` without any white space: the form in which two texts are compared."""
    return re.sub(r"\s+", "", text)
