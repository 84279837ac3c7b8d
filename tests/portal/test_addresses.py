"""Which addresses lead nowhere for anyone else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.portal.addresses import is_example


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://exemple.fr/contrats", False),
        ("https://example.fr", False),
        ("https://notexample.org", False),
        ("https://example.org.exemple.fr", False),
        ("https://test.fr/localhost", False),
        ("https://8.8.8.8/x", False),
        ("https://example.org/contrats", True),
        ("https://EXAMPLE.com.", True),
        ("https://donnees.example.net:8443/x", True),
        ("https://personne@example.org/", True),
        ("https://donnees.example", True),
        ("https://donnees.test", True),
        ("https://donnees.invalid/", True),
        ("http://localhost:8000", True),
        ("http://site.localhost", True),
        ("http://127.0.0.1/", True),
        ("http://127.1/", True),
        ("http://2130706433/", True),
        ("http://[::1]:80/", True),
        ("http://10.0.0.3", True),
        ("http://192.168.1.1", True),
        ("http://[fd00::1]/", True),
        ("http://169.254.1.1", True),
        ("http://192.0.2.7", True),
        ("http://0.0.0.0", True),
        ("https://[oups/", True),
        ("pas une adresse", True),
        ("", True),
        ("https:///sans-hote", True),
        ("https://rien.invalid./", True),
        ("http://127.8.9.1/", True),
        ("http://[2001:db8::1]/", True),
        ("https://myexample.com/", False),
        ("https://example.com.fr/", False),
        ("https://user@donnees.fr:443/example.org", False),
        ("http://[2a00:1450::1]/", False),
    ],
)
def test_an_address_that_leads_nowhere_is_known(address: str, expected: bool) -> None:
    assert is_example(address) is expected


@given(
    st.from_regex(r"[a-z0-9-]{1,20}(\.[a-z0-9-]{1,20}){0,3}", fullmatch=True), st.sampled_from(["test", "example.org"])
)
def test_all_that_ends_in_a_name_set_apart_leads_nowhere(host: str, apart: str) -> None:
    assert is_example(f"https://{host}.{apart}/page")
    assert not is_example(f"https://{host}.{apart}.fr/page")
