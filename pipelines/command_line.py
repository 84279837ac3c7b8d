"""Command lines as a French-speaking person meets them: help, what is refused, how a command ends.

Belongs here: how a command line is understood, what is said of one that is not, the console, and the exit codes (0
done, 1 the data is refused or differs, 2 wrong usage, 3 the environment, 4 our bug). Does not belong here: any command
(``cli``, ``cli_releases``).

Click speaks English and takes its translations from the machine's locale; what people read here is French everywhere.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec

import click

if TYPE_CHECKING:
    from rich.console import Console

DONE, REFUSED, USAGE, ENVIRONMENT, BUG = range(5)
P = ParamSpec("P")


class _Help(click.HelpFormatter):
    """The layout of a help page, in French whatever the locale."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that says how the command is typed."""
        args = args.replace("COMMAND [ARGS]...", "COMMANDE [ARGUMENT]...")
        super().write_usage(prog, args, "Usage : " if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """The title of a part."""
        self.write(f"{'':>{self.current_indent}}{'Commandes' if heading == 'Commands' else heading} :\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], *args: Any, **more: Any) -> None:  # noqa: ANN401
        """The options or the commands, each with what it does."""
        french = {"[default: ": "[par défaut : ", "[required]": "[obligatoire]"}
        for english, word in french.items():
            rows = [(term, said.replace(english, word)) for term, said in rows]
        super().write_dl(list(rows), *args, **more)


class _Context(click.Context):
    formatter_class = _Help


class Command(click.Command):
    """A command whose help is in French."""

    context_class = _Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option ``--help``, with its own help."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "Affiche cette aide."
        return option


class Commands(Command, click.Group):
    """The group of commands: says in French why a command line is not understood, and ends with our exit codes."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named, or a refusal in French."""
        if self.get_command(ctx, args[0]) is None:
            raise click.UsageError(f"Commande inconnue : {args[0]}.", ctx)
        return super().resolve_command(ctx, args)

    def main(self, *args: object, **extra: object) -> NoReturn:
        """Runs a command line, and ends the program."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a terminal of another encoding loses letters, not the answer
        try:
            code = super().main(*args, **{**extra, "standalone_mode": False})  # type: ignore[call-overload]
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            code = USAGE
        except click.UsageError as error:
            click.echo(refusal(error), err=True)
            if error.ctx is not None:
                click.echo(f"Pour savoir comment faire : {error.ctx.command_path} --help", err=True)
            code = USAGE
        except click.Abort:
            click.echo("Interrompu.", err=True)
            code = ENVIRONMENT
        sys.exit(code or DONE)


def refusal(error: click.UsageError) -> str:
    """What is wrong with a command line, in French."""
    if isinstance(error, click.NoSuchOption):
        near = f" Vouliez-vous dire {' ou '.join(error.possibilities)} ?" if error.possibilities else ""
        return f"Option inconnue : {error.option_name}.{near}"
    if isinstance(error, click.BadOptionUsage):
        takes = "attend une valeur" if "requires" in error.message else "ne prend pas de valeur"
        return f"L’option {error.option_name} {takes}."
    if isinstance(error, click.MissingParameter):
        return f"Il manque un argument : {_name(error)}."
    if isinstance(error, click.BadParameter):
        return f"{_name(error)} : {error.message}"
    left_over = error.message.partition("(")[2].rpartition(")")[0]
    return f"De trop dans la commande : {left_over}." if left_over else error.message


def _name(error: click.BadParameter) -> str:
    """The option, or the argument as the help names it."""
    if error.param is None or error.ctx is None:
        return str(error.param_hint or "")
    return error.param.opts[0] if isinstance(error.param, click.Option) else error.param.make_metavar(error.ctx)


class Place(click.ParamType[Path]):
    """A path, which must not be a file where a folder is meant, nor the reverse, nor an address; it need not exist."""

    def __init__(self, *, folder: bool) -> None:
        self.folder = folder
        self.name = "dossier" if folder else "fichier"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path.

        Raises:
            click.BadParameter: a file where a folder is meant, or the reverse, or an address.
        """
        if "://" in str(value):
            self.fail(f"{value} est une adresse ; il faut un {self.name} de cette machine.", param, ctx)
        path = Path(value)
        if self.folder and path.is_file():
            self.fail(f"{value} est un fichier ; il faut un dossier.", param, ctx)
        if not self.folder and path.is_dir():
            self.fail(f"{value} est un dossier ; il faut un fichier.", param, ctx)
        return path


class PlaceOrAddress(click.ParamType["Path | str"]):
    """A folder, or the address of one in an object store (``s3://…``), which stays a text."""

    name = "dossier ou adresse"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        """The path, or the address.

        Raises:
            click.BadParameter: a file.
        """
        return str(value) if "://" in str(value) else FOLDER.convert(value, param, ctx)


class Stop(Exception):  # noqa: N818
    """Ends a command with an exit code and a message for the person who typed it."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def console_of(*, stderr: bool = False) -> Console:
    """The console of a command: its output, or with ``stderr`` what it says beside."""
    from rich.console import Console

    class Cuttable(Console):
        """A console that says when its reader leaves, instead of ending the program."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Cuttable(stderr=stderr, highlight=False, soft_wrap=True)


@contextmanager
def printing() -> Iterator[None]:
    """While this lasts, what is printed may be cut by its reader (``| head``): that is no failure."""
    try:
        yield
        if sys.stdout is not None:  # as it is when the shell closed it
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


_REFUSALS = {
    errno.ENOENT: "un dossier ou un fichier n’existe pas, ou plus",
    errno.EACCES: "les droits manquent",
    errno.EPERM: "les droits manquent",
    errno.EROFS: "le disque est en lecture seule",
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "le quota de disque est atteint",
    errno.ENOTDIR: "un fichier occupe la place d’un dossier",
    errno.EISDIR: "un dossier occupe la place d’un fichier",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.EIO: "le disque répond mal",
}


_SPOKEN = {
    "StorageError": ENVIRONMENT,
    "StorageUnreachable": ENVIRONMENT,
    "HelperDiedError": ENVIRONMENT,
    "MemoryShortError": ENVIRONMENT,
    "SettingError": USAGE,
}
"""Exceptions that say in French what to do, by name: they are not imported for every command."""


def guarded(command: Callable[P, int]) -> Callable[P, None]:
    """Turns whatever a command raises into a message and an exit code; never a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        code = DONE
        try:
            with printing():
                code = command(*args, **kwargs)
        except Stop as stop:
            console_of(stderr=True).print(str(stop), markup=False)
            code = stop.code
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            cause = _REFUSALS.get(error.errno or 0) or error.strerror or str(error)
            console_of(stderr=True).print(f"Le système a refusé : {cause}{where}.", markup=False)
            code = ENVIRONMENT
        except click.ClickException:
            raise
        except Exception as error:
            spoken = _SPOKEN.get(type(error).__name__)
            if spoken is not None:
                console_of(stderr=True).print(str(error), markup=False)
                sys.exit(spoken)
            console_of(stderr=True).print(
                f"Erreur du programme, à signaler : {type(error).__name__} : {error}\n"
                "Rien n’a été publié. Relancez avec CONTRATS_TRACE=1 pour le détail.",
                markup=False,
            )
            if os.environ.get("CONTRATS_TRACE"):
                raise
            code = BUG
        sys.exit(code)

    return run


FOLDER, FILE = Place(folder=True), Place(folder=False)
FOLDER_OR_ADDRESS = PlaceOrAddress()
outputs_option = click.option(
    "--outputs",
    type=FOLDER_OR_ADDRESS,
    default=Path("outputs"),
    show_default=True,
    envvar="CONTRATS_OUTPUTS",
    help="Dossier des versions, ou s3://… (sans l’option : CONTRATS_OUTPUTS).",
)
"""The same for every command that reads or writes releases, wherever they stand."""


def shown_path(path: Path) -> str:
    """The path as short as it can be typed from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
