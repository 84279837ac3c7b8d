"""What a name typed in a cell stands for: a partner, a contract, a source, a zone, a row.

Belongs here: resolving texts to keys by the one rule of `pipelines.text.fold`, and the candidates to propose when it
fails; nothing is ever merged on a likeness. Does not belong here: what is done with the keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from pipelines.curation.issues import nearest, suggestion
from pipelines.text import fold, on_distinct

_SCOPE = "\x00"
_MOST_PROPOSED, _MOST_COMPARED = 3, 9


@dataclass
class Lookup:
    """Folded spellings with the key that each stands for; a spelling may hold within one contract only."""

    keys: dict[str, str] = field(default_factory=dict)
    shown: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, spellings: pd.Series, keys: pd.Series, scopes: pd.Series | None = None) -> pd.Index:
        """Adds spellings; returns the rows whose spelling already stood for another key."""
        clashes = []
        scope = scopes.fillna("") if scopes is not None else pd.Series("", index=spellings.index)
        columns = zip(spellings.index, spellings.fillna(""), keys.fillna(""), scope, strict=True)
        for row, spelling, key, within in columns:
            folded = fold(spelling)
            if not folded or not key:
                continue
            if self.keys.setdefault(within + _SCOPE + folded, key) != key:
                clashes.append(row)
            self.shown.setdefault(within, {}).setdefault(folded, spelling)
        return spellings.index[spellings.index.isin(clashes)]

    def resolve(self, texts: pd.Series, scopes: pd.Series | None = None) -> pd.Series:
        """The key of each text, the contract's own spellings first; missing where the text is unknown or blank."""
        folded = on_distinct(texts.fillna(""), fold).astype("str")
        found = (_SCOPE + folded).map(self.keys).astype("str")
        if scopes is not None:
            found = (scopes.fillna("") + _SCOPE + folded).map(self.keys).astype("str").fillna(found)
        return found

    def spellings(self, scope: str = "") -> dict[str, str]:
        """What stands for something in this contract (default: in all of them), with its key."""
        shown = {**self.shown.get("", {}), **self.shown.get(scope, {})}
        return {
            spelling: self.keys.get(scope + _SCOPE + folded) or self.keys.get(_SCOPE + folded, "")
            for folded, spelling in shown.items()
        }


def near(lookups: Iterable[Lookup], texts: pd.Series, scopes: pd.Series | None = None) -> list[str]:
    """« Vouliez-vous dire … ? » for each text: what would resolve in its contract, one spelling for each key."""
    lookups = tuple(lookups)
    found: dict[tuple[str, str], str] = {}
    among: dict[str, dict[str, str]] = {}
    pairs = [(str(text), "") for text in texts] if scopes is None else list(zip(texts, scopes.fillna(""), strict=True))
    for text, scope in dict.fromkeys(pairs):
        if scope not in among:
            among[scope] = {name: key for lookup in lookups for name, key in lookup.spellings(scope).items()}
        best: dict[str, str] = {}
        for spelling in nearest(text, list(among[scope]), limit=_MOST_COMPARED):
            best.setdefault(among[scope][spelling], spelling)
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
