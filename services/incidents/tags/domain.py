"""What a tag is. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from shared.errors import Unprocessable
from shared.search import folded

MOST_TAGS, LONGEST_TAG = 20, 30


class TagNotUsable(Unprocessable):
    code = "tag_not_usable"
    en = "A tag has 1 to {most} letters, and none that is not seen: {tag}."
    zh = "标签须为 1 至 {most} 个可见字符：{tag}。"


class TooManyTags(Unprocessable):
    code = "too_many_tags"
    en = "An incident has at most {most} tags."
    zh = "一个事件最多 {most} 个标签。"


def normalised(tags: Iterable[str]) -> list[str]:
    """The tags without repeats, as they are compared: width, case and spacing tell none apart.

    Raises TagNotUsable, TooManyTags.
    """
    found = list(dict.fromkeys(_normalised(tag) for tag in tags))
    if len(found) > MOST_TAGS:
        raise TooManyTags(most=MOST_TAGS)
    return found


def _normalised(tag: str) -> str:
    plain = folded(tag)
    if not 0 < len(plain) <= LONGEST_TAG or any(unicodedata.category(letter)[0] == "C" for letter in plain):
        raise TagNotUsable(tag=tag, most=LONGEST_TAG)
    return plain
