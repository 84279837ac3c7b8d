"""What can go wrong with the folder of outputs, in words for the person who runs the build.

Belongs here: the exceptions about the environment (disk, rights, another build). Does not belong here: errors of the
data (issues) or of a frame that does not hold to its declaration (``ValueError``, ours to mend).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CAUSES = {
    errno.ENOSPC: "le disque est plein ; libérez de la place puis recommencez",
    errno.EDQUOT: "le quota de disque est atteint ; libérez de la place puis recommencez",
    errno.EFBIG: "un fichier dépasse la taille permise sur ce disque",
    errno.EROFS: "le disque est en lecture seule ; choisissez un autre dossier de sorties",
    errno.EACCES: "les droits d’écriture manquent ; vérifiez le propriétaire et les droits du dossier",
    errno.EPERM: "les droits d’écriture manquent ; vérifiez le propriétaire et les droits du dossier",
    errno.ENOTDIR: "un fichier occupe la place d’un dossier",
    errno.EISDIR: "un dossier occupe la place d’un fichier ; retirez-le ou renommez-le",
    errno.EEXIST: "un autre fichier occupe déjà cette place",
    errno.ENOENT: "un dossier ou un fichier attendu n’existe pas, ou plus",
}


class OutputsError(Exception):
    """The folder of outputs can't be read or written: the environment is at fault, not the data."""


class OutputsBusy(OutputsError):  # noqa: N818  (a state of the folder more than an error)
    """Another build holds the folder of outputs."""


@contextmanager
def as_outputs_error(where: Path) -> Iterator[None]:
    """Turns an ``OSError`` of the block into an `OutputsError` that names the file, the cause and what to do."""
    try:
        yield
    except OSError as error:
        cause = _CAUSES.get(error.errno or 0) or error.strerror or str(error)
        names = error.filename2, error.filename  # of a move, what stands in its way
        place = next((str(name) for name in names if isinstance(name, str | os.PathLike)), str(where))
        raise OutputsError(f"Sorties inutilisables : {place} : {cause}.") from error
