"""What a comparison of two releases says, as values: severities, codes, counts, samples. The form of ``diff.json``.

Belongs here: the words of the document, and their JSON (schema: ``docs/diff.schema.json``). Does not belong here: how
differences are found (``compare``), how they are shown (``text``, ``page``, ``journal``).

The attributes are the keys of the document, hence French.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

FORMAT = 1
SAMPLES = 20
"""At most that many examples of anything."""
DERIVED_SAMPLES = 5
"""The same for tables that are computed from others: they repeat what their sources already say."""
CONTRACTS = 100
SHRUNK_PCT = 10
"""A table that loses that share of its rows is pointed out."""

MODEL_VERSION_KEY = "version_du_modele"
SOURCES_TABLE = "sources"

T = TypeVar("T")


class Severity(StrEnum):
    """What a difference asks of a reuser: to mend a script, to look, or nothing."""

    BREAKING = "rupture"
    ATTENTION = "attention"
    INFORMATION = "information"


class Topic(StrEnum):
    """What a difference is about."""

    MODEL = "modele"
    CODES = "codes"
    IDENTIFIERS = "identifiants"
    ROWS = "lignes"
    SOURCES = "sources"
    DESCRIPTION = "description"
    SKIPPED = "non_compare"


class Nature(StrEnum):
    """The part that a table plays, as its own schema shows it."""

    FACTS = "faits"
    LINK = "liaison"
    TRACE = "tracabilite"
    DERIVED = "derivee"


class TableState(StrEnum):
    """Which of the releases has a table."""

    KEPT = "presente"
    ADDED = "ajoutee"
    REMOVED = "retiree"


class Status(StrEnum):
    """The verdict in one word. Nothing found to differ, but something left uncompared, is not « identiques »."""

    FIRST = "premiere"
    SAME = "identiques"
    DIFFERENT = "differentes"
    UNKNOWN = "indeterminees"


@dataclass(frozen=True)
class Kind:
    """One kind of difference. ``adds``: it adds to the model, which asks for a higher minor version."""

    severity: Severity
    topic: Topic
    meaning: str
    adds: bool = False


_BREAKING, _ATTENTION, _INFORMATION = Severity
_MODEL, _CODES, _IDENTIFIERS, _ROWS = Topic.MODEL, Topic.CODES, Topic.IDENTIFIERS, Topic.ROWS

KINDS: dict[str, Kind] = {
    "table-retiree": Kind(_BREAKING, _MODEL, "Une table n’est plus publiée, ou a changé de nom."),
    "colonne-retiree": Kind(_BREAKING, _MODEL, "Une colonne n’est plus publiée, ou a changé de nom."),
    "type-change": Kind(_BREAKING, _MODEL, "Une colonne a changé de type ou de format."),
    "unite-changee": Kind(
        _BREAKING, _MODEL, "Une colonne a changé d’unité : ses nombres ne disent plus la même chose."
    ),
    "nomenclature-changee": Kind(_BREAKING, _MODEL, "Une colonne tient ses codes d’une autre nomenclature."),
    "cle-changee": Kind(_BREAKING, _MODEL, "Une table a changé de clé."),
    "cle-naturelle-changee": Kind(_BREAKING, _MODEL, "Ce qui distinguait une ligne ne suffit plus à la distinguer."),
    "fichier-retire": Kind(_BREAKING, _MODEL, "Un fichier n’est plus là, ou a changé de place."),
    "ecriture-changee": Kind(_BREAKING, _MODEL, "Les fichiers CSV ne s’écrivent plus de la même façon."),
    "code-retire": Kind(_BREAKING, _CODES, "Un code n’est plus dans sa nomenclature, ou a changé de nom."),
    "identifiant-perdu": Kind(_BREAKING, _IDENTIFIERS, "Un identifiant a disparu sans redirection."),
    "redirection-sans-cible": Kind(
        _BREAKING, _IDENTIFIERS, "Un identifiant est remplacé par un identifiant qui n’est nulle part."
    ),
    "redirection-perdue": Kind(_BREAKING, _IDENTIFIERS, "Un identifiant retiré n’est plus redirigé."),
    "colonne-facultative": Kind(_ATTENTION, _MODEL, "Une colonne toujours remplie peut désormais être vide."),
    "contrainte-changee": Kind(
        _ATTENTION, _MODEL, "Ce qu’une colonne peut contenir a changé (motif, bornes, unicité)."
    ),
    "reference-retiree": Kind(_ATTENTION, _MODEL, "Une colonne ne renvoie plus à une autre table."),
    "colonnes-reordonnees": Kind(_ATTENTION, _MODEL, "L’ordre des colonnes a changé."),
    "type-parquet-change": Kind(_ATTENTION, _MODEL, "Le type d’une colonne a changé dans le seul fichier Parquet."),
    "code-relibelle": Kind(_ATTENTION, _CODES, "Le libellé d’un code a changé."),
    "identifiant-suspendu": Kind(
        _ATTENTION, _IDENTIFIERS, "Un identifiant manque, ou ne mène plus nulle part, dans une publication partielle."
    ),
    "identifiant-remis": Kind(_ATTENTION, _IDENTIFIERS, "Un identifiant retiré sert de nouveau."),
    "table-retrecie": Kind(_ATTENTION, _ROWS, f"Une table a perdu {SHRUNK_PCT} % de ses lignes, ou plus."),
    "licence-changee": Kind(_ATTENTION, Topic.DESCRIPTION, "La licence des données a changé."),
    "non-compare": Kind(_ATTENTION, Topic.SKIPPED, "Une table ou une colonne n’a pas pu être comparée."),
    "table-ajoutee": Kind(_INFORMATION, _MODEL, "Une table nouvelle.", adds=True),
    "colonne-ajoutee": Kind(_INFORMATION, _MODEL, "Une colonne nouvelle.", adds=True),
    "reference-ajoutee": Kind(_INFORMATION, _MODEL, "Une colonne renvoie désormais à une autre table.", adds=True),
    "colonne-obligatoire": Kind(_INFORMATION, _MODEL, "Une colonne est désormais toujours remplie."),
    "cle-naturelle-resserree": Kind(_INFORMATION, _MODEL, "Moins de colonnes suffisent à distinguer une ligne."),
    "fichier-ajoute": Kind(_INFORMATION, _MODEL, "Un fichier nouveau."),
    "libelles-changes": Kind(_INFORMATION, _MODEL, "Des titres, descriptions ou exemples ont changé."),
    "code-ajoute": Kind(_INFORMATION, _CODES, "Un code nouveau.", adds=True),
    "identifiant-remplace": Kind(_INFORMATION, _IDENTIFIERS, "Un identifiant est remplacé par un autre."),
    "identifiant-abandonne": Kind(_INFORMATION, _IDENTIFIERS, "Un identifiant est abandonné, avec son motif."),
    "lignes-ajoutees": Kind(_INFORMATION, _ROWS, "Des lignes nouvelles."),
    "lignes-retirees": Kind(_INFORMATION, _ROWS, "Des lignes ne sont plus là."),
    "lignes-changees": Kind(_INFORMATION, _ROWS, "Des valeurs ont changé dans des lignes restées."),
    "source-ajoutee": Kind(_INFORMATION, Topic.SOURCES, "Un document de plus dans la bibliographie."),
    "source-retiree": Kind(_INFORMATION, Topic.SOURCES, "Un document de moins dans la bibliographie."),
    "description-changee": Kind(_INFORMATION, Topic.DESCRIPTION, "Ce que le jeu de données dit de lui-même a changé."),
}
"""Every kind of difference by its code, which never changes; the gravest first."""
_RANKS = {code: rank for rank, code in enumerate(KINDS)}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One difference, in words, with its address. ``nombre``: of how many things; ``exemples``: some of their names."""

    gravite: Severity
    code: str
    message: str
    table: str | None = None
    colonne: str | None = None
    objet: str | None = None
    avant: str | None = None
    apres: str | None = None
    nombre: int = 1
    exemples: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """What its code means."""
        return KINDS[self.code]


