"""What an alert says: a subject, a text for people, the same as JSON for machines.

Belongs here: the words. Does not belong here: finding out (``orchestration.alerts``), sending (``sending``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from pipelines.text import numbered, printable

FORMAT = 1
"""The version of the JSON document: it grows without changing; a change of meaning raises it."""
MOST_CELLS = 10
FAILED, STALE, DUE, TEST = "echec", "donnees_perimees", "sources_a_reverifier", "essai"

Cell = Mapping[str, str]
"""A wrong cell: code, file, sheet, cell, value, message, advice."""


@dataclass(frozen=True)
class Alert:
    """An alert: ``type`` is one of `FAILED`, `STALE`, `DUE`, `TEST`; ``links`` by their title."""

    type: str
    subject: str
    text: str
    details: Mapping[str, object]
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """The text, then the links."""
        links = "".join(f"\n{title} : {link}" for title, link in self.links.items())
        return f"{self.text}\n{links}\n" if links else f"{self.text}\n"

    def as_json(self) -> dict[str, object]:
        """The document that a webhook gets (``docs/alertes.md``)."""
        return {
            "format": FORMAT,
            "type": self.type,
            "sujet": self.subject,
            "texte": self.text,
            "liens": dict(self.links),
            "details": dict(self.details),
        }


def failed(run: str, job: str, kind: str, said: str, cells: Sequence[Cell], links: Mapping[str, str]) -> Alert:
    """A run that failed: which kind of failure, what it says, the first wrong cells and what to do about them."""
    lines = [f"Le travail « {job} » a échoué : {kind}.", "", *said.strip().splitlines()[:20]]
    if cells:
        lines += ["", f"{numbered(len(cells), 'cellule')} à corriger :"]
        lines += [_cell(cell) for cell in cells[:MOST_CELLS]]
        if len(cells) > MOST_CELLS:
            lines.append(f"… et {len(cells) - MOST_CELLS} autres, dans le rapport.")
    details = {"execution": run, "travail": job, "nature": kind, "message": said, "cellules": list(cells[:MOST_CELLS])}
    subject = f"Contrats de destination : {job} a échoué ({kind})"
    return Alert(FAILED, subject, "\n".join(lines), details | {"nombre_de_cellules": len(cells)}, links)


def _cell(cell: Cell) -> str:
    place = ", ".join(part for part in (cell["file"], cell["sheet"], cell["cell"]) if part)
    return f"- {place} : {printable(cell['message'])} {printable(cell['advice'])}"


def stale(since: dt.date, days: int, last: str, links: Mapping[str, str]) -> Alert:
    """Nothing was published, nor found unchanged, for so many days."""
    text = (
        f"Aucune publication n’a abouti depuis le {since:%d/%m/%Y}, soit plus de {days} jours. "
        f"La dernière version est {last or 'inconnue'}.\n\n"
        "Vérifiez que les services tournent, que l’horaire publication_hebdomadaire est actif, et lisez la dernière "
        "exécution dans l’interface."
    )
    details = {"depuis": since.isoformat(), "jours": days, "derniere_version": last}
    return Alert(STALE, "Contrats de destination : les données ne sont plus à jour", text, details, links)


def due(sources: Sequence[Mapping[str, str]], links: Mapping[str, str]) -> Alert:
    """Sources (identifiant, titre, adresse, date) whose date of verification has come."""
    lines = [
        f"{numbered(len(sources), 'source est à relire', 'sources sont à relire')} (colonne « À revérifier le » de "
        "sources/referentiels/sources.csv) :",
        "",
        *(_source(one) for one in sources),
        "",
        "Après relecture : corrigez les feuilles, puis la date de consultation et la prochaine date à revérifier.",
    ]
    subject = f"Contrats de destination : {numbered(len(sources), 'source à revérifier', 'sources à revérifier')}"
    return Alert(DUE, subject, "\n".join(lines), {"sources": [dict(one) for one in sources]}, links)


def _source(one: Mapping[str, str]) -> str:
    return f"- {one['identifiant']} (le {one['date']}) : {printable(one['titre'])} {one['adresse']}".rstrip()


def trial() -> Alert:
    """What ``contrats-destination alerts test`` sends."""
    text = "Ceci est un essai : les alertes de la publication des contrats de destination arrivent ici."
    return Alert(TEST, "Contrats de destination : essai des alertes", text, {})


def run_link(interface: str, run: str) -> dict[str, str]:
    """The link to a run, when the address of Dagster's interface is known."""
    return {"Exécution": f"{interface.rstrip('/')}/runs/{quote(run)}"} if interface else {}
