"""What is well formed and yet doubtful: dates far from the contract, amounts out of proportion, parts above the whole.

Every finding is a warning at its cell. A row whose Remarque is filled is left alone: a curator who looked into a doubt
says so there, where the reader of the data finds it too.

Belongs here: doubts that take several rows or sheets to see. Does not belong here: rules whose breach is an error
(``curation.models``, ``checks``), rows that look alike (``likeness``).
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from pipelines.curation.gather import CONTRACT_SHEET
from pipelines.normalise.rows import Rows, Workspace
from schemas.columns import DATE_DEBUT, DATE_FIN, MONTANT_EUR
from schemas.declaration import Cell

GRACE = pd.Timedelta(days=730)
"""A contract is prepared before it is signed and wound up after it ends: two years either way raise no doubt."""
LIVED = ("actions", "financements", "evenements")
MOMENTS = ("evenements",)
"""Tables whose rows last one day when they have no end; elsewhere, a row without an end goes on."""
FOUNDINGS = ("creation",)
"""Kinds of events that belong to the story of a contract whenever they happened: an organisation was founded."""
ORDERED = (("contrats", "date_signature", "date_fin"), ("sources", "date_publication", "date_consultation"))
"""Dates that follow each other in time, beside the starts and ends that ``curation.parse`` compares."""

PEERS = 5
"""A median of fewer amounts says nothing."""
TOO_LARGE, TOO_SMALL = 100.0, 0.001
"""Beyond 100 × the median of its nature, or under a thousandth of it: a unit (k€, M€) typed in excess or left out."""
ANY_TOO_LARGE = 1e9

ROUNDING, ABOUT = 0.01, 0.10
_AT_LEAST, _AT_MOST, _ROUGH = ("plus_de", "fourchette_basse"), ("moins_de", "plafond", "fourchette_haute"), "environ"


def report_doubts(workspace: Workspace) -> None:
    """Adds the warnings of this module to the log of a workspace whose rows are resolved."""
    for rows in workspace.rows.values():
        if rows.table.name in LIVED:
            _outside_contract(workspace, rows)
        for table, earlier, later in ORDERED:
            if table == rows.table.name:
                _disorder(workspace, rows, earlier, later)
    _out_of_proportion(workspace)
    _parts_and_wholes(workspace, workspace.rows["Financements"])


def _warn(workspace: Workspace, rows: Rows, code: str, column: str, wanted: pd.Series) -> None:
    """A warning at the cell of ``column`` in each row of ``wanted``, whose text is what was expected."""
    silent = rows.frame.loc[wanted.index, "remarque"].isna() if "remarque" in rows.frame else wanted.notna()
    told = wanted[silent]
    workspace.log.add(code, rows.typed.source.cells(told.index, label_of(rows, column)), expected=told.tolist())


def label_of(rows: Rows, column: str) -> str:
    """The label of a table's column in this sheet."""
    return next(item.label for item in rows.typed.sheet.fields if isinstance(item, Cell) and item.column.name == column)


def _days(dates: pd.Series) -> pd.Series:
    days = pa.array(dates, from_pandas=True).cast(pa.timestamp("s"))
    return pd.Series(days.to_numpy(zero_copy_only=False), index=dates.index)


# --- Dates ---------------------------------------------------------------------------------------------------------


def _outside_contract(workspace: Workspace, rows: Rows) -> None:
    """Rows whole years before the contract's first known date, or after its end; an unknown date raises no doubt."""
    contracts = workspace.rows[CONTRACT_SHEET].frame.drop_duplicates("contrat_id").set_index("contrat_id")
    begun, signed = _days(contracts["date_debut"]), _days(contracts["date_signature"])
    starts = begun.mask(signed < begun, signed).fillna(signed)
    start, end = (
        dates.reindex(rows.frame["contrat_id"]).set_axis(rows.frame.index)
        for dates in (starts, _days(contracts["date_fin"]))
    )
    first, last = _days(rows.frame["date_debut"]), _days(rows.frame["date_fin"])
    begins = first.fillna(last)
    ends = last.fillna(first) if rows.table.name in MOMENTS else last
    early, late = ends < start - GRACE, begins > end + GRACE
    if "type_code" in rows.frame:
        founded = rows.frame["type_code"].isin(FOUNDINGS)
        early, late = early & ~founded, late & ~founded
    far = early | late
    start, end = (dates[far].dt.strftime("%d/%m/%Y").fillna("?") for dates in (start, end))
    shown = "du " + start + " au " + end
    at_end = ((early & last.notna()) | first.isna())[far]
    for column, where in ((DATE_FIN, at_end), (DATE_DEBUT, ~at_end)):
        _warn(workspace, rows, "hors-contrat", column.name, shown[where])


