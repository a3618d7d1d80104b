"""A job that takes long when it is begun for the first time.

What it has done stands in a file, one line for each beginning and for the end.
"""

import time
from pathlib import Path

from procrastinate.contrib.django import app


@app.task(name="take_long", queue="trials")
def take_long(path: str) -> None:
    """Sleeps the first time; the second time it is done at once."""
    notes = Path(path)
    first = not notes.exists()
    with notes.open("a") as file:
        file.write("begun\n")
    if first:
        time.sleep(600)
    with notes.open("a") as file:
        file.write("done\n")
