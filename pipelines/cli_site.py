"""The commands about the download site: ``site`` makes it, ``serve`` serves it.

Belongs here: its arguments, the socket, what it prints. Does not belong here: what it answers (``site.server``).
"""

from __future__ import annotations

import errno
import ipaddress
import socket
from pathlib import Path

import click

from pipelines.command_line import (
    DONE,
    ENVIRONMENT,
    FOLDER,
    USAGE,
    Command,
    Stop,
    console_of,
    guarded,
    outputs_option,
    shown_path,
)

_SITE = "site"


def add_site_commands(group: click.Group) -> None:
    """Adds the commands of this module to a command line."""
    group.add_command(site)
    group.add_command(serve)


def _port(_context: click.Context, _option: click.Parameter, value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value) < 1 << 16):
        raise click.BadParameter("un port est un nombre de 0 à 65535 (0 : un port libre).")
    return int(value)


@click.command(cls=Command)
@outputs_option
@guarded
def site(outputs: Path | str) -> int:
    """Refait le site de téléchargement (outputs/site) d’après les versions qui sont là, sans rien publier."""
    from pipelines.publish.errors import OutputsError
    from pipelines.publish.folder import NotAReleaseError
    from pipelines.site.model import NoReleaseError

    try:
        made = make_site(outputs)
    except (NoReleaseError, NotAReleaseError) as error:
        raise Stop(USAGE, str(error)) from error
    except OutputsError as error:
        raise Stop(ENVIRONMENT, str(error)) from error
    if isinstance(outputs, str):
        click.echo(f"Site fait, et déposé dans {outputs.rstrip('/')}/{_SITE}.")
    else:
        click.echo(f"Site fait : {shown_path(made / 'index.html')}. Pour le voir : contrats-destination serve.")
    return DONE


def make_site(outputs: Path | str) -> Path:
    """Makes the site of the releases of a folder, or of a store, where it is then sent; returns its folder here.

    Raises what `build_site` does, and `StorageError`.
    """
    from pipelines.site.build import build_site

    if isinstance(outputs, Path):
        return build_site(outputs)
    from pipelines.orchestration.resources import Run

    settings = Run(outputs=outputs)
    work = settings.outputs_folder
    settings.bring_releases()
    made = build_site(work)
    settings.send_site(made)
    return made


def remake_site(outputs: Path | str) -> None:
    """Makes the site again where there is one: what is no longer a release must not be shown.

    Raises what `make_site` does.
    """
    if isinstance(outputs, Path):
        there = (outputs / _SITE).is_dir()
    else:
        from pipelines.storage.places import open_place
        from pipelines.storage.site import is_there

        there = is_there(open_place(outputs))
    if there:
        make_site(outputs)


@click.command(cls=Command)
@click.option(
    "--outputs",
    type=FOLDER,
    default=Path("outputs"),
    show_default=True,
    envvar="CONTRATS_OUTPUTS",
    help="Dossier des versions (sans l’option : CONTRATS_OUTPUTS).",
)
@click.option(
    "--port", metavar="PORT", callback=_port, default="8000", show_default=True, help="Port ; 0 : un port libre."
)
@click.option(
    "--host",
    metavar="ADRESSE",
    default="127.0.0.1",
    show_default=True,
    help="Adresse d’écoute ; celle-ci n’est vue que de cette machine.",
)
@guarded
def serve(outputs: Path, port: int, host: str) -> int:
    """Sert le site de téléchargement (outputs/site) sur cette machine, jusqu’à Ctrl-C."""
    folder = outputs / _SITE
    if not (folder / "index.html").is_file():
        said = "faites-le par « contrats-destination site », ou publiez par « contrats-destination build »"
        raise Stop(USAGE, f"Il n’y a pas encore de site dans {shown_path(folder)} : {said}.")
    try:
        with _listening(host, port) as listening:
            from pipelines.site.server import server_of

            address, port = listening.getsockname()[:2]
            if not ipaddress.ip_address(address).is_loopback:
                console_of(stderr=True).print(
                    "Attention : le site est servi à toute machine qui peut atteindre celle-ci, sans chiffrement.",
                    markup=False,
                )
            click.echo(f"Site de téléchargement : {_shown(address, port)} (Ctrl-C pour arrêter)")
            server_of(folder.absolute()).run([listening])
    except KeyboardInterrupt:
        pass
    return DONE


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens, so that a refusal is known before anything is said.

    Raises:
        Stop: the address or the port cannot be had.
    """
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(place[:2], family=family, backlog=1024)
    except (socket.gaierror, UnicodeError) as error:
        raise Stop(USAGE, f"« {host} » n’est pas une adresse connue : essayez --host 127.0.0.1.") from error
    except OSError as error:
        said = {
            errno.EADDRINUSE: f"Le port {port} est déjà pris sur {host} : choisissez-en un autre avec --port.",
            errno.EACCES: f"Le port {port} est réservé au système : choisissez-en un de 1024 ou plus avec --port.",
            errno.EADDRNOTAVAIL: f"{host} n’est pas une adresse de cette machine : essayez --host 127.0.0.1.",
        }.get(error.errno or 0)
        if said is None:
            raise
        raise Stop(ENVIRONMENT, said) from error


def _shown(address: str, port: int) -> str:
    """The address to open: of this machine when the socket listens to all of its addresses."""
    found = ipaddress.ip_address(address)
    if found.is_unspecified:
        found = ipaddress.ip_address("127.0.0.1" if found.version == 4 else "::1")
    return f"http://[{found}]:{port}/" if found.version == 6 else f"http://{found}:{port}/"
