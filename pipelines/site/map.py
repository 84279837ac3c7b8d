"""The map of destinations by département, and the list that says the same.

Belongs here: from the territories that a contract quotes to départements, and their rendering as SVG. Does not belong
here: the outlines and official lists (``shapes``, made by its script), the looks (``assets/carte.css``), the pages.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from markupsafe import Markup

from pipelines.site import bounds
from pipelines.site.render import environment
from pipelines.text import fold
from schemas.declaration import Bilingual

Language = Literal["fr", "en"]
Tables = Mapping[str, pd.DataFrame]

SHAPES = Path(__file__).with_name("shapes")
MOST = 3  # the last class: this many contracts or more
_COMMUNE = r"^(?:(9[78]\d)\d{2}|(\d[\dAB])\d{3})$"
_WITHOUT_CODE = {
    "massif": Bilingual("massif, sans code officiel", "mountain range, without official code"),
    "autre": Bilingual("territoire sans code officiel", "territory without official code"),
}
_KEYS = ["contrat_id", "departement_code"]


@dataclass(frozen=True)
class Shape:
    """A département, or a collectivité overseas, on the sheet: its name, a point well inside it, its outline."""

    code: str
    name: str
    centre: tuple[int, int]
    path: str


@dataclass(frozen=True)
class Inset:
    """A box of the sheet that the page shows as one drawing.

    Its kind: `metropole`, `agrandissement` (of départements that another one shows too), `departement`, `collectivite`.
    """

    id: str
    kind: str
    name: Mapping[str, str]
    box: tuple[int, int, int, int]
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """All the outlines, by code, and the boxes that cut the sheet."""

    view_box: tuple[int, int, int, int]
    insets: tuple[Inset, ...]
    shapes: Mapping[str, Shape]


@cache
def sheet() -> Sheet:
    """The committed outlines."""
    read = json.loads((SHAPES / "departements.json").read_text(encoding="utf-8"))
    x, y, width, height = (int(one) for one in read["viewBox"].split())
    insets = tuple(
        Inset(
            id=one["id"],
            kind=one["genre"],
            name={"fr": one["nom"], "en": one["nom_en"]},
            box=(one["box"][0], one["box"][1], one["box"][2], one["box"][3]),
            codes=tuple(one["codes"]),
        )
        for one in read["insets"]
    )
    shapes = {
        code: Shape(code, one["nom"], (one["centre"][0], one["centre"][1]), one["d"])
        for code, one in read["départements"].items()
    }
    return Sheet((x, y, width, height), insets, shapes)


@cache
def _attachments() -> pd.DataFrame:
    """Official lists: `zone_type_code`, `code`, `departement_code`, one row for each département of a zone."""
    read = json.loads((SHAPES / "rattachements.json").read_text(encoding="utf-8"))
    rows = [("departement", code, code) for code in sheet().shapes]
    rows += [("region", code, one) for code, several in read["regions"].items() for one in several]
    rows += [("epci", code, one) for code, several in read["epci"].items() for one in several]
    return pd.DataFrame(rows, columns=["zone_type_code", "code", "departement_code"])


def _located(tables: Tables) -> pd.DataFrame:
    """The territories of the contracts, once for each département they lead to; `departement_code` missing if to none.

    A region leads to the départements it had when it was quoted, by its code of then; other zones by today's code.
    """
    zones = tables["zones"][["zone_type_code", "zone_code", "zone_code_actuel"]].drop_duplicates()
    found = tables["contrats_territoires"].merge(
        zones, how="left", on=["zone_type_code", "zone_code"], suffixes=("", "_officiel")
    )
    text = found[["zone_code", "zone_code_actuel", "zone_code_actuel_officiel"]].astype("str").replace("", pd.NA)
    today = text["zone_code_actuel"].fillna(text["zone_code_actuel_officiel"])
    is_region = found["zone_type_code"] == "region"
    code = text["zone_code"].where(is_region, today).fillna(today).fillna(text["zone_code"])
    found = found.assign(code=code).merge(_attachments(), how="left", on=["zone_type_code", "code"])
    parts = found["code"].astype("str").str.extract(_COMMUNE)
    commune = parts[0].fillna(parts[1])
    commune = commune.where(found["zone_type_code"].eq("commune") & commune.isin(list(sheet().shapes)))
    return found.assign(departement_code=found["departement_code"].fillna(commune))


def departments_of(tables: Tables) -> pd.DataFrame:
    """The départements that each contract's territories lead to: `contrat_id`, `departement_code`, each pair once."""
    pairs = _located(tables)[_KEYS].dropna().drop_duplicates()
    return pairs.sort_values(_KEYS, ignore_index=True).astype("str")


