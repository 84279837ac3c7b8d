"""The contracts on one line of time each.

Belongs here: when contracts were signed, began and ended, as far as sources say, drawn and in words. Does not belong
here: other charts (``charts``).

A bar is drawn only between two known dates; a contract whose end no source gives is a mark at its signature. A date
that is known to the month or the year is as wide as that month or year. Contracts too many for a line each are counted
by the year of their first date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from pipelines.site import bounds
from pipelines.site.drawing import Bar, bars, linked, percent, series
from pipelines.site.model import Language
from pipelines.site.render import NARROW, WIDE, long_date, number
from schemas.declaration import Bilingual

_DAYS = 365.2425
_PERIODS = {"jour": 0.0, "mois": 30.4, "annee": _DAYS}
_UNDATED = Bilingual("aucune date précisée", "no date stated")
_NO_END = Bilingual("fin non précisée", "end not stated")
_KEY: tuple[tuple[str, Bilingual], ...] = (
    (
        "trait",
        Bilingual("du début à la fin, quand une source donne les deux", "start to end, where a source gives both"),
    ),
    ("point", Bilingual("signature", "signature")),
)


def dated_contracts(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The contracts in order of generation, then of first known date, then of name; those without a date last.

    Adds ``generation``, ``generation_en``, ``rang`` (of the generation, from 1) and ``premiere_date``.
    """
    contracts = tables["contrats"].copy()
    for name in ("date_signature", "date_debut", "date_fin"):
        contracts[name] = pd.to_datetime(contracts[name])
    contracts["premiere_date"] = contracts["date_debut"].fillna(contracts["date_signature"])
    known = generations(tables)
    contracts["generation_code"] = contracts["generation_code"].fillna("")
    contracts = contracts.merge(known, on="generation_code", how="left", validate="many_to_one")
    return contracts.sort_values(["rang", "premiere_date", "nom", "contrat_id"], ignore_index=True)


