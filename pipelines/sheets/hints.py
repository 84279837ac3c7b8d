"""What is said to a curator about one column: title, description, example, what is expected, in French.

Belongs here: the words of header notes and cell messages, from the declaration of a field. Does not belong here:
widths, colours, lists (``layout``), file formats.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from schemas.declaration import (
    Cell,
    Column,
    Field,
    Kind,
    ListCell,
    PartnerOrGroupCell,
    RegistryCell,
    Sheet,
    SourcesCell,
    TargetCell,
    VersionCell,
    ZoneCell,
)
from schemas.registry import tables
from schemas.vocabularies import VOCABULARIES

MESSAGE_LIMIT = 255
"""Characters that a spreadsheet shows in the message of a cell."""

_LARGEST = 1e15
OUT_OF_LIST = "Ce texte n’est pas dans la liste (codes et sens : feuille « Listes »). Le garder quand même ?"
YEAR_AS_DAY = "Le tableur lit ce nombre comme un jour d’avant 1950. Année seule : tapez une apostrophe devant, '2014."

_NAME_AS_WRITTEN = "le nom de l’organisation, tel que la source l’écrit"
_REFERENCES = {
    "partenaires": _NAME_AS_WRITTEN,
    "actions": "l’Identifiant (ou le Numéro) d’une ligne de la feuille « Actions »",
    "outils": "l’Identifiant d’une ligne de la feuille « Outils »",
    "financements": "l’Identifiant d’une autre ligne de cette feuille",
    "contrats": "l’identifiant d’un contrat",
}
_KINDS = {
    Kind.TEXT: "un texte",
    Kind.IDENTIFIER: "un identifiant",
    Kind.DATE: "16/12/2014, décembre 2014 ou 2014 ; au besoin, les mots de la source : 2016 {printemps 2016}",
    Kind.BOOLEAN: "oui ou non",
    Kind.INTEGER: "un nombre entier",
    Kind.DECIMAL: "un nombre seul, sans unité ni signe %",
    Kind.EUROS: "un montant en euros : 990000 (75 k€ et 1,5 M€ sont compris aussi)",
    Kind.PERCENT: "un nombre de 0 à 100, sans le signe % : 42",
    Kind.URL: "une adresse complète, qui commence par http:// ou https://",
    Kind.SIREN: "neuf chiffres",
}
_MESSAGES = {
    Kind.DATE: "16/12/2014, décembre 2014 ou 2014 : pas plus précis que la source. "
    "Ses mots, au besoin, entre accolades : 2016 {printemps 2016}.",
    Kind.INTEGER: "Un nombre entier.",
    Kind.DECIMAL: "Un nombre seul, sans unité ni signe %.",
    Kind.EUROS: "Un montant en euros : 990000.",
    Kind.PERCENT: "Un nombre de 0 à 100, sans le signe % : tapez 42 pour 42 %.",
}
_NEW_ROW = "Nouvelle ligne : laissez vide, l’identifiant sera proposé. Identifiant déjà là : ne le changez jamais."
_PARTS = {
    "sheet": ("Feuille de la ligne sur laquelle les sources divergent.", "Contrat", "un nom de feuille, dans la liste"),
    "row": ("Ligne sur laquelle les sources divergent.", "bordeaux", "l’Identifiant de cette ligne"),
    "column": ("Colonne sur laquelle les sources divergent.", "Date de signature", "l’en-tête de cette colonne"),
}


@dataclass(frozen=True, kw_only=True)
class Hint:
    """What is said of a column. ``message`` shows when a cell is selected; ``several``: the cell holds a list."""

    kind: Kind
    title: str
    description: str
    expected: str
    example: str
    unit: str = ""
    message: str = ""
    required: bool = False
    vocabulary: str | None = None
    several: bool = False
    sheet_names: bool = False
    own_identifier: bool = False
    minimum: float | None = None
    maximum: float | None = None

    @property
    def note(self) -> str:
        """The note of the header: one thing a line."""
        lines = [
            f"{self.title} (obligatoire)" if self.required else self.title,
            self.description if self.description != self.title else "",
            f"Attendu : {self.expected}.",
            f"Exemple : {self.example}" if self.example else "",
            f"Unité : {self.unit}" if self.unit else "",
        ]
        return "\n".join(line for line in lines if line)


def hint(field: Field, sheet: Sheet) -> Hint:
    """What is said of a field of a sheet."""
    if isinstance(field, Cell):
        return _own_key(field, sheet) if field.column.name == tables()[sheet.table].key else of_column(field.column)
    if isinstance(field, RegistryCell):
        return _registry(field)
    if isinstance(field, ListCell):
        return _list(field)
    return _special(field)


def of_column(column: Column) -> Hint:
    """What is said of a plain column of a table."""
    found = Hint(
        kind=column.kind,
        title=column.title.fr,
        description=_description(column),
        expected=_KINDS.get(column.kind, "un texte"),
        example=_example(column),
        unit="euros" if column.unit == "EUR" else column.unit or "",
        message=_MESSAGES.get(column.kind, ""),
        required=column.required,
        vocabulary=column.vocabulary,
        minimum=column.minimum,
        maximum=column.maximum,
    )
    if column.vocabulary is not None:
        return replace(found, expected=f"un code de la liste ; {_meaning(column.vocabulary)}")
    if column.references is not None:
        expected = _REFERENCES.get(column.references, "un identifiant")
        kind = Kind.TEXT if column.references == "partenaires" else found.kind
        return replace(found, kind=kind, expected=expected, message=f"{expected[0].upper()}{expected[1:]}.")
    return found


def _meaning(vocabulary: str) -> str:
    title = VOCABULARIES[vocabulary].title.fr
    return f"le sens des codes est sur la feuille « Listes », sous « {title} »"


def _description(column: Column) -> str:
    """What the column holds; of a date, without what publishing makes of a month or a year."""
    text = column.description.fr
    return text.partition(" ; ")[0] if column.kind is Kind.DATE else text


def _example(column: Column) -> str:
    if column.references == "partenaires":
        return "Office de tourisme de Marseille"
    if column.kind is Kind.DATE and column.example.count("-") == 2:
        year, month, day = column.example.split("-")
        return f"{day}/{month}/{year}"
    if column.kind is Kind.EUROS:
        return column.example.removesuffix(".00")
    if column.kind is Kind.DECIMAL:
        return column.example.replace(".", ",")
    return column.example


def limits(found: Hint) -> tuple[float, float]:
    """The least and the greatest number that pass without a question; a share under 1 is asked about (0,42 or 42?)."""
    lowest = found.minimum if found.minimum is not None else -_LARGEST
    highest = found.maximum if found.maximum is not None else _LARGEST
    return (max(lowest, 1) if found.kind is Kind.PERCENT else lowest), highest


def out_of_limits(found: Hint) -> str:
    """What is asked of a number that does not pass."""
    return f"Attendu : {found.expected}. Garder ce texte quand même ?"[:MESSAGE_LIMIT]


def _own_key(field: Cell, sheet: Sheet) -> Hint:
    found = replace(of_column(field.column), own_identifier=True)
    if sheet.single:
        expected = "l’identifiant du contrat, qui est aussi le nom du fichier"
        return replace(found, expected=expected, message="Identifiant du contrat : ne le changez jamais.")
    expected = "rien pour une nouvelle ligne ; un identifiant déjà là ne change jamais"
    return replace(found, expected=expected, message=_NEW_ROW, required=False)


def _registry(field: RegistryCell) -> Hint:
    found = of_column(field.column)
    known = "rien, si le registre des partenaires le dit déjà"
    return replace(found, expected=known, message="", required=False)


def _list(field: ListCell) -> Hint:
    table = tables()[field.table]
    column = table[field.columns[-1]]
    one = of_column(column)
    qualifier = f" = {table[field.qualifier].example}" if field.qualifier else ""
    detail = f" : {table[field.detail].example}" if field.detail else ""
    expected = f"{'des codes' if column.vocabulary else _several(field.columns)}, séparés par « ; »"
    if field.qualifier:
        expected += f" ; au besoin, {table[field.qualifier].title.fr.lower()} (code) après « = »"
    if field.detail:
        expected += f" et {table[field.detail].title.fr.lower()} après « : »"
    message = f"{expected[0].upper()}{expected[1:]}."
    if column.vocabulary:
        expected += f" ; {_meaning(column.vocabulary)}"
        message = f"{message} Codes : feuille « Listes », « {VOCABULARIES[column.vocabulary].title.fr} »."
    return replace(
        one,
        kind=Kind.CODE if column.vocabulary else Kind.TEXT,
        title=field.label,
        description=table.description.fr,
        expected=expected,
        example=f"{one.example}{qualifier}{detail}",
        message=message,
        required=field.required,
        several=True,
    )


def _several(columns: tuple[str, ...]) -> str:
    return "des organisations ou des identifiants de contrats" if len(columns) > 1 else "des organisations"


def _special(field: Field) -> Hint:
    """The fields that are not a column: sources, zones, groups of financers, the parts of a divergence."""
    if isinstance(field, SourcesCell):
        return _sources(field.label, "Documents qui énoncent le fait.", True)
    if isinstance(field, VersionCell) and field.part == "sources":
        return _sources(field.label, "Documents qui donnent cette version.", field.required)
    found = Hint(
        kind=Kind.TEXT, title=field.label, description="", expected="un texte", example="", required=field.required
    )
    if isinstance(field, VersionCell):
        return replace(found, description="Ce que disent ces sources.", example="Signé le 16 décembre 2014")
    if isinstance(field, TargetCell):
        description, example, expected = _PARTS[field.part]
        return replace(
            found,
            kind=Kind.CODE,
            description=f"{description} Vide quand aucune n’est visée.",
            example=example,
            expected=expected,
            sheet_names=field.part == "sheet",
        )
    if isinstance(field, ZoneCell):
        expected = "le nom d’une zone officielle, ou son type et son code"
        about = "Territoire que le chiffre concerne, quand ce n’est pas celui du contrat."
        return replace(found, kind=Kind.CODE, description=about, expected=expected, example="departement 2A")
    if isinstance(field, PartnerOrGroupCell):
        expected = f"{_NAME_AS_WRITTEN} ; un groupe s’écrit entre « »"
        return replace(
            found,
            description="Qui finance.",
            expected=expected,
            example="Atout France, ou « 25 signataires »",
            message="Un seul financeur, comme la source l’écrit. Un groupe, entre guillemets : « 25 signataires ».",
        )
    raise TypeError(f"nothing to say of {type(field).__name__}")


def _sources(label: str, description: str, required: bool) -> Hint:
    return Hint(
        kind=Kind.TEXT,
        title=label,
        description=description,
        expected="des identifiants de sources, séparés par « ; »",
        example="ALP3 ; ALP4" if label != "Sources" else "ALP3 ; Début = ALP4, ALP6",
        message="Identifiants de sources : ALP3 ; ALP4."
        + (" Pour une seule colonne de la ligne : ALP3 ; Début = ALP4, ALP6." if label == "Sources" else ""),
        required=required,
        several=True,
    )
