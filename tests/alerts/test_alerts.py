"""Alerts reach real servers, say what happened, and never show a secret."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import socket
import traceback
from pathlib import Path

import pytest

from pipelines.alerts import sending
from pipelines.alerts.message import Alert, due, failed, run_link, stale, trial
from pipelines.alerts.sending import SIGNATURE, AlertNotSentError, send
from pipelines.alerts.settings import AlertSettingsError, Channel, Mail, Webhook, channels
from tests.alerts.servers import PASSWORD, USER, certificate, free_port, mail_server, receiver

CELL = {
    "code": "date-illisible",
    "file": "contrats/alpes.xlsx",
    "sheet": "Contrat",
    "cell": "D2",
    "value": "31 février 2015",
    "message": "« 31 février 2015 » n’est pas une date.",
    "advice": "Écrivez une date qui existe.",
}
ALERTS = [
    failed("abc", "publier", "données refusées", "Les contrôles…", [CELL] * 12, run_link("http://ici/", "abc")),
    stale(dt.date(2026, 11, 2), 9, "2026-11-02", {}),
    due([{"identifiant": "DIPLO", "titre": "Accords", "adresse": "https://exemple.fr", "date": "2027-11-01"}], {}),
    trial(),
]


def mail(port: int, security: str = "aucune", **others: object) -> Mail:
    known = {"sender": "donnees@exemple.fr", "recipients": ("une@exemple.fr", "deux@exemple.fr")}
    return Mail("127.0.0.1", port, security, **(known | others))  # type: ignore[arg-type]


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.type)
def test_a_mail_says_the_same_as_the_webhook(alert: Alert) -> None:
    with mail_server() as box, receiver() as kept:
        send(alert, mail(box.port))
        send(alert, Webhook(kept.url))
    (message,), (body,) = box.messages, kept.bodies
    said = json.loads(body)
    assert message["Subject"] == said["sujet"] == alert.subject
    assert message["To"] == "une@exemple.fr, deux@exemple.fr"
    assert said["texte"].splitlines() == message.get_content().splitlines()[: len(said["texte"].splitlines())]
    assert said["type"] == alert.type
    assert set(said) == {"format", "type", "sujet", "texte", "liens", "details"}
    assert kept.headers[0]["content-type"] == "application/json; charset=utf-8"
    assert SIGNATURE.lower() not in kept.headers[0]


def test_a_failure_names_the_cells_and_what_to_do() -> None:
    text = ALERTS[0].body
    assert text.count("contrats/alpes.xlsx, Contrat, D2 : « 31 février 2015 » n’est pas une date. Écrivez") == 10
    assert "… et 2 autres" in text
    assert "http://ici/runs/abc" in text


def test_a_signature_proves_the_sender() -> None:
    with receiver() as kept:
        send(trial(), Webhook(kept.url, "secret-partage"))
    wanted = hmac.new(b"secret-partage", kept.bodies[0], hashlib.sha256).hexdigest()
    assert kept.headers[0][SIGNATURE.lower()] == f"sha256={wanted}"


def test_a_subject_cannot_make_a_header() -> None:
    hostile = Alert("essai", "Bonjour\r\nBcc: autre@exemple.fr", "texte\n.\nQUIT", {})
    with mail_server() as box:
        send(hostile, mail(box.port))
    assert box.messages[0]["Bcc"] is None
    assert box.messages[0]["Subject"] == "Bonjour Bcc: autre@exemple.fr"
    assert box.messages[0].get_content().split() == ["texte", ".", "QUIT"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_encrypted_and_identified(security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(proof))
    with mail_server(proof, whole=security == "tls", identified=True) as box:
        send(trial(), mail(box.port, security, user=USER, password=PASSWORD))
        with pytest.raises(AlertNotSentError, match="l’utilisateur ou le mot de passe est refusé"):
            send(trial(), mail(box.port, security, user=USER, password=PASSWORD[1:]))
    assert len(box.messages) == 1


def test_what_fails_is_said_without_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = certificate(tmp_path)  # which nobody trusts
    monkeypatch.setattr(sending, "TIMEOUT", 0.5)
    with mail_server() as clear, mail_server(proof) as untrusted, receiver() as kept, socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        clear.refuse = frozenset({"une@exemple.fr", "deux@exemple.fr"})
        cases: list[tuple[Channel, str]] = [
            (mail(free_port(), user=USER, password=PASSWORD), "le serveur ne répond pas"),
            (Webhook(f"http://127.0.0.1:{free_port()}/x?cle=cle-tres-secrete", "secret-partage"), "il ne répond pas"),
            (mail(clear.port, "starttls"), "mode de sécurité"),
            (mail(clear.port), "les destinataires sont refusés"),
            (mail(clear.port, user=USER, password=PASSWORD), "le mot de passe est refusé"),
            (mail(untrusted.port, "starttls", user=USER, password=PASSWORD), "certificat"),
            (mail(silent.getsockname()[1]), "le serveur ne répond pas"),
            (Webhook(f"http://127.0.0.1:{silent.getsockname()[1]}/x?cle=cle-tres-secrete"), "il ne répond pas"),
        ]
        posted = Webhook(kept.url, "secret-partage")
        cases += [(posted, f"il répond {answer}") for answer in (500, 404, 302)]
        for channel, said in cases:
            kept.answer = int(said.rpartition(" ")[2]) if said.startswith("il répond") else 200
            with pytest.raises(AlertNotSentError, match=said) as caught:
                send(trial(), channel)
            shown = "".join(traceback.format_exception(caught.value)) + repr(channel)
            for secret in (PASSWORD, "cle-tres-secrete", "secret-partage"):
                assert secret not in shown
        assert len(kept.bodies) == 3  # a redirection is not followed


def test_one_refused_recipient_is_said() -> None:
    with mail_server() as box:
        box.refuse = frozenset({"deux@exemple.fr"})
        with pytest.raises(AlertNotSentError, match=r"des destinataires sont refusés \(deux@exemple\.fr\)"):
            send(trial(), mail(box.port))


MAIL = {
    "CONTRATS_SMTP_HOTE": "smtp.exemple.fr",
    "CONTRATS_ALERTES_DE": "donnees@exemple.fr",
    "CONTRATS_ALERTES_A": "une@exemple.fr, deux@exemple.fr",
}
LOGIN = {"CONTRATS_SMTP_UTILISATEUR": USER, "CONTRATS_SMTP_MOT_DE_PASSE": PASSWORD}
HOOK = {"CONTRATS_WEBHOOK_URL": "https://exemple.fr/x?cle=cle-tres-secrete"}


@pytest.mark.parametrize(
    ("environment", "names", "port"),
    [
        ({}, [], None),
        (MAIL, ["courriel (smtp.exemple.fr)"], 587),
        (MAIL | {"CONTRATS_SMTP_SECURITE": "tls"} | LOGIN, ["courriel (smtp.exemple.fr)"], 465),
        (MAIL | {"CONTRATS_SMTP_SECURITE": "aucune"}, ["courriel (smtp.exemple.fr)"], 25),
        (MAIL | {"CONTRATS_SMTP_PORT": "2525"} | HOOK, ["courriel (smtp.exemple.fr)", "webhook (exemple.fr)"], 2525),
        (HOOK, ["webhook (exemple.fr)"], None),
    ],
)
def test_channels_come_from_the_environment(environment: dict[str, str], names: list[str], port: int | None) -> None:
    found = channels(environment)
    assert [channel.name for channel in found] == names
    assert [channel.port for channel in found if isinstance(channel, Mail)] == ([] if port is None else [port])


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"CONTRATS_SMTP_HOTE": "smtp.exemple.fr"}, "CONTRATS_ALERTES_DE manque"),
        (LOGIN, "CONTRATS_SMTP_HOTE manque"),
        (MAIL | {"CONTRATS_SMTP_SECURITE": "ssl"}, "CONTRATS_SMTP_SECURITE vaut « ssl »"),
        (MAIL | {"CONTRATS_SMTP_PORT": "abc"}, "CONTRATS_SMTP_PORT vaut « abc »"),
        (MAIL | {"CONTRATS_SMTP_PORT": "70000"}, "CONTRATS_SMTP_PORT vaut « 70000 »"),
        (MAIL | {"CONTRATS_SMTP_MOT_DE_PASSE": PASSWORD}, "CONTRATS_SMTP_UTILISATEUR et CONTRATS_SMTP_MOT_DE_PASSE"),
        (MAIL | LOGIN | {"CONTRATS_SMTP_SECURITE": "aucune"}, "en clair"),
        (MAIL | {"CONTRATS_ALERTES_A": "une@exemple.fr, deux"}, "CONTRATS_ALERTES_A : « deux »"),
        (MAIL | {"CONTRATS_ALERTES_DE": "Données <d@exemple.fr>"}, "CONTRATS_ALERTES_DE"),
        ({"CONTRATS_WEBHOOK_SECRET": "secret-partage"}, "sans CONTRATS_WEBHOOK_URL"),
        ({"CONTRATS_WEBHOOK_URL": "ftp://exemple.fr/cle-tres-secrete"}, "CONTRATS_WEBHOOK_URL n’est pas"),
        ({"CONTRATS_WEBHOOK_URL": "https://u:cle-tres-secrete@exemple.fr/"}, "CONTRATS_WEBHOOK_URL n’est pas"),
        ({"CONTRATS_WEBHOOK_URL": "http://[cle-tres-secrete"}, "CONTRATS_WEBHOOK_URL n’est pas"),
    ],
)
def test_a_wrong_setting_names_its_variable_and_shows_no_secret(environment: dict[str, str], named: str) -> None:
    with pytest.raises(AlertSettingsError) as caught:
        channels(environment)
    assert named in str(caught.value)
    shown = "".join(traceback.format_exception(caught.value))
    for secret in (PASSWORD, "cle-tres-secrete", "secret-partage"):
        assert secret not in shown
