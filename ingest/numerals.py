"""Chinese numerals: 十六 to 16 and back, 百分之四十五点八 to 45.8%."""

import re
from decimal import Decimal

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_NUMERAL = "〇零一二三四五六七八九十百千万亿两"
_PERCENT = re.compile(rf"百分之([{_NUMERAL}]+(?:点[{_NUMERAL}]+)?|\d+(?:\.\d+)?)")
_YEAR = re.compile(
    r"([二一][〇零0九][〇零一二三四五六七八九]{2})(?=年|—|-|$|[^〇零一二三四五六七八九十百千万亿])"
)
_QUANTITY = re.compile(
    rf"[一二三四五六七八九两][{_NUMERAL}]*[十百千][{_NUMERAL}]*(?:点[{_NUMERAL}]+)?|[{_NUMERAL}]+点[{_NUMERAL}]+"
)


def chinese_numeral(value: int) -> str:
    """The Chinese numeral of 1 to 999: 16 is 十六, 102 is 一百零二."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{digits[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones else "")


def chinese_value(text: str) -> Decimal:
    """The value of a Chinese numeral: 十六, 一百零二, 四十五点八, 八百亿, 二〇二五.

    Raises:
        ValueError: `text` is no such numeral.
    """
    whole, _, fraction = text.partition("点")
    if not whole or any(char not in _NUMERAL for char in whole + fraction):
        raise ValueError(f"not a Chinese numeral: {text!r}")
    if all(char in _DIGITS for char in whole):
        total = int("".join(str(_DIGITS[char]) for char in whole))
    else:
        total = _whole_value(whole)
    if not fraction:
        return Decimal(total)
    if any(char not in _DIGITS for char in fraction):
        raise ValueError(f"not a Chinese numeral: {text!r}")
    return Decimal(f"{total}." + "".join(str(_DIGITS[char]) for char in fraction))


def whole_number(text: str) -> int:
    """The value of a whole number in digits or in Chinese numerals: 12, 十二.

    Raises:
        ValueError: `text` is no such number.
    """
    return int(text) if text.isascii() else int(chinese_value(text))


def _whole_value(text: str) -> int:
    total = section = 0
    digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _SMALL:
            section += (digit or 1) * _SMALL[char]
            digit = 0
        else:
            section = (section + digit or 1) * _LARGE[char]
            total += section
            section = digit = 0
    return total + section + digit


def arabic(text: str) -> str:
    """`text` with percentages, years and quantities written in Chinese numerals as digits.

    「百分之四十五点八」 becomes 45.8%, 「二〇二五年」 2025年, 「八百亿斤」 800亿斤; the small numerals of
    names (六个回归, 三区四屏) stay.
    """

    def quantity(match: re.Match[str]) -> str:
        numeral = match.group()
        unit = ""
        while numeral and numeral[-1] in _LARGE:  # 八百亿 is said 800亿
            unit = numeral[-1] + unit
            numeral = numeral[:-1]
        try:
            return f"{chinese_value(numeral)}{unit}"
        except ValueError:
            return match.group()

    def percent(match: re.Match[str]) -> str:
        number = match.group(1)
        try:
            return f"{number if number[0].isascii() else chinese_value(number)}%"
        except ValueError:
            return match.group()

    text = _PERCENT.sub(percent, text)
    text = _YEAR.sub(lambda match: str(chinese_value(match.group(1).replace("0", "零"))), text)
    return _QUANTITY.sub(quantity, text)
