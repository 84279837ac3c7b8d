"""Counts as bars and tables of the page, without a script: texts in HTML, lengths as small inline SVG.

Belongs here: what a chart looks like. Does not belong here: what it counts (``charts``, ``timeline``), colours (the
style sheet, by class).

Own code, because the libraries that draw SVG bring 30 MB or more, take seconds, fix their colours, and shrink their
texts with the width of the screen. Here texts keep their size at any width, a length is a percentage (an attribute: no
inline style), and every length has its number beside it, so that no colour carries a meaning alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

SERIES = 6
"""How many colours of series the style sheet declares."""
_LEVELS = 5


@dataclass(frozen=True)
class Bar:
    """One row of bars: label, value in words, parts end to end as (series from 1, value), link or none."""

    label: str
    value: str
    parts: tuple[tuple[int, float], ...]
    link: str = ""
    unknown: bool = False


def percent(part: float, whole: float) -> str:
    """A length as SVG takes it."""
    return f"{round(100 * part / whole, 2) if whole else 0:g}%"


def series(rank: int) -> str:
    """The class that colours a series."""
    return f"serie-{(rank - 1) % SERIES + 1}"


def bars(rows: Sequence[Bar], *, legend: Sequence[tuple[int, str]] = ()) -> Markup:
    """A list of labelled bars on one scale; the list reads without seeing them."""
    most = max((sum(value for _, value in row.parts) for row in rows), default=0.0)
    items = Markup("").join(_bar(row, most) for row in rows)
    return _legend(legend) + Markup('<ul class="barres">{}</ul>').format(items)


def linked(text: str, link: str) -> Markup:
    """A text, or a link when it has one."""
    return Markup('<a href="{}">{}</a>').format(link, text) if link else Markup("{}").format(text)


def heat(
    name: str, corner: str, heads: Sequence[str], rows: Sequence[tuple[str, str, Sequence[int]]], total: str
) -> Markup:
    """A table of counts: rows of (label, link, counts). A deeper cell has a greater number, which is written in it."""
    most = max((count for _, _, counts in rows for count in counts), default=0)
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}<td class="droite total" data-titre="{}">{}</td></tr>').format(
            linked(label, link),
            Markup("").join(
                Markup('<td class="droite chaleur-{}" data-titre="{}">{}</td>').format(
                    _level(count, most), title, count
                )
                for title, count in zip(heads, counts, strict=True)
            ),
            total,
            sum(counts),
        )
        for label, link, counts in rows
    )
    return _framed(name, "chaleur", [corner, *heads, total], body)


def table(name: str, heads: Sequence[str], rows: Iterable[Sequence[str | Markup]]) -> Markup:
    """A plain table; on a phone, each row becomes a block."""
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(
                Markup('<td data-titre="{}">{}</td>').format(title, cell)
                for title, cell in zip(heads, row, strict=True)
            )
        )
        for row in rows
    )
    return _framed(name, "fiches-etroites", heads, body)


def _framed(name: str, kind: str, heads: Sequence[str], body: Markup) -> Markup:
    """A table that scrolls in its own frame, by keyboard too."""
    return Markup(
        '<div class="defile" tabindex="0" role="group" aria-label="{}"><table class="{}">'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(name, kind, Markup("").join(Markup('<th scope="col">{}</th>').format(text) for text in heads), body)


def _bar(row: Bar, most: float) -> Markup:
    drawn, start = [], 0.0
    for rank, value in row.parts:
        if value:
            drawn.append(
                Markup('<rect class="{}" x="{}" width="{}" height="100%"/>').format(
                    series(rank), percent(start, most), percent(value, most)
                )
            )
            start += value
    return Markup(
        '<li{}><span class="barres-nom">{}</span>'
        '<svg class="barre" aria-hidden="true" focusable="false">{}</svg>'
        '<span class="barres-valeur">{}</span></li>'
    ).format(
        Markup(' class="inconnu"') if row.unknown else Markup(""),
        linked(row.label, row.link),
        Markup("").join(drawn),
        row.value,
    )


def _legend(entries: Sequence[tuple[int, str]]) -> Markup:
    if not entries:
        return Markup("")
    return Markup('<ul class="legende">{}</ul>').format(
        Markup("").join(
            Markup(
                '<li><svg class="pastille" aria-hidden="true" focusable="false">'
                '<rect class="{}" width="100%" height="100%"/></svg> {}</li>'
            ).format(series(rank), text)
            for rank, text in entries
        )
    )


def _level(count: int, most: int) -> int:
    return -(-count * _LEVELS // most) if most else 0
