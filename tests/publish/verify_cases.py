"""Every kind of finding, with a release that has it and nothing else, or else what comes with it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import pyarrow as pa

from pipelines.publish.datapackage import WORKBOOK
from pipelines.publish.describing.archive import ARCHIVE
from tests.publish.verify_folder import DESCRIPTOR, SUMS
from tests.publish.verify_spoil import (
    CSV,
    PARQUET,
    SCHEMA,
    XLSX,
    Spoil,
    added,
    agreed,
    archived,
    bomb,
    cell,
    cells,
    changed,
    column,
    constrained,
    cut,
    described,
    edited,
    keyed,
    latin,
    linked,
    parquet,
    part,
    put,
    removed,
    resource,
    resummed,
    retyped,
    said,
    schema,
    sealed,
    summed,
    then,
    workbook,
    written,
)


@dataclass(frozen=True)
class Case:
    """What is spoiled, what must be found and where, and the other kinds of finding that come with it."""

    code: str
    spoil: Spoil
    file: str
    place: Mapping[str, object] = field(default_factory=dict)
    also: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.code


def case(code: str, spoil: Spoil, file: str, *also: str, **place: object) -> Case:
    return Case(code, spoil, file, place, frozenset(also))


ZERO = b"0" * 64
ONE_MORE = "\na-4,01,"
"""Where the last row of a table starts, in CSV."""
JSONLD, TURTLE, CROISSANT, QUALITY = "catalog.jsonld", "catalog.ttl", "croissant.json", "qualite.json"
README = "Lisez-moi"
ZONES = {
    "fields": ["zone_type_code", "zone_code"],
    "reference": {"resource": "lieux", "fields": ["zone_type_code", "zone_code"]},
}

FILES = [
    case("sommes-absentes", removed(SUMS), SUMS),
    *(
        case("sommes-ligne-illisible", added(line + b"\n"), SUMS)
        for line in (b"abc  journal.md", ZERO + b" *journal.md", ZERO + b"  \xff", b"", b"\\" + ZERO + b"  a\\nb")
    ),
    case("sommes-ligne-doublee", added(ZERO + b"  journal.md\n"), SUMS, found="journal.md"),
    *(
        case("sommes-chemin-refuse", added(ZERO + b"  " + path.encode() + b"\n"), SUMS, found=path)
        for path in ("../x", "/etc/passwd", "csv/../journal.md", "./journal.md", "csv\\x", "csv//x", "csv/", SUMS)
    ),
    case(
        "sommes-ligne-abimee",
        summed("journal.md", lambda was: ("1" if was[0] == "0" else "0") + was[1:]),
        SUMS,
        row="journal.md",
    ),
    case("sommes-ligne-abimee", summed(CSV, lambda _: "0" * 64), SUMS, row=CSV, found="0" * 64),
    case(
        "sommes-autre-nom",
        edited(SUMS, "  journal.md\n", "  journal.mx\n"),
        SUMS,
        found="journal.mx",
        expected="journal.md",
    ),
    case("sommes-fin-coupee", cut(SUMS), SUMS),
    case("fichier-manquant", removed("journal.md"), "journal.md"),
    case("fichier-manquant", removed(PARQUET), PARQUET),
    case("fichier-abime", put("journal.md"), "journal.md"),
    case("fichier-en-trop", put("autre.md"), "autre.md"),
    case("fichier-en-trop", put("csv/autre.csv"), "csv/autre.csv", "fichier-non-decrit"),
    case("fichier-du-poste", put(".DS_Store"), ".DS_Store"),
    case("fichier-du-poste", put("xlsx/.~lock.lieux.xlsx#"), "xlsx/.~lock.lieux.xlsx#"),
    case("lien-refuse", linked(CSV, "../ailleurs.csv"), CSV, "fichier-manquant"),
    case("lien-refuse", lambda folder: (folder / "boucle").symlink_to(folder), "boucle"),
    case("fichier-special", lambda folder: os.mkfifo(folder / "tube"), "tube"),
]

NOT_EXAMINED = ("fichier-non-decrit", "metadonnees-differentes", "archive-membre-en-trop", "cle-mal-declaree")
"""What comes with a table that the descriptor describes too badly for it to be one."""
DESCRIPTORS = [
    case("descripteur-absent", resummed(removed(DESCRIPTOR)), DESCRIPTOR),
    case("descripteur-abime", put(DESCRIPTOR, "{}"), DESCRIPTOR, "fichier-abime"),
    *(
        case("descripteur-illisible", resummed(put(DESCRIPTOR, content)), DESCRIPTOR)
        for content in ("{", "[]", '{"resources": 1}', '{"resources": [], "resources": []}', "[" * 100_000, "NaN")
    ),
    case("descripteur-incomplet", said(lambda all_: resource(all_).pop("hash")), DESCRIPTOR, row=CSV),
    case(
        "descripteur-incomplet",
        said(lambda all_: resource(all_, "vides").update(rows="0")),
        DESCRIPTOR,
        "fichier-non-decrit",
        "metadonnees-differentes",
        "archive-membre-en-trop",
        column="resources[2].rows",
    ),
    case(
        "descripteur-incomplet",
        said(lambda all_: resource(all_, "vides").update(name="../vides")),
        DESCRIPTOR,
        "fichier-non-decrit",
        "metadonnees-differentes",
        "archive-membre-en-trop",
        column="resources[2].name",
    ),
    *(
        case("descripteur-incomplet", said(change), DESCRIPTOR, *NOT_EXAMINED)
        for change in (
            lambda all_: all_["resources"].append(resource(all_)),
            lambda all_: all_["resources"].append(1),
            lambda all_: schema(all_).update(fields=[]),
            lambda all_: schema(all_)["fields"].append(column(all_, "rang")),
            lambda all_: schema(all_).update(primaryKey=[1]),
            lambda all_: schema(all_).update(primaryKey="absente"),
            lambda all_: schema(all_).update(foreignKeys={}),
            lambda all_: schema(all_).update(foreignKeys=[ZONES | {"reference": {"resource": None}}]),
            lambda all_: schema(all_).update(foreignKeys=[ZONES | {"fields": "rang"}]),
        )
    ),
    case("fichier-decrit-absent", resummed(removed("journal.md")), "journal.md"),
    case("fichier-decrit-absent", resummed(removed(PARQUET)), PARQUET),
    case("fichier-decrit-absent", resummed(removed(SCHEMA)), SCHEMA),
    case(
        "fichier-decrit-absent",
        said(lambda all_: resource(all_).update(path="../../secret.csv")),
        "../../secret.csv",
        "fichier-non-decrit",
        "metadonnees-differentes",
    ),
    case("fichier-non-decrit", resummed(put("csv/autre.csv")), "csv/autre.csv"),
    case("taille-differente", said(lambda all_: resource(all_).update(bytes=1)), CSV, expected="1"),
    case("empreinte-differente", said(lambda all_: resource(all_).update(hash="sha256:0")), CSV, expected="0"),
    *(
        case(
            "lignes-differentes",
            said(lambda all_: resource(all_).update(rows=5)),
            path,
            "metadonnees-differentes",
            found="4",
        )
        for path in (CSV, PARQUET)
    ),
    case("schema-illisible", written(SCHEMA, b"{"), SCHEMA),
    case(
        "schema-different",
        described(lambda schema: column(schema, "rang")["constraints"].update(minimum=-11), SCHEMA),
        SCHEMA,
        column="fields[8].constraints.minimum",
        found="-11",
        expected="-10",
    ),
    case(
        "schema-different", described(lambda schema: schema.update(version="9.0.0"), SCHEMA), SCHEMA, column="version"
    ),
    case(
        "schema-different",
        said(lambda all_: column(all_, "nom").update(title="Autre")),
        SCHEMA,
        "parquet-description",
        column="fields[1].title",
    ),
    case(
        "type-inconnu", agreed(lambda all_: column(all_, "rang").update(type="year")), CSV, column="rang", found="year"
    ),
]

TWO_FILES = ("classeur-cellule", "formats-cellule")
"""What comes with a CSV that says something else than every other file."""
ROW_MORE = ("formats-lignes", "lignes-differentes", "classeur-lignes", "contrainte-obligatoire")
"""What comes with a CSV that has a row more than every other file."""
SAVED = "classeur-cellule"
"""What comes with a workbook that openpyxl saved: it loses how a text such as « _x0041_ » was written."""
DATA = [
    case("csv-illisible", sealed(edited(CSV, ONE_MORE, "\na-4,01,,")), CSV, line=5, found="17 cellules"),
    case("formats-ligne", sealed(edited(CSV, ONE_MORE, f"\n{ONE_MORE}")), CSV, *ROW_MORE, line=4, found="rien"),
    case(
        "csv-illisible",
        sealed(lambda folder: (folder / CSV).write_bytes((folder / CSV).read_bytes().replace(b"\xc3\xa9", b"\xe9"))),
        CSV,
        found="e9",
        expected="de l’UTF-8",
    ),
    case("csv-entete", sealed(edited(CSV, "organisme_id,nom,", "organisme_id,name,")), CSV, line=1),
    case("csv-entete", sealed(edited(CSV, "organisme_id,nom,", "\ufefforganisme_id,nom,")), CSV),
    case("csv-entete", sealed(edited(CSV, "empreinte,parent_id\n", "empreinte,parent_id\r\n")), CSV),
    case("csv-entete", written(CSV, b""), CSV),
    case("csv-fin-coupee", sealed(cut(CSV)), CSV),
    case(
        "csv-valeur",
        sealed(edited(CSV, "true,14,1.5", "true,quatorze,1.5")),
        CSV,
        row="a-1",
        line=1,
        column="rang",
        found="quatorze",
        expected="integer",
    ),
    case("csv-valeur", sealed(edited(CSV, "2015-06-25", "2015-06-31")), CSV, row="a-1", column="date_debut"),
    case("csv-valeur", sealed(edited(CSV, "true,14,1.5", "VRAI,14,1.5")), CSV, row="a-1", column="est_actif"),
    case("csv-valeur", sealed(edited(CSV, "-120.12", '"-120,12"')), CSV, row="a-4", column="etp", found="-120,12"),
    case("parquet-illisible", written(PARQUET, b"PAR1 a PAR1"), PARQUET),
    case("parquet-illisible", sealed(cut(PARQUET)), PARQUET),
    case("parquet-illisible", then(sealed(removed(CSV)), parquet(latin)), PARQUET, "fichier-decrit-absent"),
    case(
        "formats-cellule",
        parquet(latin),
        CSV,
        row="a-2",
        column="nom",
        expected="des octets qui ne sont pas de l’UTF-8",
    ),
    case("parquet-colonnes", parquet(lambda table: table.drop_columns(["siren"])), PARQUET),
    case(
        "parquet-type",
        parquet(lambda table: retyped(table, "montant_eur", pa.float64())),
        PARQUET,
        column="montant_eur",
        found="double",
        expected="number",
    ),
    case("parquet-type", parquet(lambda table: retyped(table, "rang", pa.int32())), PARQUET, column="rang"),
    case(
        "parquet-description",
        parquet(
            lambda table: table.cast(
                pa.schema([one.with_nullable(True) for one in table.schema], metadata=table.schema.metadata)
            )
        ),
        PARQUET,
        column="organisme_id",
    ),
    case(
        "parquet-description",
        parquet(lambda table: table.replace_schema_metadata({**table.schema.metadata, b"primaryKey": b"nom"})),
        PARQUET,
        found="primaryKey : nom",
    ),
    case(
        "formats-lignes",
        parquet(lambda table: table.slice(1)),
        CSV,
        "formats-ligne",
        "lignes-differentes",
        found="4",
        expected="3",
    ),
    case(
        "formats-ligne",
        parquet(lambda table: table.slice(1)),
        CSV,
        "formats-lignes",
        "lignes-differentes",
        row="a-1",
        line=1,
    ),
    case(
        "formats-cellule",
        sealed(edited(CSV, "012345678", "876543210")),
        CSV,
        *TWO_FILES,
        row="a-1",
        column="siren",
        found="876543210",
        expected="012345678",
    ),
    case(
        "formats-cellule",
        sealed(edited(CSV, ",14,0.10,", ",14,0.11,")),
        CSV,
        *TWO_FILES,
        row="a-2",
        column="montant_eur",
        found="0.11",
        expected="0.10",
    ),
    case(
        "formats-cellule",
        sealed(edited(CSV, "a-2,=1+1,", "a-2,,")),
        CSV,
        *TWO_FILES,
        "contrainte-obligatoire",
        "metadonnees-differentes",
        row="a-2",
        column="nom",
        found="rien",
        expected="=1+1",
    ),
]

RULES = [
    case(
        "contrainte-obligatoire",
        constrained("siren", required=True),
        CSV,
        "parquet-description",
        column="siren",
        row="a-2",
        found="rien",
        others=0,
    ),
    case("contrainte-motif", cells({"siren": {0: "12345678"}}), CSV, row="a-1", column="siren", found="12345678"),
    case("contrainte-motif", cells({"siren": {0: "012345678\n"}}), CSV, row="a-1", column="siren"),
    case("contrainte-liste", cells({"date_debut_precision": {0: "siecle"}}), CSV, row="a-1", found="siecle"),
    case(
        "contrainte-borne",
        cells({"rang": {3: -11}}),
        CSV,
        row="a-4",
        column="rang",
        found="-11",
        expected="au moins -10",
    ),
    case(
        "contrainte-borne",
        cells({"part_pct": {0: Decimal("100.01")}}),
        CSV,
        row="a-1",
        found="100.01",
        expected="au plus 100",
    ),
    case(
        "contrainte-borne",
        constrained("date_debut", minimum="1800-01-01"),
        CSV,
        row="a-3",
        column="date_debut",
        found="1790-03-04",
    ),
    case("contrainte-illisible", constrained("nom", pattern="(?=a)"), DESCRIPTOR, column="nom"),
    case("contrainte-illisible", constrained("nom", minLength=1), DESCRIPTOR, column="nom"),
    case("contrainte-illisible", constrained("rang", minimum="peu"), DESCRIPTOR, column="rang"),
    case("cle-doublee", cells({"organisme_id": {3: "a-1"}}), CSV, row="a-1", line=4, column="organisme_id"),
    case(
        "cle-doublee",
        then(cells({"rang": {2: 14}}), constrained("rang", unique=True)),
        CSV,
        row="a-3",
        line=3,
        column="rang",
        found="14",
    ),
    case("cle-naturelle-doublee", cells({"nom": {3: "=1+1"}}), CSV, row="a-4", line=4, column="nom"),
    case(
        "cle-naturelle-doublee",
        agreed(lambda all_: schema(all_).update(cle_naturelle=["zone_code", "siren"])),
        CSV,
        row="a-3",
        line=3,
    ),
    case(
        "cle-etrangere",
        cells({"parent_id": {0: "a-9"}}),
        CSV,
        row="a-1",
        column="parent_id",
        found="a-9",
        expected="organismes.organisme_id",
    ),
    case(
        "cle-etrangere",
        cells({"zone_code": {0: "99"}}),
        CSV,
        row="a-1",
        column="zone_code",
        expected="lieux.zone_type_code, zone_code",
    ),
    case("cle-etrangere", cells({"zone_code": {0: "99", 1: "01"}}), CSV, row="a-1", column="zone_code", others=0),
    case(
        "cle-etrangere-incomplete",
        then(cells({"zone_code": {1: "01"}}), keyed(foreignKeys=[ZONES])),
        CSV,
        "parquet-description",
        "cle-etrangere",
        row="a-2",
        line=2,
    ),
    case(
        "cle-mal-declaree",
        keyed(foreignKeys=[{"fields": ["siren"], "reference": {"resource": "ailleurs", "fields": ["a"]}}]),
        DESCRIPTOR,
        "parquet-description",
        column="siren",
        found="ailleurs(a)",
    ),
    case(
        "cle-mal-declaree",
        keyed(foreignKeys=[{"fields": ["rang"], "reference": {"resource": "lieux", "fields": ["zone_code"]}}]),
        DESCRIPTOR,
        "parquet-description",
        column="rang",
    ),
]

WORKBOOKS = [
    case("classeur-illisible", written(XLSX, b"PK\x03\x04"), XLSX),
    case("classeur-illisible", sealed(cut(WORKBOOK)), WORKBOOK),
    case("classeur-demesure", written(XLSX, bomb()), XLSX),
    case(
        "classeur-feuille",
        workbook(lambda book: book.remove(book["lieux"]), WORKBOOK),
        WORKBOOK,
        SAVED,
        expected="lieux",
    ),
    case("classeur-entete", workbook(cell("organismes", "B1", "name")), XLSX, cell="organismes!A1"),
    case("classeur-lignes", workbook(lambda book: book["organismes"].delete_rows(3)), XLSX, found="3", expected="4"),
    case(
        "classeur-cellule",
        workbook(cell("organismes", "I2", 15)),
        XLSX,
        cell="organismes!I2",
        row="a-1",
        found="15.0",
        expected="14.0",
    ),
    case(
        "classeur-cellule",
        workbook(cell("organismes", "H2", 1)),
        XLSX,
        cell="organismes!H2",
        found="1.0",
        expected="True",
    ),
    case(
        "classeur-cellule",
        workbook(cell("organismes", "D2", 1)),
        XLSX,
        cell="organismes!D2",
        found="1.0",
        expected="01",
    ),
    case(
        "classeur-cellule", workbook(cell("organismes", "E2", dt.datetime(2015, 6, 25, 12))), XLSX, cell="organismes!E2"
    ),
    case(
        "classeur-cellule",
        workbook(cell("organismes", "N5", "x")),
        XLSX,
        cell="organismes!N5",
        found="x",
        expected="rien",
    ),
    case(
        "classeur-cellule",
        workbook(cell("organismes", "N2", None), WORKBOOK),
        WORKBOOK,
        cell="organismes!N2",
        found="rien",
    ),
    case("classeur-formule", workbook(cell("organismes", "N5", "=1+1")), XLSX, SAVED),
    # Sheets that are those of the tables to the byte, and yet do not say the same.
    case(
        "classeur-cellule",
        part("xl/workbook.xml", b"<workbookPr ", b'<workbookPr date1904="1" '),
        WORKBOOK,
        cell="organismes!E2",
    ),
    case(
        "classeur-cellule",
        part("xl/styles.xml", b"yyyy-mm-dd", b"0.00"),
        WORKBOOK,
        cell="organismes!E2",
        expected="2015-06-25",
    ),
    case(
        "classeur-entete",
        part("xl/_rels/workbook.xml.rels", b"worksheets/sheet3.xml", b"worksheets/sheet4.xml"),
        WORKBOOK,
        cell="organismes!A1",
    ),
    case(
        "classeur-entete",
        part(
            "xl/_rels/workbook.xml.rels",
            b"</Relationships>",
            b"<Relationship Target='worksheets/sheet4.xml' Id='rId3' Type='http://schemas.openxmlformats.org/"
            b"officeDocument/2006/relationships/worksheet'/></Relationships>",
        ),
        WORKBOOK,
        cell="organismes!A1",
    ),
    case("archive-illisible", sealed(lambda folder: (folder / ARCHIVE).write_bytes(b"PK"), kept=ARCHIVE), ARCHIVE),
    case("archive-membre-absent", archived(lambda members: members.pop(CSV)), ARCHIVE, row=CSV),
    case("archive-membre-en-trop", archived(lambda members: members.update({"../../x": b"a"})), ARCHIVE, row="../../x"),
    case(
        "archive-membre-different",
        archived(lambda members: members.update({CSV: b"a"})),
        ARCHIVE,
        row=CSV,
        found="1 octets",
    ),
    case(
        "archive-membre-different",
        archived(lambda members: members.update({CSV: members[CSV].replace(b"a-4", b"a-5")})),
        ARCHIVE,
        row=CSV,
    ),
]

METADATA = [
    case(
        "metadonnees-differentes",
        sealed(put("diff.json", '{"nouvelle": {"version": "2026-11-21", "tables": 5, "lignes": 15}}')),
        "diff.json",
        column="nouvelle.version",
        found="2026-11-21",
    ),
    *(case("metadonnees-illisibles", sealed(put(name, "{"), kept=name), name) for name in (QUALITY, CROISSANT)),
    case("metadonnees-illisibles", sealed(lambda folder: (folder / "journal.md").write_bytes(b"\xff")), "journal.md"),
    case("metadonnees-illisibles", sealed(put(TURTLE, "<a"), kept=JSONLD), TURTLE),
    case(
        "metadonnees-illisibles",
        sealed(changed(lambda all_: all_.update({"@context": "https://example.org/c"}), JSONLD), kept=JSONLD),
        JSONLD,
    ),
    case(
        "metadonnees-differentes",
        sealed(edited("journal.md", "# Version 2026-11-22", "# Version 2026-11-21")),
        "journal.md",
        column="titre",
    ),
    case(
        "metadonnees-differentes",
        sealed(edited("journal.md", "(`organismes`) | 4 |", "(`organismes`) | 5 |")),
        "journal.md",
        column="lignes de organismes",
        found="5",
        expected="4",
    ),
    case(
        "metadonnees-differentes",
        sealed(edited("dictionnaire.md", "\n## lieux\n", "\n## endroits\n")),
        "dictionnaire.md",
        column="tables",
    ),
    case(
        "metadonnees-differentes",
        described(lambda all_: all_["completude"]["lieux"].update(lignes=3), QUALITY),
        QUALITY,
        column="completude.lieux.lignes",
        found="3",
        expected="2",
    ),
    case(
        "metadonnees-differentes",
        described(lambda all_: all_["completude"]["organismes"]["colonnes"]["siren"].update(nombre=2), QUALITY),
        QUALITY,
        column="completude.organismes.colonnes.siren.nombre",
    ),
    case(
        "metadonnees-differentes",
        described(lambda all_: all_.pop("version"), QUALITY),
        QUALITY,
        column="version",
        found="rien",
    ),
    case(
        "metadonnees-differentes",
        described(lambda all_: all_.update(version="0.9.0+2026-11-22"), CROISSANT),
        CROISSANT,
        column="version",
    ),
    case(
        "metadonnees-differentes",
        described(lambda all_: all_["distribution"][0].update(sha256="0" * 64), CROISSANT),
        CROISSANT,
        column=f"{WORKBOOK} : sha256",
    ),
    case(
        "metadonnees-differentes",
        described(lambda all_: all_["recordSet"].pop(), CROISSANT),
        CROISSANT,
        column="recordSet",
    ),
    case(
        "metadonnees-differentes",
        sealed(changed(lambda all_: all_["@graph"][1].update({"dcat:version": "1"}), JSONLD)),
        JSONLD,
        column="dcat:version",
    ),
    case(
        "metadonnees-differentes",
        sealed(changed(lambda all_: all_["@graph"][2].update({"dct:license": "https://example.org/autre"}), JSONLD)),
        JSONLD,
        column=f"{WORKBOOK} : dct:license",
    ),
    case("metadonnees-differentes", sealed(edited(TURTLE, '"Un essai"@fr ;', '"Un essay"@fr ;'), kept=JSONLD), TURTLE),
    case(
        "metadonnees-differentes",
        workbook(cell(README, "B7", "2026-11-21"), WORKBOOK),
        WORKBOOK,
        SAVED,
        column="Version",
        found="2026-11-21",
    ),
    case(
        "metadonnees-differentes",
        workbook(cell(README, "C15", 5), WORKBOOK),
        WORKBOOK,
        SAVED,
        column="Lignes de « organismes »",
    ),
    case(
        "metadonnees-differentes",
        said(lambda all_: all_.update(created="2026-11-23T00:00:00Z")),
        DESCRIPTOR,
        column="version",
    ),
]

CASES = [*FILES, *DESCRIPTORS, *DATA, *RULES, *WORKBOOKS, *METADATA]
