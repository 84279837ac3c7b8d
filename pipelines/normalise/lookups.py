"""What a name typed in a cell stands for: a partner, a contract, a source, a zone, a row.

Belongs here: resolving texts to keys by the one rule of `pipelines.text.fold`, and the candidates to propose when it
fails; nothing is ever merged on a likeness. Does not belong here: what is done with the keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.curation.issues import nearest, suggestion
from pipelines.normalise.names import Names
from pipelines.text import fold
from pipelines.texts import as_arrow, as_series, folded

_SCOPE = "\x00"
_TEXT = pa.large_string()
_KNOWN = pa.schema([("scope", _TEXT), ("folded", _TEXT), ("key", _TEXT), ("shown", _TEXT)])
_MOST_PROPOSED, _MOST_COMPARED = 3, 9

Spellings = dict[str, tuple[str, str]]
"""By what they are folded to: spellings as they are shown, with their keys."""


@dataclass
class Lookup:
    """Folded spellings with the key that each stands for; a spelling may hold within one contract only.

    ``known``: one row per spelling, in the order in which they came: ``scope`` (its contract, "" for all of them),
    ``folded``, ``key``, ``shown`` (the spelling as it was first typed).
    """

    known: pa.Table = field(default_factory=_KNOWN.empty_table)
    _searched: tuple[pa.Table, Spellings, Names] | None = field(default=None, repr=False, compare=False)

    def add(self, spellings: pd.Series, keys: pd.Series, scopes: pd.Series | None = None) -> pd.Index:
        """Adds spellings; returns the rows whose spelling already stood for another key."""
        scope = as_arrow(scopes.fillna("")) if scopes is not None else pa.repeat(pa.scalar("", _TEXT), len(spellings))
        words = as_arrow(folded(spellings))
        said = pa.table([scope, words, as_arrow(keys), as_arrow(spellings)], schema=_KNOWN)
        told = pc.and_kleene(pc.not_equal(said["key"], ""), pc.not_equal(words, ""))
        added = pc.fill_null(told, False).to_numpy()
        every = pa.concat_tables([self.known, said.filter(added)])
        codes = _names(every["scope"], every["folded"]).combine_chunks().dictionary_encode().indices.to_numpy()
        first = first_of_each(codes)
        clashing = pc.not_equal(every["key"], every["key"].take(first[codes])).to_numpy()[len(self.known) :]
        self.known = every.take(first)
        clashes: pd.Index = spellings.index[np.flatnonzero(added)[clashing]]
        return clashes

    def resolve(self, texts: pd.Series, scopes: pd.Series | None = None) -> pd.Series:
        """The key of each text, the contract's own spellings first; missing where the text is unknown or blank."""
        said, names = as_arrow(texts).dictionary_encode(), _names(self.known["scope"], self.known["folded"])
        words = as_arrow(folded(as_series(said.dictionary, pd.RangeIndex(len(said.dictionary)))))
        places, indices = pc.index_in(_names("", words), names), said.indices
        if scopes is not None:
            within = as_arrow(scopes.fillna("")).dictionary_encode()
            many = pa.scalar(len(within.dictionary), pa.int64())
            pairs = pc.add(pc.multiply(said.indices.cast(pa.int64()), many), within.indices).dictionary_encode()
            word = pc.divide(pairs.dictionary, many)
            scope = within.dictionary.take(pc.subtract(pairs.dictionary, pc.multiply(word, many)))
            own = pc.index_in(_names(scope, words.take(word)), names)
            places, indices = pc.coalesce(own, places.take(word)), pairs.indices
        return as_series(self.known["key"].take(places).take(indices), texts.index)

    def spellings(self, scope: str = "") -> dict[str, str]:
        """What stands for something in this contract (default: in all of them), with its key."""
        return dict((self._within("") | self._within(scope)).values())

    def likely(self, text: str, scope: str, limit: int) -> dict[str, str]:
        """Those of the `spellings` among which `nearest` finds the same for a text as among all, with their keys."""
        if self._searched is None or self._searched[0] is not self.known:
            everywhere = self._within("")
            self._searched = self.known, everywhere, Names(everywhere)
        _, everywhere, names = self._searched
        found = {folded: everywhere[folded] for folded in names.likely(fold(text), limit)}
        return dict((found | (self._within(scope) if scope else {})).values())

    def _within(self, scope: str) -> dict[str, tuple[str, str]]:
        """The spellings of one contract alone as they are shown, with their keys, by what they are folded to."""
        own = self.known.filter(pc.equal(self.known["scope"], scope))
        shown = zip(own["shown"].to_pylist(), own["key"].to_pylist(), strict=True)
        return dict(zip(own["folded"].to_pylist(), shown, strict=True))


def first_of_each(codes: np.ndarray) -> np.ndarray:
    """Where each code comes first, among codes that are numbered as they come (as by `dictionary_encode`)."""
    return np.flatnonzero(np.diff(np.maximum.accumulate(codes), prepend=-1))


def _names(scope: pa.Array | pa.ChunkedArray | str, words: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """A spelling and where it holds as one text."""
    within = pa.scalar(scope, _TEXT) if isinstance(scope, str) else scope
    return pc.binary_join_element_wise(within, words, pa.scalar(_SCOPE, _TEXT))


def near(lookups: Iterable[Lookup], texts: pd.Series, scopes: pd.Series | None = None) -> list[str]:
    """« Vouliez-vous dire … ? » for each text: what would resolve in its contract, one spelling for each key."""
    lookups = tuple(lookups)
    found: dict[tuple[str, str], str] = {}
    pairs = [(str(text), "") for text in texts] if scopes is None else list(zip(texts, scopes.fillna(""), strict=True))
    for text, scope in dict.fromkeys(pairs):
        keys = dict(pair for lookup in lookups for pair in lookup.likely(text, scope, _MOST_COMPARED).items())
        best: dict[str, str] = {}
        for spelling in nearest(text, list(keys), limit=_MOST_COMPARED):
            best.setdefault(keys[spelling], spelling)
        found[text, scope] = suggestion(list(best.values())[:_MOST_PROPOSED])
    return [found[pair] for pair in pairs]


def partners(registry: pd.DataFrame, spellings: pd.DataFrame) -> tuple[Lookup, pd.Index]:
    """Partners by every known spelling and canonical name; also the rows of ``spellings`` that clash."""
    lookup = Lookup()
    lookup.add(registry["nom"], registry["partenaire_id"])
    clashes = lookup.add(spellings["denomination"], spellings["partenaire_id"], spellings["contrat_id"])
    lookup.add(registry["partenaire_id"].str.replace("-", " "), registry["partenaire_id"])
    return lookup, clashes


def by_identifier(keys: pd.Series) -> Lookup:
    """Rows by their identifier."""
    lookup = Lookup()
    lookup.add(keys, keys)
    return lookup


def zones(frame: pd.DataFrame) -> Lookup:
    """Zones (``type|code``) by « type code », and by their label where only one zone bears it."""
    lookup = Lookup()
    key = frame["zone_type_code"] + "|" + frame["zone_code"]
    lookup.add(frame["zone_type_code"] + " " + frame["zone_code"], key)
    lookup.add(frame["zone_type_code"] + " " + frame["libelle"], key)
    alone = ~frame["libelle"].duplicated(keep=False)
    lookup.add(frame.loc[alone, "libelle"], key[alone])
    return lookup
