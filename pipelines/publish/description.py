"""What the dataset says of itself, read from ``jeu_de_donnees.toml``.

Belongs here: the form of that file, and errors that tell its keeper which key is wrong and what is expected. Does not
belong here: how a catalogue or a portal writes it.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pipelines.publish.formats import EXPECTED as EXPECTED_FORMATS
from pipelines.publish.formats import FORMATS, are_formats, in_order

DESCRIPTION_FILE = "jeu_de_donnees.toml"

Check = Callable[[Any], bool]
THEMES = (
    *("AGRI", "ECON", "EDUC", "ENER", "ENVI", "GOVE", "HEAL", "INTR", "JUST", "REGI", "SOCI", "TECH", "TRAN"),
    "OP_DATPRO",
)
"""The codes of the European Union's list of data themes, which catalogues file datasets under."""

FREQUENCIES = (
    *("continuous", "daily", "weekly", "monthly", "quarterly", "annual", "biennial", "triennial", "quadrennial"),
    *("quinquennial", "decennial", "punctual", "irregular", "never", "notPlanned", "other", "unknown"),
)
"""Those of the identifiers of data.gouv.fr that suit a dataset kept by hand."""


class DescriptionError(Exception):
    """The description of the dataset does not hold; ``problems`` says it key by key."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        self.path, self.problems = path, problems
        super().__init__("\n".join(f"{path} : {problem}" for problem in problems))


@dataclass(frozen=True)
class Body:
    """An organisation, and where it can be reached on the web (empty when it has no address)."""

    nom: str
    adresse: str


@dataclass(frozen=True)
class Licence:
    """The licence of the data, and the identifier that the portal gives it."""

    nom: str
    titre: str
    adresse: str
    identifiant_portail: str


@dataclass(frozen=True)
class Area:
    """A part of the territory covered, as a box: degrees of longitude and latitude (WGS 84)."""

    nom: str
    ouest: float
    sud: float
    est: float
    nord: float


@dataclass(frozen=True)
class Period:
    """The time that the data cover, both days included."""

    debut: dt.date
    fin: dt.date


@dataclass(frozen=True)
class DatasetDescription:
    """The description of the dataset, checked."""

    nom: str
    titre: str
    titre_en: str
    description: str
    description_en: str
    adresse_de_base: str
    frequence: str
    couverture_spatiale: str
    mots_cles: tuple[str, ...]
    editeur: Body
    point_de_contact: Body
    licence: Licence
    couverture_temporelle: Period
    themes: tuple[str, ...] = ()
    couverture_spatiale_adresse: str = ""
    couverture_spatiale_portail: tuple[str, ...] = ()
    emprise: tuple[Area, ...] = ()
    formats: tuple[str, ...] = FORMATS

    def latest(self, path: str) -> str:
        """The permanent address of a file of the last release, whichever that is."""
        return f"{self.adresse_de_base}/latest/{path}"

    def pinned(self, version: str, path: str) -> str:
        """The permanent address of a file of one release."""
        return pinned_address(self.adresse_de_base, version, path)

    def as_json(self) -> dict[str, object]:
        """The description as JSON values (dates in ISO form), for files and for the content's fingerprint.

        Formats are left out: what the dataset says of itself is the same in all of them.
        """
        said = {name: value for name, value in asdict(self).items() if name != "formats"}
        return {**said, "couverture_temporelle": {name: day.isoformat() for name, day in self._days().items()}}

    def _days(self) -> dict[str, dt.date]:
        return {"debut": self.couverture_temporelle.debut, "fin": self.couverture_temporelle.fin}


def pinned_address(base: str, version: str, path: str) -> str:
    """The permanent address of a file of one release, for one who has that release’s files but not its description."""
    return f"{base}/releases/{version}/{path}"


def load_description(path: Path) -> DatasetDescription:
    """Reads and checks the file; raises a `DescriptionError` with every problem at once."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DescriptionError(path, ["le fichier n’existe pas ; il décrit le jeu de données"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DescriptionError(path, [f"le fichier n’est pas du TOML en UTF-8 ({error})"]) from error
    problems = _problems(found, _EXPECTED)
    if problems:
        raise DescriptionError(path, problems)
    description = _description(found)
    if description.couverture_temporelle.fin < description.couverture_temporelle.debut:
        raise DescriptionError(path, ["clé « couverture_temporelle.fin » : attendu un jour qui suit « debut »"])
    return description


# --- What each key holds -------------------------------------------------------------------------------------------


def _text(minimum: int = 1, maximum: int = 100_000) -> Check:
    return lambda value: isinstance(value, str) and minimum <= len(value.strip()) <= maximum


