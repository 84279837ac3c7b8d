"""Row f: names of organisations that may be the same, among many.

Belongs here: figures, made-up names, the exhaustive search. Does not belong here: the search itself
(``pipelines.normalise.namesakes``).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.apart import measured
from benchmarks.figures import Figure, at_most
from benchmarks.generate import REAL
from benchmarks.report import grouped
from benchmarks.shop import Shop
from benchmarks.values import Texts, texts
from benchmarks.watch import Watch
from benchmarks.words import KINDS_OF_PARTNERS
from pipelines.text import fold

NAMES_TARGET = at_most(60)
_PLACES = 20_000
_MISTYPED = 10
"""One name in so many is the one before it, mistyped."""
_OPENINGS, _VOWELS = "b c ch d f g l m n p r s t v".split(), "a e i o ou an on é".split()  # noqa: SIM905


def made_names(number: int, seed: int) -> Texts:
    """So many different names of organisations: a kind and one or two places.

    Half of the places are the départements, whose words thousands of names share; the others are made up.
    """
    rng, drawn = np.random.default_rng([seed, 3]), 2 * number
    syllables = texts([opening + vowel for opening in _OPENINGS for vowel in _VOWELS])
    made = syllables[rng.integers(0, len(syllables), (_PLACES, 4))].tolist()
    zones = pd.read_csv(REAL / "referentiels" / "zones.csv", dtype="str")
    real = texts(zones.loc[zones["Type de zone"] == "departement", "Libellé"].drop_duplicates().tolist())
    invented, kinds = texts(["".join(row).capitalize() for row in made]), texts(list(KINDS_OF_PARTNERS))
    pools = (invented[rng.integers(0, _PLACES, (2, drawn))], real[rng.integers(0, len(real), (2, drawn))])
    first, second = np.where(rng.random(drawn) < 0.5, *pools)
    second = np.where(rng.random(drawn) < 0.5, "", " – " + second)
    found = texts(kinds[rng.integers(0, len(kinds), drawn)] + " de " + first + second)
    mistyped = np.arange(_MISTYPED - 1, drawn, _MISTYPED)
    found[mistyped] = texts([_mistyped(name, int(at)) for name, at in zip(found[mistyped - 1], mistyped, strict=True)])
    return texts(list(dict.fromkeys(found.tolist()))[:number])


def _mistyped(name: str, number: int) -> str:
    """One letter doubled, or one too many, near the end."""
    place = len(name) - 1 - number % 5
    return name[:place] + (name[place] if number % 2 else "x") + name[place:]


def exhaustive(names: pd.Series[str]) -> set[tuple[int, int]]:
    """The pairs that a comparison of every name with every other finds, by the rule of the search, word for word."""
    from rapidfuzz import fuzz, process

    from pipelines.curation.issues import SMALL_WORDS
    from pipelines.normalise.namesakes import THRESHOLD

    words = [sorted(word for word in fold(name).split() if word not in SMALL_WORDS) for name in names]
    whole = [" ".join(one) for one in words]
    first = {text: place for place, text in reversed(list(enumerate(whole)))}
    found = {(first[text], place) for place, text in enumerate(whole) if text and first[text] < place}
    scores = process.cdist(whole, whole, scorer=fuzz.ratio, score_cutoff=THRESHOLD, dtype=np.uint8)
    for one, other in zip(*(side.tolist() for side in np.nonzero(np.triu(scores, 1))), strict=True):
        alone = first[whole[one]] == one and first[whole[other]] == other and whole[one] and whole[other]
        if alone and _covered(words[one], words[other]) and _covered(words[other], words[one]):
            found.add((one, other))
    return found


def _covered(words: list[str], others: list[str]) -> bool:
    """Whether each word is found among others, or one without digits that is nearly the same."""
    from rapidfuzz import fuzz

    from pipelines.normalise.namesakes import SAME_WORD

    def near(word: str, other: str) -> bool:
        plain = not any(letter.isdigit() for letter in word + other)
        return word == other or (plain and fuzz.ratio(word, other) >= SAME_WORD)

    return all(any(near(word, other) for other in others) for word in words)


def search(watch: Watch, number: int, seed: int, sample: int) -> dict[str, object]:
    """Looks for pairs among all names, then, among some, by this search and by comparing every pair.

    Raises:
        ValueError: the two do not find the same pairs.
    """
    from pipelines.normalise.namesakes import likely_pairs

    names = pd.Series(made_names(number, seed), dtype="str")
    some = names.head(sample)
    found, expected = _pairs(likely_pairs(some)), exhaustive(some)
    if found != expected:
        raise ValueError(
            f"Parmi {len(some)} noms, {len(expected - found)} paires manquent et {len(found - expected)} sont en trop."
        )
    with watch.stage("paires"):
        pairs = likely_pairs(names)
    return {"rows": len(names), "pairs": len(pairs), "sampled": len(expected)}


def _pairs(found: pd.DataFrame) -> set[tuple[int, int]]:
    return set(zip(found["left"].tolist(), found["right"].tolist(), strict=True))


def names(shop: Shop) -> Iterator[Figure]:
    """The search among many names."""
    number, sampled = shop.sizes.names, shop.sizes.names_sample
    sample = measured(search, number=number, seed=shop.seed, sample=sampled)
    yield Figure(
        key="f",
        what=f"chercher les noms d’organisations voisins parmi {grouped(number)}",
        ours=sample.seconds,
        value=sample.seconds,
        unit="s",
        target=NAMES_TARGET,
        memory=sample.memory,
        rows=sample.found["rows"],
        note=f"{grouped(sample.found['pairs'])} paires ; parmi {grouped(sampled)} noms, les "
        f"{grouped(sample.found['sampled'])} de la recherche exhaustive, ni plus ni moins",
    )
