"""Reads one order, makes the document within limits, and writes it out."""

import json
import resource
import sys
import tempfile
from pathlib import Path
from typing import Final

from palermo.reports.render import Failed, note
from palermo.reports.render.orders import make

OWN_SECONDS: Final = 60
FILE_BYTES: Final = 200 * 1024**2


def main() -> int:
    """Makes one document."""
    resource.setrlimit(resource.RLIMIT_CPU, (OWN_SECONDS, OWN_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        order = json.loads(sys.stdin.buffer.read())
        with tempfile.TemporaryDirectory(prefix="palermo-document-") as folder:
            sys.stdout.buffer.write(make(order, Path(folder)))
    except Failed as failure:
        note(error=failure.reason, step=failure.step, **({"place": failure.place} if failure.place else {}))
        return 1
    except Exception as failure:
        note(error=f"{type(failure).__name__}: {failure}", step="render")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