@dataclass(frozen=True)
class Citing:
    """A contract that quotes a département, and the territories by which it does."""

    id: str
    name: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class Department:
    """A département with the contracts that quote it."""

    shape: Shape
    contracts: tuple[Citing, ...]

    @property
    def rank(self) -> int:
        """Its class: 0, 1, 2, or `MOST` for that many and more."""
        return min(len(self.contracts), MOST)


@dataclass(frozen=True)
class Unplaced:
    """A contract with territories that lead to no département; `absent` if it is nowhere on the map."""

    id: str
    name: str
    territories: tuple[tuple[str, str], ...]
    absent: bool


def _departments(located: pd.DataFrame, names: Mapping[str, str]) -> dict[str, Department]:
    placed = located.dropna(subset=["departement_code"]).sort_values("contrat_territoire_id")
    by = placed.groupby(_KEYS, sort=True)["libelle"].agg(list).reset_index()
    contracts: dict[str, list[Citing]] = {}
    for contract, department, labels in zip(by["contrat_id"], by["departement_code"], by["libelle"], strict=True):
        contracts.setdefault(department, []).append(Citing(contract, names[contract], tuple(dict.fromkeys(labels))))
    return {
        code: Department(shape, tuple(sorted(contracts.get(code, []), key=lambda one: (fold(one.name), one.id))))
        for code, shape in sheet().shapes.items()
    }


def _reason(kind: str, code: str | None, language: Language) -> str:
    """Why a territory leads to no département."""
    if code is None:
        said = _WITHOUT_CODE.get(kind, Bilingual("code officiel manquant", "official code missing"))
    else:
        said = Bilingual(f"le code {code} ne mène à aucun département", f"code {code} leads to no département")
    return said.fr if language == "fr" else said.en


def _unplaced(located: pd.DataFrame, names: Mapping[str, str], language: Language) -> tuple[Unplaced, ...]:
    lost = located[located["departement_code"].isna()].sort_values("contrat_territoire_id")
    placed = set(located["contrat_id"][located["departement_code"].notna()])
    reasons: dict[str, list[tuple[str, str]]] = {contract: [] for contract in names if contract not in placed}
    for contract, label, kind, code in zip(
        lost["contrat_id"], lost["libelle"], lost["zone_type_code"], lost["code"], strict=True
    ):
        reasons.setdefault(contract, []).append((label, _reason(kind, None if pd.isna(code) else code, language)))
    found = (Unplaced(one, names[one], tuple(why), one not in placed) for one, why in reasons.items())
    return tuple(sorted(found, key=lambda one: (fold(one.name), one.id)))


def departments_csv(tables: Tables) -> str | None:
    """Every contract of every département with names, as CSV, when the map cannot name them all; else nothing."""
    found = departments_of(tables)
    if found["departement_code"].value_counts().max() <= bounds.PLACE or found.empty:
        return None
    names = tables["contrats"].set_index("contrat_id")["nom"]
    found["departement"] = found["departement_code"].map({code: one.name for code, one in sheet().shapes.items()})
    found["contrat"] = found["contrat_id"].map(names)
    columns = ["departement_code", "departement", "contrat_id", "contrat"]
    return found.sort_values(_KEYS[::-1])[columns].to_csv(index=False, lineterminator="\n")


def destinations_map(
    tables: Tables, address: Callable[[str], str], language: Language, file: str | None = None
) -> Markup:
    """The map as inline SVG, its legend, and the same as a list.

    Args:
        tables: the published tables, of which `contrats`, `contrats_territoires` and `zones` are read.
        address: from a contract's identifier to the link to its page.
        language: of the words around the data.
        file: the link to `departments_csv`, when there is one.
    """
    contracts = tables["contrats"]
    names: dict[str, str] = dict(zip(contracts["contrat_id"], contracts["nom"], strict=True))
    located = _located(tables)
    departments = _departments(located, names)
    unplaced = _unplaced(located, names, language)
    context: dict[str, Any] = {
        "sheet": sheet(),
        "of": lambda codes: [departments[code] for code in codes],
        "enlarged": {code for inset in sheet().insets if inset.kind == "agrandissement" for code in inset.codes},
        "classes": [sum(one.rank == rank for one in departments.values()) for rank in range(MOST + 1)],
        "quoted": [one for one in departments.values() if one.contracts],
        "unquoted": [one for one in departments.values() if not one.contracts],
        "absent": [one for one in unplaced if one.absent],
        "partial": [one for one in unplaced if not one.absent],
        "contracts": len(names),
        "located": located["contrat_id"][located["departement_code"].notna()].nunique(),
        "address": address,
        "file": file,
        "language": language,
        "t": lambda french, english: french if language == "fr" else english,
        "most": MOST,
        "named": bounds.PLACE,
        "named_beside": bounds.UNPLACED,
    }
    return Markup(environment().get_template("_carte.html.j2").render(context))  # noqa: S704 - autoescaped
