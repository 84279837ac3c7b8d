"""A release of an older model, which lacks a table or a column: its site is whole, and draws nothing out of less."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from pipelines.site.build import ASSETS
from pipelines.site.model import LANGUAGES, SiteData
from pipelines.site.older import lacks, unless_lacking
from pipelines.site.pages import all_pages
from pipelines.site.render import Renderer, file_of
from pipelines.site.tables import SiteTables
from schemas.registry import tables


def older(data: SiteData, table: str, column: str = "") -> SiteData:
    """The same, as if its last release had been made without a table, or without a column of it."""
    descriptor, tables = copy.deepcopy(data.last.descriptor), dict(data.last.tables)
    if column:
        tables[table] = tables[table].drop(columns=column)
        schema = next(one for one in descriptor["resources"] if one["name"] == table)["schema"]
        schema["fields"] = [one for one in schema["fields"] if one["name"] != column]
    else:
        del tables[table]
        descriptor["resources"] = [one for one in descriptor["resources"] if one["name"] != table]
    return replace(data, last=replace(data.last, descriptor=descriptor, tables=SiteTables(tables)))


def made(data: SiteData) -> dict[str, str]:
    pages = all_pages(data)
    renderer = Renderer(data, pages, {path.name: path.name for path in ASSETS.iterdir()})
    return {
        file_of(page, language): renderer.render(page, language) for page in pages.values() for language in LANGUAGES
    }


@pytest.mark.parametrize(
    ("table", "column", "gone"),
    [
        ("actions", "axe_code", "actions-par-axe"),
        ("contrats", "date_signature", "contrats-signes"),
        ("financements", "", "financements"),
        ("zones", "zone_type_code", ""),
    ],
)
def test_what_cannot_be_drawn_is_left_out_and_the_rest_stays(
    data: SiteData, table: str, column: str, gone: str
) -> None:
    found = made(older(data, table, column))
    assert "contrats/alpes/index.html" in found
    charts = found["graphiques/index.html"]
    assert 'id="sources-par-ligne"' in charts
    assert not gone or f'id="{gone}"' not in charts


@pytest.mark.slow
@pytest.mark.parametrize("table", tables())
def test_neither_a_table_nor_a_column_of_it_is_needed(data: SiteData, table: str) -> None:
    made(older(data, table))
    for column in data.last.tables[table].columns:
        made(older(data, table, column))


def test_a_mistake_of_ours_is_not_taken_for_an_older_model(data: SiteData) -> None:
    assert not lacks(data.last.tables)
    with pytest.raises(KeyError):
        unless_lacking(data.last.tables, lambda: data.last.tables["inconnue"])
    assert unless_lacking(older(data, "zones").last.tables, lambda: data.last.tables["inconnue"]) is None
