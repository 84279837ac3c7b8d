"""Figures as one table: for the terminal, and as the page ``results.md``.

Belongs here: wording and layout, in French. Does not belong here: measuring, arithmetic (``figures``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table as Grid

from benchmarks.figures import Figure, Target

COLUMNS = (
    "rang",
    "mesure",
    "nous (s)",
    "référence (s)",
    "quelle référence",
    "rapport",
    "cible",
    "tenue",
    "mémoire (Mo)",
    "lignes",
    "fois",
    "note",
)
_RIGHT = frozenset({"nous (s)", "référence (s)", "rapport", "cible", "mémoire (Mo)", "lignes", "fois"})
_HELD = {True: "tenue", False: "pas tenue", None: ""}
_NARROW = "\u202f"
FAILED = "n’a pas pu être mesuré"


def cells(figure: Figure) -> list[str]:
    """The cells of a line, in the order of `COLUMNS`."""
    return [
        "" if figure.part else figure.key,
        f"– {figure.what}" if figure.part else figure.what,
        _seconds(figure.ours),
        _seconds(figure.reference),
        figure.against,
        "" if figure.value is None else f"{number(figure.value)} {figure.unit}",
        "" if figure.target is None else _target(figure.target, figure.unit),
        {True: "oui", False: "non", None: ""}[figure.held],
        "" if figure.memory is None else grouped(figure.memory / 1e6),
        "" if figure.rows is None else grouped(figure.rows),
        "" if figure.failed else str(figure.repeats),
        f"{FAILED} : {figure.failed}" if figure.failed else figure.note,
    ]


def grid(figures: Sequence[Figure]) -> Grid:
    """The table for a terminal."""
    found = Grid(box=None, padding=(0, 2, 0, 0))
    for name in COLUMNS:
        found.add_column(name, justify="right" if name in _RIGHT else "left", overflow="fold")
    for figure in figures:
        found.add_row(*map(_plain, cells(figure)), style=_style(figure))
    return found


def page(figures: Sequence[Figure], machine: Mapping[str, str], sizes: Mapping[str, str]) -> str:
    """The page: the table, then what it was measured with and on."""
    lines = [
        "# Mesures",
        "",
        f"Page écrite par `{sizes['Commande']}`, jamais à la main. Chaque rapport est pris en une même exécution, les",
        "deux côtés à tour de rôle, chacun dans un processus neuf, bibliothèques chargées avant la mesure ; les",
        "nombres sont les médianes de « fois » répétitions. La mémoire est le plus haut du processus (VmHWM),",
        "bibliothèques comprises. Une ligne qui commence par un tiret détaille celle du dessus.",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "| " + " | ".join("---:" if name in _RIGHT else "---" for name in COLUMNS) + " |",
        *("| " + " | ".join(_cell(cell) for cell in cells(figure)) + " |" for figure in figures),
        "",
        "## Avec quoi",
        "",
        *(f"- {name} : {value}" for name, value in {**machine, **sizes}.items()),
        "",
    ]
    return "\n".join(lines)


def verdict(figure: Figure) -> str:
    """« 2,47 × (≤ 3 ×, tenue) »; blank where nothing is compared."""
    if figure.value is None:
        return ""
    held = "" if figure.target is None else f" ({_target(figure.target, figure.unit)}, {_HELD[figure.held]})"
    return f"{number(figure.value)} {figure.unit}{held}"


def number(value: float) -> str:
    """A number to three significant digits, with a comma."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}".replace(",", _NARROW).replace(".", ",")


def _seconds(value: float | None) -> str:
    return "" if value is None else number(value)


def grouped(value: float) -> str:
    """A whole number, by thousands."""
    return f"{value:,.0f}".replace(",", _NARROW)


def _target(target: Target, unit: str) -> str:
    return f"{'≤' if target.at_most else '≥'} {target.bound:g} {unit}".replace(".", ",")


def _style(figure: Figure) -> str | None:
    if figure.failed:
        return "bold red"
    if figure.part:
        return "dim"
    return {True: "green", False: "yellow", None: None}[figure.held]


def _plain(cell: str) -> str:
    return cell.replace("[", r"\[")


def _cell(cell: str) -> str:
    return cell.replace("|", r"\|").replace("\n", " ")
