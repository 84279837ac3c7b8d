"""Which portal an address means, what an address may not be, and where the key may travel."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.portal.portals import portal_at


@pytest.mark.parametrize(
    ("given", "root", "production"),
    [
        ("demo", "https://demo.data.gouv.fr", False),
        ("production", "https://www.data.gouv.fr", True),
        ("https://www.data.gouv.fr/", "https://www.data.gouv.fr", True),
        ("https://data.gouv.fr", "https://www.data.gouv.fr", True),
        ("https://DATA.gouv.fr", "https://www.data.gouv.fr", True),
        ("https://data.gouv.fr:443", "https://www.data.gouv.fr:443", True),
        ("HTTPS://Demo.Data.Gouv.fr", "https://demo.data.gouv.fr", False),
        ("https://demo.data.gouv.fr.exemple.fr", "https://demo.data.gouv.fr.exemple.fr", True),
        ("https://portail.exemple.fr:8443", "https://portail.exemple.fr:8443", True),
        ("https://@portail.exemple.fr", "https://portail.exemple.fr", True),
        ("https://données.exemple.fr", "https://données.exemple.fr", True),
        (" http://127.0.0.1:7000/ ", "http://127.0.0.1:7000", False),
        ("http://localhost:7000", "http://localhost:7000", False),
        ("http://[::1]:7000", "http://[::1]:7000", False),
    ],
)
def test_an_address_means_a_portal(given: str, root: str, production: bool) -> None:
    found = portal_at(given)
    assert (found.root, found.production) == (root, production)
    assert found.api("1/me/") == f"{root}/api/1/me/"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "n’est pas l’adresse d’un portail"),
        ("www.data.gouv.fr", "n’est pas l’adresse d’un portail"),
        ("ftp://demo.data.gouv.fr", "n’est pas l’adresse d’un portail"),
        ("https://", "n’est pas l’adresse d’un portail"),
        ("https://[::1", "n’est pas l’adresse d’un portail"),
        ("https://demo.data.gouv.fr:99999", "n’est pas l’adresse d’un portail"),
        ("https://demo data.gouv.fr", "n’est pas l’adresse d’un portail"),
        ("https://demo.data.gouv.fr\\.exemple.fr", "n’est pas l’adresse d’un portail"),
        ("https://demo.data.gouv.fr/api/1", "sans « /api/1 »"),
        ("https://demo.data.gouv.fr/?cle=secret", "ni paramètre"),
        ("https://demo.data.gouv.fr/#haut", "ni paramètre"),
        ("http://demo.data.gouv.fr", "commence par https://"),
        ("http://0.0.0.0:7000", "commence par https://"),
        ("http://127.0.0.1.exemple.fr", "commence par https://"),
    ],
)
def test_an_address_may_be_refused(given: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        portal_at(given)


@pytest.mark.parametrize("given", ["https://moi:secret@demo.data.gouv.fr", "https://demo.data.gouv.fr?k=secret"])
def test_a_secret_in_an_address_is_not_repeated(given: str) -> None:
    with pytest.raises(ValueError, match="ni identifiant, ni clé") as refused:
        portal_at(given)
    assert "secret" not in str(refused.value)


@given(st.text(alphabet=st.sampled_from("htps:/[]@.%\\ ?#demoé0\t1\u2028"), max_size=40))
def test_any_text_is_an_address_or_is_refused_in_french(text: str) -> None:
    try:
        root = portal_at(text).root
    except ValueError as error:
        assert "portail" in str(error) or "«" in str(error)
    else:
        assert portal_at(root).root == root
