"""What can go wrong with a portal, in words for the person who publishes; none of them shows the key.

Belongs here: the exceptions of this room. Does not belong here: what may not be published (``guards``).
"""

from __future__ import annotations


class PortalError(Exception):
    """The portal can't be used as it is: no right, no such dataset, a wrong key. Trying again changes nothing."""


class AbsentError(PortalError):
    """What is asked for is not on the portal."""


class PortalUnreachable(PortalError):  # noqa: N818  (a state of the portal more than an error)
    """The portal does not answer, or not now; the same command goes on later where this one stopped."""


class PortalRefusedError(PortalError):
    """The portal refuses what the release says, or gives back something else than what was sent."""


class UncertainError(Exception):
    """A request that makes something got no clear answer: it may have been carried out, and is not sent again blindly.

    ``cause`` says in French what happened. What the portal holds decides what is done next.
    """

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause
