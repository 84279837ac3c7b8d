"""Two small releases to compare, made by hand file by file: what a release may hold, without what makes releases.

``python -m tests.publish.diff_releases`` writes the expected comparison anew; read it before keeping it.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.publish.diff.compare import diff
from pipelines.publish.diff.journal import changes_section
from pipelines.publish.folder import ReleaseFolder

Json = dict[str, Any]
EXPECTED = Path(__file__).parents[1] / "donnees" / "comparaison.json"
EXPECTED_JOURNAL = EXPECTED.with_suffix(".md")
TYPES = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.decimal128(18, 2),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
HOSTILE = "<script>alert(1)</script> *gras* [lien](javascript:alert(1)) `x` | a\u202eb\x1b[31m \"'&"


def field(name: str, type_: str = "string", **more: Any) -> Json:  # noqa: ANN401
    constraints = {"required": True} if more.pop("required", False) else {}
    constraints |= more.pop("constraints", {})
    return (
        {"name": name, "type": type_, "format": "default", "title": f"Titre de {name}"}
        | more
        | ({"constraints": constraints} if constraints else {})
    )


def table(key: str, fields: list[Json], rows: list[Json], natural: list[str] | None = None, **keys: Any) -> Json:  # noqa: ANN401
    schema = {"fields": fields, "primaryKey": key, **({"cle_naturelle": natural} if natural else {}), **keys}
    return {"schema": schema, "rows": rows}


def points(column: str, target: str, target_column: str = "") -> Json:
    return {"fields": [column], "reference": {"resource": target, "fields": [target_column or column]}}


def dataset() -> dict[str, Json]:
    """Every nature of table: flat first, as published; facts, a link, terms, sources, redirections, a trace."""
    axes = ["marque", "offre", "tous"]
    axis = field("axe_code", nomenclature="axe", constraints={"enum": axes})
    return {
        "actions_a_plat": table(
            "action_id",
            [field("action_id"), field("intitule")],
            [{"action_id": f"a{rank}", "intitule": f"Action {rank}"} for rank in range(9)],
        ),
        "contrats": table(
            "contrat_id",
            [field("contrat_id"), field("nom"), field("date_signature", "date"), field("est_actif", "boolean")],
            [
                {"contrat_id": "alpes", "nom": "Alpes", "date_signature": dt.date(2014, 12, 16), "est_actif": True},
                {"contrat_id": "jura", "nom": "Montagnes du Jura", "est_actif": False},
            ],
        ),
        "actions": table(
            "action_id",
            [
                field("action_id", required=True),
                field("contrat_id"),
                field("intitule", required=True),
                axis,
                field("montant_eur", "number", unite="EUR", constraints={"minimum": 0}),
                field("numero", "integer"),
            ],
            [
                {
                    "action_id": f"a{rank}",
                    "contrat_id": "alpes" if rank % 2 else "jura",
                    "intitule": f"Action {rank}",
                    "axe_code": axes[rank % 3],
                    "montant_eur": Decimal(1000 * rank) if rank else None,
                    "numero": rank,
                }
                for rank in range(9)
            ],
            natural=["contrat_id", "intitule"],
            foreignKeys=[points("contrat_id", "contrats")],
        ),
        "actions_marches": table(
            "action_marche_id",
            [field("action_marche_id"), field("action_id"), field("marche_code", nomenclature="marche")],
            [{"action_marche_id": f"a{rank}-de", "action_id": f"a{rank}", "marche_code": "DE"} for rank in range(3)],
            natural=["action_id", "marche_code"],
            foreignKeys=[points("action_id", "actions")],
        ),
        "nomenclatures": table(
            "nomenclature_id",
            [field("nomenclature_id"), field("nomenclature"), field("code"), field("libelle")],
            [
                *(
                    {"nomenclature_id": f"axe-{code}", "nomenclature": "axe", "code": code, "libelle": code.title()}
                    for code in axes
                ),
                {"nomenclature_id": "marche-de", "nomenclature": "marche", "code": "DE", "libelle": "Allemagne"},
                {"nomenclature_id": "table-actions", "nomenclature": "table", "code": "actions", "libelle": "Actions"},
            ],
            natural=["nomenclature", "code"],
        ),
        "sources": table(
            "source_id",
            [field("source_id"), field("titre"), field("url", format="uri")],
            [{"source_id": f"s{rank}", "titre": f"Document {rank}", "url": "https://exemple.fr/"} for rank in range(4)],
        ),
        "identifiants_retires": table(
            "identifiant_retire_id",
            [
                field("identifiant_retire_id"),
                field("table_code", nomenclature="table"),
                field("ligne_id"),
                field("remplace_par_id"),
                field("motif"),
            ],
            [retired("actions", "ancienne", "a1")],
            natural=["table_code", "ligne_id"],
        ),
        "provenance": table(
            "provenance_id",
            [field("provenance_id"), field("table_code"), field("ligne_id"), field("ligne", "integer")],
            [
                {"provenance_id": f"p{rank}", "table_code": "actions", "ligne_id": f"a{rank}", "ligne": rank + 2}
                for rank in range(9)
            ],
            natural=["table_code", "ligne_id", "ligne"],
        ),
    }


def retired(table_name: str, old: str, new: str | None, reason: str = "Deux fois la même") -> Json:
    return {
        "identifiant_retire_id": f"{table_name}-{old}",
        "table_code": table_name,
        "ligne_id": old,
        "remplace_par_id": new,
        "motif": reason,
    }


def changed() -> dict[str, Json]:
    """The same some days later: something of everything."""
    new = copy.deepcopy(dataset())
    actions = new["actions"]
    actions["rows"][1] |= {"intitule": HOSTILE, "montant_eur": Decimal("1000.50")}
    actions["rows"][2] |= {"montant_eur": None}
    del actions["rows"][3:6]
    actions["rows"].append({"action_id": "neuve", "contrat_id": "jura", "intitule": "Neuve", "axe_code": "observation"})
    actions["schema"]["fields"][3]["constraints"]["enum"] = ["marque", "observation", "offre"]
    actions["schema"]["fields"].append(field("statut"))
    new["contrats"]["schema"]["fields"][3] = field("est_actif", "string")
    new["contrats"]["rows"] = [row | {"est_actif": "oui"} for row in new["contrats"]["rows"]]
    new["identifiants_retires"]["rows"] += [
        retired("actions", "a3", "a4"),
        retired("actions", "a4", "a1"),
        retired("actions", "a5", None, "Action jamais faite"),
    ]
    terms = new["nomenclatures"]["rows"]
    terms[0]["libelle"] = "Construction de la marque"
    terms[2] |= {"nomenclature_id": "axe-observation", "code": "observation", "libelle": "Observation"}
    new["sources"]["rows"][0] = {"source_id": "s9", "titre": HOSTILE}
    new["provenance"]["rows"] = [row | {"ligne": row["ligne"] + 1} for row in new["provenance"]["rows"]]
    new["actions_a_plat"]["rows"][1]["intitule"] = HOSTILE
    return new


def write(folder: Path, version: str, tables: dict[str, Json], issues: str = "", **said: Any) -> ReleaseFolder:  # noqa: ANN401
    """Writes what a comparison reads of a release, and opens it."""
    (folder / "parquet").mkdir(parents=True)
    resources = []
    for name, one in tables.items():
        columns = {
            each["name"]: one.get("types", {}).get(each["name"], TYPES[each["type"]])
            for each in one["schema"]["fields"]
        }
        rows = pa.Table.from_pylist(one["rows"], pa.schema(columns.items()))
        pq.write_table(rows, folder / "parquet" / f"{name}.parquet")
        resource = {"name": name, "title": f"Les {name}", "path": f"csv/{name}.csv", "encoding": "utf-8"}
        others = {
            "rows": len(one["rows"]),
            "schema": one["schema"],
            "autres_formats": [{"path": f"parquet/{name}.parquet"}],
        }
        resources.append(resource | others | one.get("resource", {}))
    whole = {"name": "essai", "title": "Un essai", "version": version, "contenu_sha256": version.replace("-", "") * 8}
    licence = {"name": "etalab-2.0", "title": "Licence Ouverte 2.0"}
    descriptor = whole | {"version_du_modele": "1.2.0", "licenses": [licence], "resources": resources} | said
    descriptor = {name: value for name, value in descriptor.items() if value is not None}
    (folder / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False), encoding="utf-8")
    (folder / "issues.csv").write_text(f"code,severity\n{issues}", encoding="utf-8")
    return ReleaseFolder.open(folder)


def both(folder: Path) -> tuple[ReleaseFolder, ReleaseFolder]:
    """The two releases whose comparison is expected word for word."""
    old = write(folder / "old", "2026-11-25", dataset(), version_du_modele=None, temporal={"debut": "2011-01-01"})
    new = write(folder / "new", "2026-12-01", changed(), temporal={"debut": "2012-01-01"})
    return old, new


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as where:
        found = diff(*both(Path(where)))
    EXPECTED.write_text(found.dumps(), encoding="utf-8")
    EXPECTED_JOURNAL.write_text("\n".join(changes_section(found)) + "\n", encoding="utf-8")