def finding(code: str, message: str, **more: Any) -> Finding:  # noqa: ANN401  (the optional attributes of a finding)
    """A finding with the severity of its code."""
    return Finding(gravite=KINDS[code].severity, code=code, message=message, **more)


def figure(number: int) -> str:
    """A number as French writes it: « 12 345 »."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def listed(names: tuple[str, ...], number: int) -> str:
    """« a, b, c », with the cap when some of the ``number`` are left out."""
    shown = ", ".join(names)
    return shown if len(names) == number else f"{shown}… ({figure(len(names))} montrés sur {figure(number)})"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The gravest first, then by code; those of one code keep their order (that of the tables)."""
    return tuple(sorted(findings, key=lambda found: _RANKS[found.code]))


@dataclass(frozen=True)
class Sample(Generic[T]):
    """Some of a number of things: ``montres`` of ``nombre``."""

    nombre: int = 0
    montres: int = 0
    exemples: tuple[T, ...] = ()

    @classmethod
    def of(cls, number: int, shown: Collection[T]) -> Sample[T]:
        """A sample already cut to its cap."""
        return cls(number, len(shown), tuple(shown))


@dataclass(frozen=True)
class Release:
    """One of the two releases. ``partielle``: rows or workbooks were kept out of it."""

    version: str
    partielle: bool
    version_du_modele: str
    contenu_sha256: str | None
    tables: int
    lignes: int


