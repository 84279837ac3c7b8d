"""Which addresses lead nowhere for anyone else."""

from __future__ import annotations

import pytest

from pipelines.portal.addresses import is_example


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/contrats",
        "https://WWW.Example.COM",
        "https://donnees.example.net:8443/a",
        "https://portail.example/",
        "https://essai.test/",
        "https://rien.invalid./",
        "http://localhost:8000",
        "http://a.localhost/",
        "http://127.0.0.1:7319/api",
        "http://127.8.9.1/",
        "http://[::1]:80/",
        "http://0.0.0.0/",
        "http://[::1/",
        "https:///sans-hote",
        "sans-hote",
        "",
    ],
)
def test_an_address_that_leads_nowhere(address: str) -> None:
    assert is_example(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.data.gouv.fr/datasets/r/1",
        "https://exemple.fr/contact",
        "https://myexample.com/",
        "https://example.com.fr/",
        "https://testing.org/",
        "http://192.0.2.1/",
        "http://[2001:db8::1]/",
        "https://user@donnees.fr:443/example.org",
    ],
)
def test_an_address_that_may_lead_somewhere(address: str) -> None:
    assert not is_example(address)
