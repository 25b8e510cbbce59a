"""One attempt of a step that runs elsewhere, while its task waits.

Each attempt finds its output folders there and empty. What it began is on record in `gcp_resources`, so that a task whose
own machine was replaced goes on watching that instead of beginning another.
"""

from __future__ import annotations

import argparse
import os
import signal

from places import Places, emptied, read, write

TERMINATED = 143


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--resources", required=True, help="file that says what runs")
    parser.add_argument("--folder", action="append", default=[], help="folder that the step writes")
    parser.add_argument("--checkpoints", action="store_true", help="gives the step a folder that outlives its machine")


class Attempt:
    """Made first: from then on it hears that the pipeline is cancelled."""

    def __init__(self, given: argparse.Namespace, places: Places):
        self._given, self._places, self._stop = given, places, _Stop()
        signal.signal(signal.SIGTERM, self._stop)

    def begun(self) -> str | None:
        """Address of what an earlier machine of this task began."""
        begun = read(self._given.resources)
        return None if begun is None else begun["resources"][0]["resourceUri"]

    def note(self, kind: str, uri: str) -> None:
        """As the console reads it to show what a task runs."""
        write(self._given.resources, {"resources": [{"resourceType": kind, "resourceUri": uri}]})

    @property
    def folders(self) -> list:
        return self._given.folder

    def empty_folders(self) -> None:
        for folder in self.folders:
            emptied(folder)

    def checkpoints(self) -> list:
        """Arguments of the step that say where they are. What an earlier attempt left there is what the next goes on from."""
        if not self._given.checkpoints:
            return []
        folder = self._places.checkpoints(self._given.step)
        os.makedirs(folder, exist_ok=True)
        return ["--checkpoints", folder]

    def waited(self, watch, cancel):
        """What `watch` comes to; once the pipeline is cancelled, `cancel` instead, and the end of this program."""
        try:
            self._stop.hear()
            return watch()
        except _Stopped:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            cancel()
            raise SystemExit(TERMINATED) from None


class _Stopped(BaseException):
    """The pipeline was cancelled."""


class _Stop:
    """Notes that the pipeline was cancelled; interrupts only who can stop what runs."""

    def __init__(self):
        self._asked, self._heard = False, False

    def __call__(self, *_: object) -> None:
        self._asked = True
        if self._heard:
            raise _Stopped

    def hear(self) -> None:
        self._heard = True
        if self._asked:
            raise _Stopped
