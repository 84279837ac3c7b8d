"""How texts are cleaned, compared, turned into slugs and shown, in every room.

Belongs here: the one rule by which two spellings are the same, written down once. Does not belong here: what a text
means.

The rule (`fold`): compatibility form (NFKD), case folded, œ and æ spelled out, accents dropped, everything that is
neither a letter nor a digit becomes one space. « Œnotourisme », « oenotourisme » and « OENOTOURISME » are the same; «
Saint » and « St » are not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

MOST_CHARACTERS = 300
"""Of a text that is shown on one line."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_DROP_INVISIBLE = {ord(character): None for character in INVISIBLE}
_MARKS = re.compile("[\u0300-\u036f]+")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


@lru_cache(maxsize=1 << 15)  # headers, codes and names come back in every sheet
def fold(text: str) -> str:
    """The form under which two spellings are compared (rule in the module's docstring)."""
    folded = unicodedata.normalize("NFKD", text.translate(_DROP_INVISIBLE)).casefold().translate(_LIGATURES)
    return _NOT_ALPHANUMERIC.sub(" ", _MARKS.sub("", folded)).strip()


def slug(text: str, limit: int = 0) -> str:
    """A lower-case slug; with ``limit``, cut at a word so as not to be longer."""
    words = fold(text).split()
    if not limit:
        return "-".join(words)
    kept = ""
    for word in words:
        longer = f"{kept}-{word}" if kept else word
        if len(longer) > limit and kept:
            break
        kept = longer
    return kept[:limit]


def clean(text: str) -> str:
    """A cell's text without invisible characters and stray spaces, accents composed; line breaks become spaces."""
    return " ".join(unicodedata.normalize("NFC", text.translate(_DROP_INVISIBLE)).split())


def on_distinct(series: pd.Series[str], function: Callable[[str], T]) -> pd.Series[T]:  # type: ignore[type-var]
    """``function`` on each distinct value of a text series, spread back over the rows (object dtype, same index).

    The cost is that of the distinct values, not of the rows: dates, codes, amounts and names repeat.
    """
    import pandas as pd

    codes, distinct = pd.factorize(series)
    values = pd.Series([function(value) for value in distinct], dtype=object)
    return pd.Series(values.to_numpy()[codes] if len(values) else [], index=series.index, dtype=object)


def printable(text: object, most: int = MOST_CHARACTERS) -> str:
    """A text on one line, without anything that a terminal would obey, cut after ``most`` characters."""
    line = _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", " ".join(str(text).split()))
    return line if len(line) <= most else f"{line[: most - 1]}…"


def numbered(count: int, one: str, many: str = "") -> str:
    """« 1 erreur », « 2 erreurs », « 1 200 erreurs »."""
    return f"{count:,} ".replace(",", "\N{NARROW NO-BREAK SPACE}") + (one if count < 2 else many or f"{one}s")
