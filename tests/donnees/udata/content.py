"""What the udata of the tests holds before any test: licences, zones, people, their organisation and their keys."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from flask_security.utils import hash_password
from udata.core.api_token.models import ApiToken
from udata.core.dataset.models import License
from udata.core.organization.models import Member, Organization
from udata.core.spatial.models import GeoLevel, GeoZone
from udata.core.user.models import User
from udata.models import datastore

LICENCES = Path(__file__).parent / "licenses.json"

LEVELS = {
    "country": ("Pays", 10),
    "fr:region": ("Région française", 30),
    "fr:departement": ("Département français", 60),
    "fr:epci": ("EPCI", 68),
    "fr:commune": ("Commune française", 80),
}
ZONES = {
    "country:fr": "France",
    "fr:region:11": "Île-de-France",
    "fr:region:28": "Normandie",
    "fr:region:53": "Bretagne",
    "fr:region:75": "Nouvelle-Aquitaine",
    "fr:region:76": "Occitanie",
    "fr:region:84": "Auvergne-Rhône-Alpes",
    "fr:region:93": "Provence-Alpes-Côte d’Azur",
    "fr:departement:33": "Gironde",
    "fr:departement:73": "Savoie",
    "fr:departement:74": "Haute-Savoie",
    "fr:commune:75056": "Paris",
}


def fill() -> dict[str, str]:
    """Stores everything; what a client needs to know of it: identifiers and keys."""
    for licence in json.loads(LICENCES.read_text(encoding="utf-8")):
        License.objects.create(**licence)
    for level, (name, rank) in LEVELS.items():
        GeoLevel.objects.create(id=level, name=name, admin_level=rank)
    for zone, name in ZONES.items():
        level, _, code = zone.rpartition(":")
        GeoZone.objects.create(id=zone, slug=zone.replace(":", "-"), name=name, code=code, level=level)
    editor, stranger = _user("editor"), _user("stranger")
    organisation = Organization.objects.create(
        name="Organisme des tests",
        description="L’organisme qui publie dans les tests.",
        members=[Member(user=editor, role="admin")],
    )
    revoked, revoked_key = ApiToken.generate(editor, name="revoked")
    revoked.revoke()
    return {
        "organisation": str(organisation.id),
        "user": str(editor.id),
        "key": ApiToken.generate(editor, name="tests")[1],
        "other_key": ApiToken.generate(stranger, name="tests")[1],
        "revoked_key": revoked_key,
    }


def _user(name: str) -> User:
    return datastore.create_user(
        first_name=name.capitalize(),
        last_name="Tests",
        email=f"{name}@example.org",
        password=hash_password("Mot-de-passe-1"),
        active=True,
        confirmed_at=datetime.now(UTC),
    )