def _disorder(workspace: Workspace, rows: Rows, earlier: str, later: str) -> None:
    """Rows where ``earlier`` comes after ``later``, as far as the coarser of their precisions tells."""
    texts = [rows.frame[name].astype("str").fillna("") for name in (earlier, later)]
    precisions = [rows.frame[f"{name}_precision"] for name in (earlier, later)]
    known = rows.frame[earlier].notna() & rows.frame[later].notna()
    after = pd.Series(False, index=rows.frame.index)
    for precision, width in (("jour", 10), ("mois", 7), ("annee", 4)):
        coarsest = (precisions[0] == precision) | (precisions[1] == precision)
        after = after.mask(coarsest.fillna(False).astype(bool), texts[0].str[:width] > texts[1].str[:width])
    late = rows.frame.index[(after & known).astype(bool)]
    shown = rows.typed.source.text.loc[late, label_of(rows, later)]
    _warn(workspace, rows, "dates-en-desordre", earlier, label_of(rows, later) + " : " + shown)


# --- Amounts -------------------------------------------------------------------------------------------------------


def _euros(amount: float) -> str:
    return f"{amount:,.0f} €".replace(",", "\u00a0")


def _out_of_proportion(workspace: Workspace) -> None:
    """Amounts far from the median of their nature (see `TOO_LARGE`), or beyond a milliard euros whatever the nature."""
    for rows in workspace.rows.values():
        if MONTANT_EUR.name not in rows.frame or rows.frame.empty:
            continue
        amounts = rows.frame[MONTANT_EUR.name].astype("float64")
        same = rows.frame["nature_code"] if "nature_code" in rows.frame else pd.Series("", index=amounts.index)
        groups = amounts.groupby(same.fillna(""))
        median, count = groups.transform("median"), groups.transform("count")
        far = (amounts > TOO_LARGE * median) | ((amounts > 0) & (amounts < TOO_SMALL * median))
        far &= count >= PEERS
        huge = amounts > ANY_TOO_LARGE
        shown = "la médiane des montants de même nature (" + median[far & ~huge].map(_euros).astype("str") + ")"
        _warn(workspace, rows, "montant-disproportionne", MONTANT_EUR.name, shown)
        limit = pd.Series(f"ce que porte un contrat (plus de {_euros(ANY_TOO_LARGE)})", index=amounts.index)
        _warn(workspace, rows, "montant-disproportionne", MONTANT_EUR.name, limit[huge])


def _parts_and_wholes(workspace: Workspace, rows: Rows) -> None:
    """Financings against those included in them.

    Only like is added to like: the parts whose base (total, a year…) is that of the whole, year by year where the base
    is not the total. A whole that is a lower bound cannot be exceeded; a part that is an upper bound is left out; what
    is about so much is given 10 %, the rest 1 %. Shares that add up to more than 100 % are parts above the whole; when
    they add up to 100 % and every amount is known, the amounts must add up to the whole.
    """
    frame = rows.frame.assign(
        key=rows.keys["key"], row=rows.frame.index, amount=rows.frame[MONTANT_EUR.name].astype("float64")
    )
    wholes = frame[["key", "row", "amount", "base_code", "qualificatif_code"]].add_prefix("whole_")
    parts = frame.merge(wholes, left_on="inclus_dans_id", right_on="whole_key")
    if parts.empty:
        return
    alike = parts["base_code"].fillna("") == parts["whole_base_code"].fillna("")
    of_total = parts["whole_base_code"] == "total"
    rough = (parts["qualificatif_code"] == _ROUGH) | (parts["whole_qualificatif_code"] == _ROUGH)
    parts = parts.assign(
        alike=alike,
        year=parts["date_debut"].astype("str").where(~of_total).fillna(""),
        margin=rough.map({True: ABOUT, False: ROUNDING}),
        share=parts["part_pct"].astype("float64"),
        counted=parts["amount"].where(alike & ~parts["qualificatif_code"].isin(_AT_MOST)),
        alone=parts["amount"].where(of_total & ~parts["qualificatif_code"].isin(_AT_MOST)),
    )
    whole = parts.groupby(["whole_row", "year"]).agg(
        amount=("whole_amount", "first"),
        bound=("whole_qualificatif_code", "first"),
        sum=("counted", "sum"),
        largest=("alone", "max"),
        margin=("margin", "max"),
        shares=("share", "sum"),
        known=("counted", "count"),
        number=("row", "count"),
        shared=("share", "count"),
    )
    allowed = whole["amount"] * (1 + whole["margin"])
    bounded = ~whole["bound"].isin(_AT_LEAST)
    above = bounded & (whole[["sum", "largest"]].max(axis=1) > allowed)
    complete = (whole["known"] == whole["number"]) & (whole["shared"] == whole["number"])
    short = bounded & ~above & complete & ((whole["shares"] - 100).abs() <= 0.5)
    short &= (whole["sum"] - whole["amount"]).abs() > whole["amount"] * whole["margin"]
    too_shared = ~above & (whole["shares"] > 100.5)
    sums = whole[["sum", "largest"]].max(axis=1).map(_euros)
    shares = whole["shares"].map(lambda share: f"{share:g} % en tout")
    for code, found, text in (
        ("parties-superieures", above, sums),
        ("parties-superieures", too_shared, shares),
        ("total-different", short, sums),
    ):
        told = text[found].groupby(level="whole_row").first()
        _warn(workspace, rows, code, MONTANT_EUR.name, told.rename_axis(None))
