"""A folder of made-up sources, lot by lot: so many contracts, so many actions, as the real ones are made.

Belongs here: the order in which files are made, lists, the mark of such a folder. Does not belong here: cells
(``columns``), file formats (``files``), the command line (``cli``).
"""

from __future__ import annotations

import json
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.columns import Block, identifiers, make, registry_value
from benchmarks.files import FORMATS, Format, Writer, arrow, file_name, write_csv
from benchmarks.mistakes import Planted, spoil
from benchmarks.values import Made, Rows, Texts, texts
from benchmarks.world import NATIONAL, World
from benchmarks.world import make as make_world
from pipelines.curation.units import CONTRACTS_FOLDER, REFERENCES_FOLDER
from pipelines.normalise.identity import BLANK, SEPARATOR
from pipelines.parallel import processors
from pipelines.sheets.limits import limits
from schemas.assertions import MAXIMUM, MINIMUM, REMARK, TABLE
from schemas.declaration import Cell, Sheet
from schemas.registry import sheets as declared_sheets
from schemas.registry import tables, workbook_sheets

REAL = Path(__file__).resolve().parents[1] / "sources"
MARK = ".fabrique.json"
LOT_ROWS, LOT_WORKBOOKS = 50_000, 500
"""Rows and workbooks made at once."""
_MARGIN, _MARKS = 1 << 16, 9
"""Bytes: left free in the registry, which is no longer than a file that is read; quotes and commas of each row."""
_LENT = ("nomenclatures", "zones")
_NEEDED = ("jeu_de_donnees.toml",)
_DESCRIBED = ("partenaires", "partenaires_denominations", "sources", "clauses")


@dataclass(frozen=True)
class Wanted:
    """What is asked for; ``dirty``: the share of the cells that hold a mistake."""

    contracts: int
    actions: int
    dirty: float = 0.0
    file_format: Format = "xlsx"
    seed: int = 0


@dataclass(frozen=True)
class Written:
    """What was written: rows of the sheets of workbooks, workbooks, mistakes."""

    rows: int
    workbooks: int
    mistakes: int


class OccupiedError(Exception):
    """The folder holds something that was not made here."""


def manifest_of(folder: Path) -> Path:
    """The list of planted mistakes, beside the folder: nothing but sources stands among sources."""
    whole = folder.resolve()
    return whole.with_name(f"{whole.name}.attendu.csv")


def generate(folder: Path, wanted: Wanted, step: Callable[[int], None] | None = None) -> Written:
    """Writes the folder; ``step`` is told of the workbooks written, lot by lot.

    Raises:
        OccupiedError: the folder holds something else.
        TooLargeError: see `benchmarks.world.make`.
    """
    folder = folder.resolve()
    world = make_world(wanted.contracts, wanted.actions, wanted.seed, REAL)
    _clear(folder)
    for name in (CONTRACTS_FOLDER, REFERENCES_FOLDER):
        (folder / name).mkdir(parents=True)
    (folder / MARK).write_text(json.dumps(asdict(wanted), indent=2) + "\n", encoding="utf-8")
    registry = Registry()
    planted: list[Planted] = []
    with _written(wanted, step) as write:
        for places in lots(world):
            write(_made(world, places, wanted, registry, planted), _books(folder, world, places, wanted.file_format))
    _write_lists(folder / REFERENCES_FOLDER, world, registry)
    _write_corrections(folder)
    _write_assertions(folder, world)
    for name in _NEEDED:
        shutil.copyfile(REAL / name, folder / name)
    mistakes = _write_manifest(folder, world, wanted, planted)
    rows = sum(int(counts.sum()) for counts in world.counts.values())
    return Written(rows=rows, workbooks=len(world.owners), mistakes=mistakes)