@dataclass(frozen=True)
class Row:
    """A row added or removed: its key, and its values that are not empty, written as in the CSV file."""

    cle: str
    valeurs: dict[str, str]


@dataclass(frozen=True)
class Cell:
    """One value changed."""

    colonne: str
    avant: str | None
    apres: str | None


@dataclass(frozen=True)
class ChangedRow:
    """A row of both releases, and its values that differ."""

    cle: str
    cellules: tuple[Cell, ...]


@dataclass(frozen=True)
class Skipped:
    """What was not compared, and why. No column: the rows of the table."""

    table: str
    colonne: str | None
    raison: str


@dataclass(frozen=True, kw_only=True)
class TableDiff:
    """One table. ``comparee`` is false when its rows were not compared; what is said of them is then void."""

    table: str
    titre: str
    nature: Nature
    etat: TableState
    comparee: bool
    lignes_avant: int
    lignes_apres: int
    lignes_comparees: int = 0
    part_changee_pct: float | None = None
    colonnes_comparees: int = 0
    cellules_changees: int = 0
    changees_par_colonne: dict[str, int] = field(default_factory=dict)
    ajoutees: Sample[Row] = Sample()
    retirees: Sample[Row] = Sample()
    changees: Sample[ChangedRow] = Sample()

    @property
    def derived(self) -> bool:
        """Whether the table is computed from others."""
        return self.nature is Nature.DERIVED

    @property
    def touched(self) -> bool:
        """Whether its rows were found to differ."""
        return bool(self.ajoutees.nombre or self.retirees.nombre or self.changees.nombre)


@dataclass(frozen=True)
class Term:
    """One code of a vocabulary, with its label (French) before and after."""

    code: str
    avant: str | None
    apres: str | None


@dataclass(frozen=True)
class TermsDiff:
    """One vocabulary that changed; its codes are all listed."""

    nomenclature: str
    codes_avant: int
    codes_apres: int
    ajoutes: tuple[Term, ...]
    retires: tuple[Term, ...]
    relibelles: tuple[Term, ...]


@dataclass(frozen=True)
class Dropped:
    """One identifier that is no longer in its table; ``remplace_par`` is where its redirections lead."""

    identifiant: str
    remplace_par: str | None
    motif: str | None


@dataclass(frozen=True)
class DroppedDiff:
    """Identifiers of one table that share one fate, the code of a finding."""

    table: str
    sort: str
    identifiants: Sample[Dropped]


@dataclass(frozen=True)
class ContractTable:
    """How many rows of one table changed for one contract."""

    table: str
    ajoutees: int
    retirees: int
    changees: int


@dataclass(frozen=True)
class ContractDiff:
    """One contract whose facts changed (derived tables apart)."""

    contrat_id: str
    nom: str | None
    tables: tuple[ContractTable, ...]


@dataclass(frozen=True)
class Property:
    """One thing that the dataset says of itself."""

    propriete: str
    titre: str
    avant: str | None
    apres: str | None


@dataclass(frozen=True)
class SourcesDiff:
    """The documents that came into the bibliography or left it."""

    ajoutees: Sample[Row] = Sample()
    retirees: Sample[Row] = Sample()


@dataclass(frozen=True, kw_only=True)
class Diff:
    """The comparison of two releases; ``ancienne`` is None for the first one."""

    format: int = FORMAT
    statut: Status
    ancienne: Release | None
    nouvelle: Release
    exemples_au_plus: int = SAMPLES
    exemples_derives_au_plus: int = DERIVED_SAMPLES
    constats: tuple[Finding, ...] = ()
    tables: tuple[TableDiff, ...] = ()
    contrats: Sample[ContractDiff] = Sample()
    nomenclatures: tuple[TermsDiff, ...] = ()
    identifiants: tuple[DroppedDiff, ...] = ()
    proprietes: tuple[Property, ...] = ()
    sources: SourcesDiff = SourcesDiff()
    non_compares: tuple[Skipped, ...] = ()

    @property
    def same(self) -> bool:
        """Whether everything was compared and nothing differs."""
        return self.statut is Status.SAME

    def of(self, severity: Severity) -> list[Finding]:
        """The findings of one severity."""
        return [found for found in self.constats if found.gravite is severity]

    def about(self, *topics: Topic) -> list[Finding]:
        """The findings about these topics."""
        return [found for found in self.constats if found.kind.topic in topics]

    def as_json(self) -> dict[str, Any]:
        """The document, as values that ``json`` writes."""
        return asdict(self)

    def dumps(self) -> str:
        """The text of ``diff.json``: the same for the same two releases."""
        return json.dumps(self.as_json(), ensure_ascii=False, indent=2) + "\n"