def generations(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The generations in order of their first signature: ``generation_code``, its labels, ``rang`` from 1."""
    contracts, terms = tables["contrats"], tables["nomenclatures"]
    terms = terms.loc[terms["nomenclature"] == "generation", ["code", "libelle", "libelle_en"]]
    first = pd.to_datetime(contracts["date_signature"]).groupby(contracts["generation_code"].fillna("")).min()
    codes = pd.Index([*terms["code"], *first.index.difference(pd.Index(terms["code"]))], name="generation_code")
    found = pd.DataFrame({"premiere": first.reindex(codes)}).reset_index()
    found["inconnue"] = found["generation_code"] == ""
    found = found.sort_values(["inconnue", "premiere", "generation_code"], ignore_index=True)
    labels = terms.set_index("code").reindex(found["generation_code"])
    french = labels["libelle"].fillna(labels.index.to_series())
    found["generation"] = french.mask(french == "", "Génération non précisée").to_numpy()
    english = labels["libelle_en"].fillna(french)
    found["generation_en"] = english.mask(french == "", "Generation not stated").to_numpy()
    found["rang"] = range(1, len(found) + 1)
    return found[["generation_code", "generation", "generation_en", "rang"]]


def timeline(tables: Mapping[str, pd.DataFrame], address: Callable[[str], str], language: Language) -> Markup:
    """One line per contract under its generation; ``address`` links to a page of the site.

    It is a list that says every date in words; the drawing beside it is hidden from whoever does not see it.
    """
    contracts = dated_contracts(tables)
    if len(contracts) > bounds.CONTRACTS:
        return _by_year(contracts, address, language)
    if contracts.empty:
        return Markup("<p>{}</p>").format("Aucun contrat." if language == "fr" else "No contract.")
    dates = pd.concat([contracts["date_signature"], contracts["date_debut"], contracts["date_fin"]]).dropna()
    first = int(dates.dt.year.min()) if len(dates) else 0
    last = int(dates.dt.year.max()) + 1 if len(dates) else 1
    origin = pd.Timestamp(year=max(first, 1), month=1, day=1)
    span = (last - first) * _DAYS
    label = "generation" if language == "fr" else "generation_en"
    groups = Markup("").join(
        Markup('<li><p class="frise-generation">{}</p><ol>{}</ol></li>').format(
            str(group[label].iloc[0]),
            Markup("").join(_line(row, origin, span, address, language) for row in group.to_dict("records")),
        )
        for _, group in contracts.groupby("rang", sort=True)
    )
    return Markup('<div class="frise">{}{}<ol class="frise-groupes">{}</ol></div>').format(
        _key(language), _axis(first, last) if len(dates) else "", groups
    )


def _by_year(contracts: pd.DataFrame, address: Callable[[str], str], language: Language) -> Markup:
    """One bar a year, by generation, and the way to the contracts one by one."""
    label = "generation" if language == "fr" else "generation_en"
    known = contracts[["rang", label]].drop_duplicates().sort_values("rang")
    ranks = known["rang"].astype("int64").tolist()
    years = contracts["premiere_date"].dt.year
    grid = pd.crosstab(years.fillna(0).astype("int64"), contracts["rang"]).reindex(columns=ranks, fill_value=0)
    span = years.dropna().astype("int64")
    rows = [*range(span.min(), span.max() + 1)] if len(span) else []
    rows += [0] if years.isna().any() else []
    counts = grid.reindex(rows, fill_value=0)
    drawn = bars(
        [
            Bar(
                str(year) if year else _said(_UNDATED, language).capitalize(),
                str(sum(several)),
                tuple((rank, float(count)) for rank, count in zip(ranks, several, strict=True)),
                unknown=not year,
            )
            for year, several in zip(rows, counts.to_numpy().tolist(), strict=True)
        ],
        legend=list(zip(ranks, known[label].tolist(), strict=True)),
    )
    french, total = language == "fr", number(len(contracts), language)
    return Markup("<p>{} {}.</p>{}").format(
        f"Les {total} contrats, par année du début ou de la signature{NARROW}; chacun avec ses dates dans"
        if french
        else f"The {total} contracts, by year of start or signature; each with its dates in",
        linked("la liste des contrats" if french else "the list of contracts", address("contrats/")),
        drawn,
    )


def words(row: Mapping[Any, Any], language: Language) -> str:
    """When a contract was signed, began and ended, in words; what is unknown is said to be."""
    parts = [*_signed(row, language), *_lasting(row, language)]
    months = row.get("duree_mois")
    if not _missing(months):
        parts.append(_said(Bilingual(f"durée{WIDE}: {months} mois", f"length: {months} months"), language))
    return (f"{NARROW}; " if language == "fr" else "; ").join(parts)


def _signed(row: Mapping[Any, Any], language: Language) -> list[str]:
    date, source = row["date_signature"], row["date_signature_texte"]
    if _missing(date):
        return []
    if language == "fr" and isinstance(source, str) and source:
        return [f"signé{WIDE}: {source}"]
    day = row["date_signature_precision"] == "jour"
    said = long_date(date, language, str(row["date_signature_precision"]))
    return [f"signé {'le' if day else 'en'} {said}" if language == "fr" else f"signed {'on' if day else 'in'} {said}"]


def _lasting(row: Mapping[Any, Any], language: Language) -> list[str]:
    start, end = (
        "" if _missing(row[name]) else long_date(row[name], language, str(row[f"{name}_precision"]))
        for name in ("date_debut", "date_fin")
    )
    french = language == "fr"
    if start and end and french:
        from_ = "du" if start[0].isdigit() and not start.isdigit() else "d’" if start[0] in "ao" else "de"
        to = "au" if end[0].isdigit() and not end.isdigit() else "à"
        return [f"{from_} {start} {to} {end}".replace("d’ ", "d’")]
    if start and end:
        return [f"from {start} to {end}"]
    if end:
        return [f"fin{WIDE}: {end}" if french else f"end: {end}"]
    if start:
        return [f"début{WIDE}: {start}" if french else f"start: {start}", _said(_NO_END, language)]
    return [_said(_UNDATED if _missing(row["date_signature"]) else _NO_END, language)]


def _line(
    row: Mapping[Any, Any], origin: pd.Timestamp, span: float, address: Callable[[str], str], language: Language
) -> Markup:
    link = address(f"contrats/{row['contrat_id']}/")
    drawn = []
    start, end, signature = row["date_debut"], row["date_fin"], row["date_signature"]
    if not _missing(start) and not _missing(end):
        drawn.append(
            Markup('<line class="{} frise-trait" x1="{}" x2="{}" y1="50%" y2="50%"/>').format(
                series(int(row["rang"])),
                percent(_days(start, origin), span),
                percent(_days(end, origin), span),
            )
        )
    mark = signature if not _missing(signature) else start if _missing(end) else None
    if mark is not None and not _missing(mark):
        drawn.append(_mark(row, mark, origin, span))
    return Markup(
        '<li><span class="frise-nom">{}</span><svg class="frise-piste" aria-hidden="true" focusable="false">'
        '<use href="#frise-annees"/>{}</svg><span class="frise-dates">{}</span></li>'
    ).format(linked(str(row["nom"]), link), Markup("").join(drawn), words(row, language))


def _mark(row: Mapping[Any, Any], when: object, origin: pd.Timestamp, span: float) -> Markup:
    """A point for a day; for a month or a year, a line with round ends that covers it."""
    name = "date_signature" if not _missing(row["date_signature"]) else "date_debut"
    period = _PERIODS.get(str(row[f"{name}_precision"]), 0.0)
    at = _days(when, origin)
    return Markup('<line class="{} frise-point" x1="{}" x2="{}" y1="50%" y2="50%"/>').format(
        series(int(row["rang"])), percent(at, span), percent(at + max(period, 0.5), span)
    )


def _axis(first: int, last: int) -> Markup:
    years = range(first, last)
    step = 1 if len(years) <= 6 else 2 if len(years) <= 16 else 5
    lines = Markup("").join(
        Markup('<line x1="{0}" x2="{0}" y1="0" y2="100%"/>').format(percent(year - first, last - first))
        for year in years[::step]
    )
    texts = Markup("").join(
        Markup('<text x="{}" y="14">{}</text>').format(percent(year - first, last - first), year)
        for year in years[::step]
    )
    return Markup(
        '<div class="frise-axe" aria-hidden="true"><svg class="frise-piste" focusable="false">'
        '<defs><symbol id="frise-annees">{}</symbol></defs>{}</svg></div>'
    ).format(lines, texts)


def _key(language: Language) -> Markup:
    trait, point = (
        Markup('<line class="serie-1 frise-trait" x1="0" x2="100%" y1="50%" y2="50%"/>'),
        Markup('<line class="serie-1 frise-point" x1="50%" x2="51%" y1="50%" y2="50%"/>'),
    )
    drawn = {"trait": trait, "point": point}
    return Markup('<ul class="legende">{}</ul>').format(
        Markup("").join(
            Markup('<li><svg class="frise-cle" aria-hidden="true" focusable="false">{}</svg> {}</li>').format(
                drawn[name], _said(text, language)
            )
            for name, text in _KEY
        )
    )


def _days(when: object, origin: pd.Timestamp) -> float:
    return float((pd.Timestamp(str(when)) - origin).days)


def _missing(value: object) -> bool:
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]


def _said(text: Bilingual, language: Language) -> str:
    return text.fr if language == "fr" else text.en
