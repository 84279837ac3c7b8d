"""What a step leaves for the next ones: pickled files, in a place that every machine of a run can reach.

``CONTRATS_ECHANGES`` is a shared folder or the URL of an object store (``s3://bucket/prefix``); without it, they lie in
the storage of Dagster's home, which is enough for one machine. What an asset leaves is overwritten by the next run;
what is between two assets lies in ``etapes/<run>``, and a run that begins removes what finished runs left there, but
for the last ones, which can still be resumed.

Belongs here: where, and until when. Does not belong here: releases, sheets.
"""

from __future__ import annotations

import contextlib
import os
import pickle
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import dagster as dg
from upath import UPath

from pipelines.orchestration.resources import PROJECT

VARIABLE = "CONTRATS_ECHANGES"
STEPS = "etapes"
KEPT_RUNS = 3
RESOURCE = "io_manager"


class ExchangeError(FileNotFoundError):
    """What another step left cannot be found, or where to leave it is not well said; the message says what to do."""


def exchange_place(environment: Mapping[str, str], default: Path) -> UPath:
    """Where steps leave what others take.

    Raises:
        ExchangeError: the address holds a password, which would be shown with every path.
    """
    place = environment.get(VARIABLE, "").strip()
    if not place:
        return UPath(default)
    if "://" not in place:
        return UPath(PROJECT / Path(place).expanduser())
    if urlsplit(place).password or urlsplit(place).username:
        raise ExchangeError(
            f"{VARIABLE} ne doit contenir ni identifiant ni mot de passe : donnez-les par AWS_ACCESS_KEY_ID et "
            "AWS_SECRET_ACCESS_KEY."
        )
    return UPath(place)


class Exchanges(dg.UPathIOManager):
    """Pickled values under one folder or URL; those of no asset are swept run by run."""

    def __init__(self, place: UPath, instance: dg.DagsterInstance) -> None:
        super().__init__(base_path=place)
        self._place = place
        self._instance = instance

    def get_op_output_relative_path(self, context: dg.InputContext | dg.OutputContext) -> UPath:
        """Where a value that is no asset goes."""
        return UPath(STEPS, *context.get_identifier())

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        """Leaves a value; the first of a run first sweeps what older runs left."""
        if not context.has_asset_key and not (self._place / STEPS / context.run_id).exists():
            self.sweep(context.run_id)
        super().handle_output(context, obj)

    def dump_to_path(self, context: dg.OutputContext, obj: object, path: UPath) -> None:  # noqa: ARG002
        """Writes a value."""
        with path.open("wb") as file:
            pickle.dump(obj, file, pickle.HIGHEST_PROTOCOL)

    def load_from_path(self, context: dg.InputContext, path: UPath) -> object:  # noqa: ARG002
        """Reads a value.

        Raises:
            ExchangeError: it is not there.
        """
        try:
            with path.open("rb") as file:
                return pickle.load(file)  # noqa: S301  (written by a step of the same project)
        except FileNotFoundError as error:
            raise ExchangeError(
                f"Ce qu’une étape précédente a laissé est introuvable : {path}. Si les étapes tournent sur plusieurs "
                f"machines, donnez à toutes le même {VARIABLE} (dossier partagé, ou s3://seau/préfixe). Sinon, "
                "exécutez d’abord les étapes précédentes."
            ) from error

    def sweep(self, run_id: str) -> None:
        """Removes what finished runs left between two assets, but for the last ones and what this storage knows not."""
        steps = self._place / STEPS
        left = {folder.name: folder for folder in steps.iterdir()} if steps.exists() else {}
        left.pop(run_id, None)
        runs = self._instance.get_runs(dg.RunsFilter(run_ids=list(left))) if left else []
        finished = [run for run in runs if run.is_finished]  # the latest come first
        for run in finished[KEPT_RUNS:]:
            with contextlib.suppress(FileNotFoundError):  # another step may be sweeping
                self.fs.rm(left[run.run_id].path, recursive=True)


@dg.io_manager(description="Ce que les étapes se passent : fichiers sous CONTRATS_ECHANGES, ou chez Dagster.")
def exchanges(context: dg.InitResourceContext) -> Exchanges:
    """The exchanges of a run, where the environment says."""
    instance = context.instance
    assert instance is not None  # noqa: S101  (a run has one)
    return Exchanges(exchange_place(os.environ, Path(instance.storage_directory())), instance)
