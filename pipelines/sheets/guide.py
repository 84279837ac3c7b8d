"""The welcome page of a curator's workbook: what it is, how cells are written, what each sheet and colour means.

Belongs here: its words, in French. Does not belong here: the looks of the lines, given by each file format's writer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pipelines.sheets.examples import EXAMPLE_MARK
from pipelines.sheets.layout import Book, template_version
from schemas.registry import tables


class Look(StrEnum):
    """What a line of the page is; the last five are the swatches of the legend."""

    TITLE = "title"
    LEAD = "lead"
    HEADING = "heading"
    PAIR = "pair"
    REQUIRED = "required"
    OPTIONAL = "optional"
    IDENTIFIER = "identifier"
    EXAMPLE = "example"
    NOTE = "note"


@dataclass(frozen=True)
class Line:
    """One line: a text alone, or what something is called (``left``) and what is said of it (``right``)."""

    look: Look
    left: str
    right: str = ""


_HABITS = (
    ("Un fait par ligne", "Un partenaire qui tient deux rôles occupe deux lignes. Une ligne ne dit qu’une chose."),
    ("Toujours une source", "Chaque ligne cite au moins une source. Ce qu’aucune source ne dit reste vide."),
    ("Un doute ?", "Notez-le dans « Remarque ». Deux sources se contredisent ? Une ligne dans « Divergences »."),
    ("Identifiant", "Nouvelle ligne : laissez la case vide. Identifiant déjà là : ne le changez jamais."),
    ("Personnes", "Aucun nom de personne : écrivez la fonction (« le ministre chargé du tourisme »)."),
    ("À votre guise", "Triez, filtrez, élargissez, sautez des lignes. Gardez les en-têtes et le nom des feuilles."),
    ("Pour finir", "Enregistrez sous le même nom, au format Excel (.xlsx) ou OpenDocument (.ods)."),
)
_WRITINGS = (
    ("Plusieurs valeurs", "Séparées par « ; » : itinerance ; montagne"),
    ("Une date", "16/12/2014, 16 décembre 2014, décembre 2014 ou 2014. Jamais plus précise que la source."),
    ("… et les mots de la source", "Entre accolades : 2016 {printemps 2016}, ou seuls : {avant le contrat}"),
    ("Un montant", "990000, 1 200,50 €, 75 k€ ou 1,5 M€. Une part : 42 (sans le signe %)."),
    ("Un code", "Choisissez-le dans la liste de la case. Le sens de chaque code est sur la feuille « Listes »."),
    ("Des sources", "Leurs identifiants : ALP3 ; ALP4. Pour une seule colonne : ALP3 ; Début = ALP4, ALP6"),
    ("Un partenaire", "Comme la source l’écrit. Le registre le reconnaît, et sait son sigle, son SIREN, son site."),
    ("Un groupe de financeurs", "Entre guillemets : « 25 signataires »"),
    ("Des participants", "Le rôle après « = », le thème après « : ». DGE = organisateur : accueil ; alpes"),
    ("Une autre ligne", "Action, Outil, Inclus dans : recopiez l’Identifiant de la ligne visée."),
)
_LEGEND = (
    Line(Look.REQUIRED, "En-tête", "Colonne obligatoire dès que la ligne est remplie."),
    Line(Look.OPTIONAL, "En-tête", "Colonne à remplir quand une source le dit."),
    Line(Look.IDENTIFIER, "identifiant-de-ligne", "En gris : l’identifiant, à ne pas changer."),
    Line(Look.NOTE, "Coin marqué", "Survolez un en-tête : une note dit ce que la colonne attend, avec un exemple."),
)
_EXAMPLE = Line(Look.EXAMPLE, EXAMPLE_MARK, "En italique gris : une ligne d’exemple, que rien ne lit. Tapez sous elle.")
ROW_POINTS = {Look.TITLE: 36, Look.LEAD: 21, Look.HEADING: 34, Look.PAIR: 19}
"""Heights of the lines; what is not named here is as high as a pair."""
SAMPLE_NOTE = "C’est ici que s’affiche l’aide de chaque colonne."
"""The note of the last line of the legend, which shows what notes are."""


def guide(book: Book) -> tuple[Line, ...]:
    """The lines of the page for a workbook."""
    return tuple(_lines(book))


def _lines(book: Book) -> Iterator[Line]:
    if book.national:
        yield Line(Look.TITLE, "Contrats de destination : les faits nationaux")
        yield Line(Look.LEAD, "Ce classeur rassemble les faits publics qui ne sont propres à aucun contrat.")
    else:
        yield Line(Look.TITLE, "Un contrat de destination, en faits et en sources")
        yield Line(Look.LEAD, "Ce classeur rassemble ce que des documents publics disent d’un contrat de destination.")
    yield Line(
        Look.LEAD, "Vous le remplissez ; un programme dit quelle case revoir et comment, puis publie les données."
    )
    yield Line(Look.HEADING, "L’essentiel")
    yield from (Line(Look.PAIR, left, right) for left, right in _HABITS)
    yield Line(Look.HEADING, "Comment écrire…")
    yield from (Line(Look.PAIR, left, right) for left, right in _WRITINGS)
    yield Line(Look.HEADING, "Les feuilles")
    for page in book.pages:
        about = tables()[page.sheet.table].description.fr
        yield Line(
            Look.PAIR, page.sheet.name, "Le contrat lui-même, sur une seule ligne." if page.sheet.single else about
        )
    yield Line(Look.PAIR, "Listes", "Les codes que proposent les cases, et leur sens. À lire, pas à remplir.")
    yield Line(Look.HEADING, "Les couleurs")
    yield from _LEGEND[:-1]
    if book.examples:
        yield _EXAMPLE
    yield _LEGEND[-1]
    yield Line(Look.HEADING, "Ce modèle")
    yield Line(Look.PAIR, "Version", f"{template_version()}, d’après les colonnes attendues aujourd’hui.")
