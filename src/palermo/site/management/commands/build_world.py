"""``build_world``: all States, five questionnaires and three cycles, on top of the demonstration's stories."""

import os
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from palermo.parties.models import User
from palermo.responses.models import Response, Submission
from palermo.site.demonstration.archive import publish_editions
from palermo.site.demonstration.bar import Bar
from palermo.site.demonstration.stories import OFFICER
from palermo.site.demonstration.world import Part, build_rounds, prepare_world, rounds


class Command(BaseCommand):
    """Builds what is not there yet; several processes share the work, each with its own States."""

    help = "Build the demonstration of the world: all States, five questionnaires, three cycles. It can be resumed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many processes; a part is what one of them is told."""
        parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1), help="How many build (2).")
        parser.add_argument("--part", help="Only one part of the States, as 0/2; says how much it has done.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuses outside the demonstration: generated answers must never stand beside real ones."""
        if not (settings.DEMONSTRATION or settings.TESTING):
            raise CommandError("The demonstration world is built in the demonstration only: ./palermo demo --world")
        officer = User.objects.filter(email=OFFICER).first()
        if officer is None:
            raise CommandError("Build the demonstration first: ./palermo demo --build-only")
        if options["part"]:
            number, _slash, of = options["part"].partition("/")
            self._part(officer, Part(int(number), int(of)))
            return
        begin = time.monotonic()
        prepare_world(officer=officer)
        found = rounds(officer=officer)
        bar = Bar(sum(one.work for one in found), sys.stdout)
        try:
            if options["processes"] > 1:
                self._share(bar, options["processes"])
            else:
                build_rounds(found, tell=bar.show)
        except KeyboardInterrupt:
            self.stdout.write("\nStopped. What is built stays; the same command builds on.")
            raise
        publish_editions(by=officer)
        passed = round(time.monotonic() - begin)
        self.stdout.write(
            f"The world is there: {Response.objects.count():,} responses, {Submission.objects.count():,} submissions "
            f"({passed // 60}:{passed % 60:02d} minutes). All of it is generated; it holds statements of no government."
        )

    def _part(self, officer: User, part: Part) -> None:
        """One part, for the process that waits for the others: a line with how much is done and what is in work."""
        # Our standard input ends when whoever started us has ended, however that came; then nobody waits for us.
        threading.Thread(target=_end_with_input, daemon=True).start()

        def tell(done: int, what: str) -> None:
            self.stdout.write(f"{done} {what}")
            self.stdout.flush()

        build_rounds(rounds(officer=officer, part=part), tell=tell)

    def _share(self, bar: Bar, processes: int) -> None:
        """Starts one process for each part and adds up what they say."""
        done = [0] * processes
        hold = threading.Lock()

        def listen(number: int, child: "subprocess.Popen[str]") -> None:
            assert child.stdout is not None
            for line in child.stdout:
                count, _space, what = line.strip().partition(" ")
                with hold:
                    done[number] = int(count)
                    bar.show(sum(done), what)

        children = [
            subprocess.Popen(
                [sys.executable, "-m", "django", "build_world", "--part", f"{number}/{processes}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            for number in range(processes)
        ]
        try:
            listeners = [
                threading.Thread(target=listen, args=(number, child), daemon=True)
                for number, child in enumerate(children)
            ]
            for listener in listeners:
                listener.start()
            for listener in listeners:
                listener.join()
            if any(child.wait() for child in children):
                raise CommandError("A part of the world could not be built (see above); run it again to go on.")
        finally:
            for child in children:
                child.terminate()
                child.wait()
                for pipe in (child.stdin, child.stdout):
                    assert pipe is not None
                    pipe.close()


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)
