"""Sends alerts, by mail and to a webhook.

Belongs here: the two protocols, and what went wrong in words that show no secret:
no server's own words, which may repeat what it was told. Does not belong here: what is sent
(``message``), when to try again (``orchestration.alerts``).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import requests

from pipelines.alerts.message import Alert
from pipelines.alerts.settings import Channel, Mail, Webhook

TIMEOUT = 15.0
"""Seconds that a server has to answer."""
SIGNATURE = "X-Contrats-Signature"
"""The header that holds ``sha256=`` and the HMAC of the body with the secret, in hexadecimal."""
_LINE = 998
"""The longest line of a message (RFC 5322), far above that of a subject here."""


class AlertNotSentError(Exception):
    """A server refused an alert, or did not answer; the reason is in French and shows no secret."""


def send(alert: Alert, channel: Channel) -> None:
    """Sends an alert by a channel.

    Raises:
        AlertNotSentError: it did not go.
    """
    if isinstance(channel, Mail):
        _mail(alert, channel)
    else:
        _post(alert, channel)


def message_of(alert: Alert, mail: Mail) -> EmailMessage:
    """The alert as a message in plain text; nothing in it can make a header of its own."""
    message = EmailMessage()
    message["Subject"] = " ".join(alert.subject.split())[:_LINE]
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.recipients)
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=mail.sender.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office reply
    message.set_content(alert.body)
    return message


def _mail(alert: Alert, mail: Mail) -> None:
    message = message_of(alert, mail)
    secure = ssl.create_default_context()
    try:
        with (
            smtplib.SMTP_SSL(mail.host, mail.port, timeout=TIMEOUT, context=secure)
            if mail.security == "tls"
            else smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT)
        ) as server:
            if mail.security == "starttls":
                server.starttls(context=secure)
            if mail.user:
                server.login(mail.user, mail.password)
            refused = server.send_message(message)
    except smtplib.SMTPAuthenticationError:
        raise _not_sent(mail, "l’utilisateur ou le mot de passe est refusé") from None
    except smtplib.SMTPNotSupportedError:
        raise _not_sent(mail, "le serveur ne propose pas ce mode de sécurité, ou pas d’identification") from None
    except smtplib.SMTPRecipientsRefused:
        raise _not_sent(mail, f"les destinataires sont refusés ({', '.join(mail.recipients)})") from None
    except ssl.SSLError as error:
        raise _not_sent(mail, f"le certificat ou le chiffrement ne convient pas ({error.reason or 'SSL'})") from None
    except (OSError, smtplib.SMTPException) as error:
        raise _not_sent(mail, f"le serveur ne répond pas ou refuse le message ({type(error).__name__})") from None
    if refused:
        raise _not_sent(mail, f"des destinataires sont refusés ({', '.join(refused)})")


def _post(alert: Alert, webhook: Webhook) -> None:
    body = json.dumps(alert.as_json(), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if webhook.secret:
        headers[SIGNATURE] = f"sha256={hmac.new(webhook.secret.encode(), body, hashlib.sha256).hexdigest()}"
    try:
        answer = requests.post(webhook.url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        raise _not_sent(webhook, f"il ne répond pas ({type(error).__name__})") from None  # its words hold the address
    if not 200 <= answer.status_code < 300:
        raise _not_sent(webhook, f"il répond {answer.status_code}")


def _not_sent(channel: Channel, why: str) -> AlertNotSentError:
    return AlertNotSentError(f"L’alerte n’est pas partie par {channel.name} : {why}.")