def _clear(folder: Path) -> None:
    """Takes away what was made here before, and nothing else."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not (folder / MARK).is_file():
        raise OccupiedError(
            f"Le dossier n’est pas vide, et il n’a pas été fabriqué ici : {folder}. Indiquez un dossier neuf."
        )
    shutil.rmtree(folder)
    manifest_of(folder).unlink(missing_ok=True)


# --- Workbooks -----------------------------------------------------------------------------------------------------


def lots(world: World) -> Iterator[tuple[int, int]]:
    """Runs of workbooks, the national one by itself, so cut that a lot fits in memory; the same for every format."""
    rows = sum(world.counts.values())
    first, held = 0, 0
    for place, count in enumerate(np.asarray(rows)[:-1].tolist()):
        if place > first and (held + count > LOT_ROWS or place - first >= LOT_WORKBOOKS):
            yield first, place
            first, held = place, 0
        held += count
    yield first, len(world.contracts)
    yield len(world.contracts), len(world.owners)


def block_of(world: World, sheet: Sheet, first: int, last: int) -> Block:
    counts = world.counts[sheet.name]
    owner = np.repeat(np.arange(first, last), counts[first:last])
    begin = int(counts[:first].sum())
    starts = np.cumsum(counts[first:last]) - counts[first:last]
    rank = np.arange(len(owner)) - np.repeat(starts, counts[first:last])
    block = Block(world, sheet, owner, rank, begin + np.arange(len(owner)), world.rng(sheet.name, first))
    if sheet.single:
        block.named = {tables()[sheet.table].key: world.contracts[owner], "nom": world.names[owner]}
    return block


Books = Sequence[tuple[Path, Sequence[str]]]
"""Workbooks of a lot, in order: where each goes, and the sheets that it has."""


@contextmanager
def _written(wanted: Wanted, step: Callable[[int], None] | None) -> Iterator[Callable[[Writer, Books], None]]:
    """Gives what writes a lot; they are all written at the end of the block.

    What takes long to write is written by other processes, while the next lot is made.
    """
    told = step or (lambda _: None)
    if wanted.file_format == "csv" or wanted.contracts <= LOT_WORKBOOKS or processors() < 2:

        def write(writer: Writer, books: Books) -> None:
            writer.write_all(books)
            told(len(books))

        yield write
        return
    begun: deque[tuple[Future[None], int]] = deque()

    def end_first() -> None:
        future, workbooks = begun.popleft()
        future.result()
        told(workbooks)

    with ProcessPoolExecutor(processors(), get_context("spawn")) as pool:

        def begin(writer: Writer, books: Books) -> None:
            while len(begun) > processors():  # lots are long: few wait
                end_first()
            begun.append((pool.submit(writer.write_all, books), len(books)))

        yield begin
        while begun:
            end_first()


def _made(world: World, places: tuple[int, int], wanted: Wanted, registry: Registry, planted: list[Planted]) -> Writer:
    """The sheets of a lot; what the lists say of them goes to ``registry``, the mistakes to ``planted``."""
    first, last = places
    made, bounds = {}, {}
    for name, sheet in workbook_sheets().items():
        block = block_of(world, sheet, first, last)
        columns = make(block)
        registry.add(block, columns)
        spoiled = spoil(block, columns, wanted.dirty) if len(block) else None
        if spoiled is not None:
            planted.append(spoiled)
        made[name] = columns
        bounds[name] = [0, *np.cumsum(world.counts[name][first:last]).tolist()]
    return Writer(made, bounds, wanted.file_format)


def _books(folder: Path, world: World, places: tuple[int, int], file_format: Format) -> Books:
    every, shared = list(workbook_sheets()), [name for name, sheet in workbook_sheets().items() if sheet.national]
    found = []
    for place in range(*places):
        national = world.owners[place] == NATIONAL
        path = (folder if national else folder / CONTRACTS_FOLDER) / file_name(world.owners[place], file_format)
        found.append((path, shared if national else every))
    return found


# --- Lists ---------------------------------------------------------------------------------------------------------


class Registry:
    """The identifiers given so far, up to what a list can hold; those of further rows are new to the program."""

    def __init__(self) -> None:
        self.rows = min(limits().rows, limits().area // len(declared_sheets()["identifiants"].fields)) - 1  # the header
        self.room = limits().file - _MARGIN
        self.tables: list[Texts] = []
        self.keys: list[Texts] = []
        self.identifiers: list[Texts] = []

    def add(self, block: Block, made: dict[str, Made]) -> None:
        """Takes the rows of a sheet, each with the natural key that it has once read."""
        if self.rows <= 0 or self.room <= 0:
            return
        table = tables()[block.sheet.table]
        given = identifiers(block.world, block.sheet, block.owner, block.rank)
        labels = {item.column.name: item.label for item in block.sheet.fields if isinstance(item, Cell)}
        owners = block.world.owners
        parts = [
            np.where(owners == NATIONAL, BLANK, owners)[block.owner]
            if name == "contrat_id"
            else _or_blank(made[labels[name]].value)
            for name in table.natural_key
        ]
        key = given if not parts else parts[0]
        for part in parts[1:]:
            key = key + SEPARATOR + part
        sizes = np.cumsum([len(row.encode()) + len(table.name) + _MARKS for row in (key + given).tolist()])
        room = min(self.rows, int(np.searchsorted(sizes, self.room, side="right")), len(block))
        self.rows -= room
        self.room -= int(sizes[room - 1]) if room else 0
        if room < len(block):
            self.room = 0
        self.tables.append(texts([table.name] * room))
        self.keys.append(texts(key[:room]))
        self.identifiers.append(given[:room])


def _or_blank(values: Texts) -> Texts:
    return np.where(values == "", BLANK, values)


def _write_lists(folder: Path, world: World, registry: Registry) -> None:
    for name, sheet in declared_sheets().items():
        if sheet.place != "referentiel":
            continue
        path = folder / f"{name}.csv"
        if name in _LENT:
            shutil.copyfile(REAL / REFERENCES_FOLDER / f"{name}.csv", path)
            continue
        columns: dict[str, Texts] = {item.label: texts([]) for item in sheet.fields}
        if name == "identifiants":
            parts = (registry.tables, registry.keys, registry.identifiers)
            columns = {item.label: np.concatenate(part) for item, part in zip(sheet.fields, parts, strict=True)}
        elif name in _DESCRIBED:
            columns = {label: one.text for label, one in make(_list_block(world, sheet)).items()}
        write_csv(path, arrow(columns))


def _list_block(world: World, sheet: Sheet) -> Block:
    """The rows of a list that others refer to, with the names that they refer to it by."""
    named: dict[str, Texts]
    if sheet.name == "sources":
        named = {"source_id": world.sources}
    elif sheet.name == "clauses":
        size = 12
        named = {"clause_id": texts([f"clause-{number}" for number in range(1, size + 1)])}
    else:
        named = {"partenaire_id": world.partners}
        if sheet.name == "partenaires":
            said = {
                c.name: registry_value(world, c) for c in tables()[sheet.table].columns if c.name != "zone_type_code"
            }
            acronyms = texts([name.split(" ", 1)[0] for name in world.partner_spellings.tolist()])
            named |= {"nom": world.partner_names, "sigle": acronyms}
            named |= {name: values for name, values in said.items() if values is not None}
        else:
            named["denomination"] = world.partner_spellings
    numbers: Rows = np.arange(len(next(iter(named.values()))))
    return Block(world, sheet, np.zeros_like(numbers), numbers, numbers, world.rng(sheet.name), named)


def _write_corrections(folder: Path) -> None:
    sheet = declared_sheets()["corrections"]
    write_csv(folder / f"{sheet.name}.csv", arrow({item.label: texts([]) for item in sheet.fields}))


def _write_assertions(folder: Path, world: World) -> None:
    """Bounds around the rows of each sheet, wide enough for refused rows, which have errors of their own."""
    rows = {sheet.table: int(world.counts[name].sum()) for name, sheet in workbook_sheets().items()}
    bounds = {
        TABLE: texts(list(rows)),
        MINIMUM: texts([str(count // 2) for count in rows.values()]),
        MAXIMUM: texts([str(count * 2) for count in rows.values()]),
        REMARK: texts(["Sources fabriquées."] * len(rows)),
    }
    write_csv(folder / "assertions.csv", arrow(bounds))


def _write_manifest(folder: Path, world: World, wanted: Wanted, planted: list[Planted]) -> int:
    """The mistakes with the cell where each must be found; without one, no file."""
    if not wanted.dirty:
        return 0
    owners = np.concatenate([texts([]), *(world.owners[one.owner] for one in planted)])
    ending = "" if wanted.file_format == "csv" else f".{wanted.file_format}"
    files = np.where(owners == NATIONAL, "", f"{CONTRACTS_FOLDER}/") + owners + ending
    columns = {
        "fichier": texts(files),
        "feuille": np.concatenate([texts([]), *(texts([one.sheet] * len(one.cell)) for one in planted)]),
        "cellule": np.concatenate([texts([]), *(one.cell for one in planted)]),
        "code": np.concatenate([texts([]), *(one.code for one in planted)]),
    }
    write_csv(manifest_of(folder), arrow(columns))
    return len(owners)


__all__ = ["FORMATS", "OccupiedError", "Wanted", "Written", "generate", "manifest_of"]