def _matches(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _is_day(value: object) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _are_tags(value: object) -> bool:
    return isinstance(value, list) and len(value) > 0 and all(_text(3, 96)(tag) for tag in value)


def _are_themes(value: object) -> bool:
    return isinstance(value, list) and len(value) > 0 and all(theme in THEMES for theme in value)


def _are_zones(value: object) -> bool:
    return isinstance(value, list) and len(value) > 0 and all(_matches(_ZONE)(zone) for zone in value)


def _are_boxes(value: object) -> bool:
    return isinstance(value, dict) and len(value) > 0 and all(_is_box(box) for box in value.values())


def _is_box(value: object) -> bool:
    if not isinstance(value, list) or len(value) != 4 or not all(type(side) in (int, float) for side in value):
        return False
    west, south, east, north = value
    return bool(-180 <= west < east <= 180 and -90 <= south < north <= 90)


_ADDRESS = r"https?://[^\s]+"
_ZONE = r"[a-z]+(-[a-z]+)*(:[A-Za-z0-9]+(-[A-Za-z0-9]+)*){1,2}"
_NAME = (_text(), "un texte")
_OPTIONAL_ADDRESS = (_matches(rf"({_ADDRESS})?"), 'une adresse en https://, ou "" s’il n’y en a pas')
_REQUIRED_ADDRESS = (_matches(_ADDRESS), "une adresse en https://")
_BODY = {"nom": _NAME, "adresse": _OPTIONAL_ADDRESS}
_EXPECTED: dict[str, Any] = {
    "nom": (_matches(r"[a-z0-9]+(-[a-z0-9]+)*"), "des minuscules, des chiffres et des tirets"),
    "titre": (_text(1, 350), "un texte de 350 caractères au plus"),
    "titre_en": (_text(1, 350), "un texte de 350 caractères au plus"),
    "description": (_text(101), "un texte de plus de 100 caractères"),
    "description_en": (_text(101), "un texte de plus de 100 caractères"),
    "adresse_de_base": (_matches(_ADDRESS + r"(?<!/)"), "une adresse en https://, sans « / » à la fin"),
    "frequence": (lambda value: value in FREQUENCIES, f"l’un de : {', '.join(FREQUENCIES)}"),
    "couverture_spatiale": _NAME,
    "couverture_spatiale_adresse": _OPTIONAL_ADDRESS,
    "couverture_spatiale_portail": (
        _are_zones,
        'une liste de zones du portail, comme ["country:fr"], ["fr:region:84"] ou ["fr:departement:74"]',
    ),
    "emprise": (
        _are_boxes,
        "une section [emprise] de lignes : « Corse = [8.5, 41.3, 9.6, 43.1] » (ouest, sud, est, nord)",
    ),
    "themes": (_are_themes, f"une liste de codes parmi : {', '.join(THEMES)}"),
    "mots_cles": (_are_tags, "une liste de mots de 3 à 96 caractères"),
    "editeur": _BODY,
    "point_de_contact": _BODY,
    "licence": {"nom": _NAME, "titre": _NAME, "adresse": _REQUIRED_ADDRESS, "identifiant_portail": _NAME},
    "formats": (are_formats, EXPECTED_FORMATS),
    "couverture_temporelle": {"debut": (_is_day, "un jour (2011-01-01)"), "fin": (_is_day, "un jour (2027-12-31)")},
}

_OPTIONAL = frozenset({"formats"})
"""The keys that may be absent: all formats are then published."""


def _problems(found: Mapping[str, Any], expected: Mapping[str, Any], parent: str = "") -> list[str]:
    problems = [f"clé « {parent}{name} » inconnue.{_near(name, expected)}" for name in found if name not in expected]
    for name, wanted in expected.items():
        if name not in found:
            if f"{parent}{name}" in _OPTIONAL:
                continue
            what = f"une section [{parent}{name}]" if isinstance(wanted, dict) else wanted[1]
            problems.append(f"clé « {parent}{name} » absente : attendu {what}")
        elif isinstance(wanted, dict):
            problems += _section_problems(found[name], wanted, f"{parent}{name}")
        elif not wanted[0](found[name]):
            problems.append(f"clé « {parent}{name} » : attendu {wanted[1]} ; lu : {_shown(found[name])}")
    return problems


def _section_problems(found: object, expected: Mapping[str, Any], name: str) -> list[str]:
    if not isinstance(found, dict):
        return [f"clé « {name} » : attendu une section [{name}] ; lu : {_shown(found)}"]
    return _problems(found, expected, f"{name}.")


def _near(name: str, expected: Mapping[str, Any]) -> str:
    close = get_close_matches(name, expected, n=1)
    return f" Vouliez-vous dire « {close[0]} » ?" if close else " Retirez-la."


def _shown(value: object) -> str:
    text = str(value)
    return f"« {text[:60]}{'…' if len(text) > 60 else ''} »"


def _description(found: dict[str, Any]) -> DatasetDescription:
    plain = {name: value.strip() for name, value in found.items() if isinstance(value, str)}
    return DatasetDescription(
        **plain,
        mots_cles=tuple(found["mots_cles"]),
        themes=tuple(found["themes"]),
        couverture_spatiale_portail=tuple(found["couverture_spatiale_portail"]),
        emprise=tuple(Area(name, *map(float, box)) for name, box in found["emprise"].items()),
        editeur=Body(**found["editeur"]),
        point_de_contact=Body(**found["point_de_contact"]),
        licence=Licence(**found["licence"]),
        couverture_temporelle=Period(**found["couverture_temporelle"]),
        formats=in_order(found.get("formats", FORMATS)),
    )
