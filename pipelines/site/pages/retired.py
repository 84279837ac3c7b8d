"""What stands at the address of a contract or a partner whose identifier was given up.

Belongs here: the pages that lead to what replaces it, or say that nothing does. Does not belong here: giving an
identifier up (``sources/referentiels/identifiants_retires.csv``).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.site.facts import Facts
from pipelines.site.model import SiteData
from pipelines.site.pages import Page, Words, contracts, partners
from pipelines.site.rows import Row

FOLDERS = {"contrats": contracts.FOLDER, "partenaires": partners.FOLDER}


def pages(data: SiteData) -> Iterator[Page]:
    """One page for each retired identifier of a contract or of a partner that no row bears again."""
    facts = data.last.facts
    retired = {
        (row["table_code"]["code"], row["ligne_id"]): row
        for row in facts.rows("identifiants_retires")
        if row["table_code"] is not None and row["ligne_id"] is not None
    }
    for (table, key), row in retired.items():
        if table in FOLDERS and facts.get(table, key) is None:
            yield _page(facts, retired, table, row)


def _page(facts: Facts, retired: dict[tuple[str, str], Row], table: str, row: Row) -> Page:
    key = row["ligne_id"]
    heir = _heir(facts, retired, table, row)
    name = f"{key} (identifiant retiré)"
    return Page(
        path=f"{FOLDERS[table]}{key}/",
        template="retire.html.j2",
        title=Words(name, f"{key} (retired identifier)"),
        description=Words(
            f"L’identifiant « {key} » a été abandonné.",
            f"The identifier “{key}” was given up.",
        ),
        context={
            "fiche": {
                "retrait": row,
                "identifiant": key,
                "dossier": FOLDERS[table],
                "heritier": heir,
                "vers": f"{FOLDERS[table]}{heir.key}/" if heir is not None else None,
            }
        },
        listed=False,
    )


def _heir(facts: Facts, retired: dict[tuple[str, str], Row], table: str, row: Row) -> Row | None:
    """The row that replaces an identifier, through the identifiers that were retired in turn; None when none does."""
    seen: set[str] = set()
    following = row["remplace_par_id"]
    while following is not None and following not in seen:
        seen.add(following)
        found = facts.get(table, following)
        if found is not None:
            return found
        after = retired.get((table, following))
        following = after["remplace_par_id"] if after is not None else None
    return None
