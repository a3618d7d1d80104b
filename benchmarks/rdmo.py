"""RDMO as a yardstick: the same page opened and the same answer saved, on the same PostgreSQL, in one run.

RDMO is installed from its package into an environment of its own, which is thrown away afterwards. Its catalogue is
made like our checklist: as many sections with as many questions of like kinds, all answered. It is served as we are, by
one process of the same web server. What a browser asks of it is taken from its own interview page: the page
itself with ten requests when it is opened, four when one goes to another page in it, and three when an answer is saved.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from tests.journeys.harness import Person, Reply, free_port, place_of

from benchmarks.measure import Cost, Meter, Table, article_of_twelve, save_cost, staged
from palermo.config import embedded, launch
from palermo.config.worlds import ROOT, World

ROUNDS = 3
NAME, SECRET = "person", "correct horse battery staple"
WANTED = ("rdmo", "granian", "psycopg[binary]")

SETTINGS = """
import os
from rdmo.core.settings import *
SECRET_KEY = "only for a benchmark"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
BASE_DIR = os.path.dirname(os.path.dirname(__file__))
STATIC_ROOT = os.path.join(BASE_DIR, "static_root")
MEDIA_ROOT = os.path.join(BASE_DIR, "media_root")
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": "rdmo", "USER": os.environ["RDMO_USER"],
    "HOST": os.environ["RDMO_HOST"], "CONN_MAX_AGE": 600}}
DEFAULT_URI_PREFIX = "http://example.org/terms"
MIDDLEWARE = ["counting.count_queries", *MIDDLEWARE]
"""
URLS = """
from django.contrib import admin
from django.urls import include, path
from rdmo.core.views import about, home
urlpatterns = [
    path("", home, name="home"), path("about/", about, name="about"),
    path("", include("rdmo.core.urls")), path("api/v1/", include("rdmo.core.urls.v1")),
    path("admin/", admin.site.urls),
]
"""
WSGI = """
import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
"""
# The catalogue, a project with every answer, and its owner; runs in RDMO's environment.
STAGE = """
import json, sys
import django
django.setup()
from django.contrib.auth.models import User
from django.contrib.sites.models import Site
from rdmo.domain.models import Attribute
from rdmo.options.models import Option, OptionSet, OptionSetOption
from rdmo.projects.models import Membership, Project, Value
from rdmo.questions.models import Catalog, Page, Question, Section
shape = json.load(sys.stdin)
site = Site.objects.get_current()
PRE = "http://example.org/terms"
def made(model, path, **more):
    return model.objects.create(uri_prefix=PRE, uri_path=path, uri=f"{PRE}/{model.__name__.lower()}/{path}", **more)
options = {}
for name, codes in {"three": ["yes", "in-part", "no"], "two": ["yes", "no"], "many": list("abcde")}.items():
    chosen = made(OptionSet, name)
    for order, code in enumerate(codes):
        option = made(Option, f"{name}/{code}", text_lang1=code)
        OptionSetOption.objects.create(optionset=chosen, option=option, order=order)
    options[name] = chosen
WIDGETS = {"implementation": ("radio", "option", "three"), "yes_no": ("radio", "option", "two"),
           "assistance": ("radio", "option", "two"), "choice": ("radio", "option", "many"),
           "choices": ("checkbox", "option", "many"), "number": ("text", "integer", None),
           "date": ("date", "datetime", None)}
catalog = made(Catalog, "checklist", title_lang1="Checklist", available=True)
catalog.sites.add(site)
user = User.objects.create_superuser("person", "person@example.org", "correct horse battery staple")
project = Project.objects.create(title="A State", site=site, catalog=catalog)
Membership.objects.create(project=project, user=user, role="owner")
domain = Attribute.objects.create(uri_prefix=PRE, key="checklist")
pages = {}
for number, (code, kinds) in enumerate(shape["sections"].items()):
    section = made(Section, f"checklist/{code}", title_lang1=code)
    catalog.catalog_sections.create(section=section, order=number)
    page = made(Page, f"checklist/{code}/page", title_lang1=code, help_lang1=shape["guidance"])
    section.section_pages.create(page=page, order=0)
    pages[code] = page.pk
    above = Attribute.objects.create(uri_prefix=PRE, key=code, parent=domain)
    for place, kind in enumerate(kinds):
        widget, value_type, name = WIDGETS.get(kind, ("textarea", "text", None))
        attribute = Attribute.objects.create(uri_prefix=PRE, key=f"q{place}", parent=above)
        question = made(
            Question, f"checklist/{code}/q{place}", attribute=attribute, widget_type=widget, value_type=value_type,
            text_lang1=shape["text"], help_lang1=shape["guidance"], is_collection=widget == "checkbox")
        page.page_questions.create(question=question, order=place)
        if name:
            question.optionsets.add(options[name])
        option = options[name].optionset_options.first().option if name else None
        typed = {"datetime": "2020-01-01", "integer": "12"}.get(value_type, shape["answer"])
        text = "" if name else typed
        Value.objects.create(project=project, attribute=attribute, text=text, option=option, value_type=value_type)
value = Value.objects.filter(attribute__parent__key=shape["page"], value_type="text").first()
print(json.dumps({"project": project.pk, "page": pages[shape["page"]], "value": value.pk,
                  "attribute": value.attribute_id,
                  "section": Page.objects.get(pk=pages[shape["page"]]).sections.first().pk}))
"""


@dataclass
class Rdmo:
    """A served RDMO, and somebody who has signed in to it."""

    site: Any
    person: Person
    facts: dict[str, int]

    def get(self, path: str, more: dict[str, str]) -> Reply:
        """One request of the interview."""
        headers = {"Accept-Encoding": "gzip", "Accept": "application/json", **more}
        return self.person.ask("GET", path, headers=headers)

    def send(self, method: str, path: str, data: object, more: dict[str, str]) -> Reply:
        """One request of the interview that brings something."""
        token = self.person.cookies.get("csrftoken", "")
        line = self.person
        body = json.dumps(data)
        headers = {
            "Content-Type": "application/json",
            "X-CSRFToken": token,
            "Referer": f"http://127.0.0.1:{line.port}/",
        }
        return ask_with_body(line, method, path, body, {**headers, **more})


def ask_with_body(person: Person, method: str, path: str, body: str, headers: dict[str, str]) -> Reply:
    """A request with a body of JSON over a connection of its own kind."""
    import http.client

    line = http.client.HTTPConnection("127.0.0.1", person.port, timeout=20)
    cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    try:
        line.request(method, path, body.encode(), {"Cookie": cookies, **headers})
        answer = line.getresponse()
        read = answer.read()
        return Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, read)
    finally:
        line.close()


def together(replies: list[Reply]) -> Reply:
    """Several requests as one: the worst status, all queries, all bytes."""
    queries = sum(int(reply.headers.get("x-queries", "0")) for reply in replies)
    status = max(reply.status for reply in replies)
    body = b"".join(reply.body for reply in replies)
    failed = next((reply for reply in replies if reply.status >= 400), None)
    return Reply(status, {"x-queries": str(queries)}, failed.body if failed else body)


def open_interview(rdmo: Rdmo, more: dict[str, str]) -> Reply:
    """What a browser asks when the interview is opened on a page."""
    api = f"/api/v1/projects/projects/{rdmo.facts['project']}"
    paths = [
        f"/projects/{rdmo.facts['project']}/interview/{rdmo.facts['page']}/",
        "/api/v1/core/settings/",
        "/api/v1/core/templates/",
        "/api/v1/accounts/users/current/",
        f"{api}/overview/",
        f"{api}/progress/",
    ]
    return together([*(rdmo.get(path, more) for path in paths), *_page(rdmo, more)])


def turn_page(rdmo: Rdmo, more: dict[str, str]) -> Reply:
    """What a browser asks when one goes to another page of the open interview."""
    return together(_page(rdmo, more))


def _page(rdmo: Rdmo, more: dict[str, str]) -> list[Reply]:
    api = f"/api/v1/projects/projects/{rdmo.facts['project']}"
    page = rdmo.get(f"{api}/pages/{rdmo.facts['page']}/", more)
    if page.status != 200:
        return [page]
    import gzip

    plain = gzip.decompress(page.body) if page.headers.get("content-encoding") == "gzip" else page.body
    asked = "&".join(f"attribute={question['attribute']}" for question in json.loads(plain)["elements"])
    return [
        page,
        rdmo.get(f"{api}/navigation/{rdmo.facts['section']}/", more),
        rdmo.get(f"{api}/values/?{asked}", more),
        rdmo.send("POST", f"{api}/resolve/", [], more),
    ]


def save_value(rdmo: Rdmo) -> Callable[[dict[str, str]], Reply]:
    """What a browser asks when an answer was changed: each time another text."""
    number = 0

    def ask(more: dict[str, str]) -> Reply:
        nonlocal number
        number += 1
        api = f"/api/v1/projects/projects/{rdmo.facts['project']}"
        value = {
            "id": rdmo.facts["value"],
            "attribute": rdmo.facts["attribute"],
            "set_prefix": "",
            "set_index": 0,
            "collection_index": 0,
            "text": f"Law {number} of 2026 says so, in its articles 12 to 19.",
            "option": None,
            "value_type": "text",
            "widget_type": "textarea",
        }
        return together(
            [
                rdmo.send("PUT", f"{api}/values/{rdmo.facts['value']}/", value, more),
                rdmo.get(f"{api}/navigation/{rdmo.facts['section']}/", more),
                rdmo.send("POST", f"{api}/progress/", {}, more),
            ]
        )

    return ask


@contextlib.contextmanager
def served_rdmo(world: World, shape: dict[str, Any], say: Callable[[str], object]) -> Iterator[Rdmo]:
    """RDMO in an environment and a database of its own, served by one process."""
    folder = Path(tempfile.mkdtemp(prefix="palermo-rdmo-"))
    folder.chmod(0o711)
    cluster = world.cluster
    assert cluster is not None
    process: subprocess.Popen[bytes] | None = None
    try:
        say("Installing RDMO into an environment of its own …")
        uv = str(Path(sys.prefix) / "bin" / "uv")
        python = folder / "env" / "bin" / "python"
        subprocess.run([uv, "venv", "--quiet", str(folder / "env")], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", str(python), *WANTED], check=True)
        app = folder / "app"
        (app / "config").mkdir(parents=True)
        for name, text in (
            ("config/__init__.py", ""),
            ("config/settings.py", SETTINGS),
            ("config/urls.py", URLS),
            ("config/wsgi.py", WSGI),
            ("counting.py", (ROOT / "benchmarks" / "middleware.py").read_text()),
        ):
            (app / name).write_text(text)
        cluster.create_database("rdmo")
        environment = {name: text for name, text in os.environ.items() if not name.startswith(("DJANGO", "PYTHON"))} | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(app),
            "RDMO_USER": embedded.OWNER,
            "RDMO_HOST": str(cluster.sockets),
        }

        def run(*arguments: str, given: str = "") -> str:
            done = subprocess.run(
                [str(python), *arguments],
                cwd=app,
                env=environment,
                input=given,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(f"{arguments[:4]}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
            return done.stdout

        run("-m", "django", "migrate", "--no-input", "--verbosity=0")
        run("-m", "django", "collectstatic", "--no-input", "--verbosity=0")
        facts = json.loads(run("-c", STAGE, given=json.dumps(shape)).strip().rsplit("\n", 1)[-1])
        version = run("-c", "import rdmo; print(rdmo.__version__)").strip()
        say(f"RDMO {version} is there, with {sum(map(len, shape['sections'].values()))} questions.")
        port = free_port()
        serve = [str(python), "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1"]
        more = ["--port", str(port), "--workers", "1", "--blocking-threads", "2", "--log-level", "warning"]
        with (folder / "serve.log").open("wb") as log:
            process = subprocess.Popen(
                [*serve, *more, "config.wsgi:application"], cwd=app, env=environment, stdout=log, stderr=log
            )
        person = _sign_in(port, process, folder / "serve.log")
        site = SimpleNamespace(server=SimpleNamespace(process=process), world=world)
        yield Rdmo(site, person, facts)
    finally:
        if process is not None:
            process.terminate()
            process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _sign_in(port: int, process: subprocess.Popen[bytes], log: Path) -> Person:
    """Waits until it answers, and comes in by its form."""
    person = Person(port)
    for _attempt in range(200):
        with contextlib.suppress(OSError):
            page = person.ask("GET", "/account/login/")
            if page.status == 200:
                break
            raise RuntimeError(f"RDMO answers {page.status}:\n{page.text[-1000:]}\n{log.read_text()[-3000:]}")
        if process.poll() is not None:
            break
        time.sleep(0.1)
    else:
        raise RuntimeError(f"RDMO did not answer:\n{log.read_text()[-3000:]}")
    fields = {"username": NAME, "password": SECRET, "csrfmiddlewaretoken": person.cookies["csrftoken"]}
    done = person.ask("POST", "/account/login/", fields)
    if done.status != 302:
        raise RuntimeError(f"The sign-in of RDMO answers {done.status}:\n{done.text[-2000:]}")
    return person


def shape_of(section: str, kinds: dict[str, list[str]]) -> dict[str, Any]:
    """The catalogue as RDMO's stage wants it: the kinds of questions by section."""
    return {
        "sections": kinds,
        "page": section,
        "text": "Which laws, regulations or decisions of courts provide for this in your State?",
        "guidance": "Say which laws apply, since when, and to whom. If only a part is covered, say which part is not.",
        "answer": "The Penal Code, art. 210, covers this in full; the courts apply it without difficulty.",
    }


def measure_rdmo(*, quick: bool) -> Table:
    """Both, in turns, and the ratios between them."""
    table = Table()
    with staged([], table) as (site, facts):
        table.rows.clear()
        untoc = facts["questionnaires"]["untoc"]
        section = article_of_twelve(untoc["sections"])
        ours = Person(site.port).sign_in(facts["team"]["arg"][0])
        place = place_of("arg")
        code = untoc["plain"][section][0]
        with served_rdmo(site.world, shape_of(section, untoc["kinds"]), lambda text: print(text, flush=True)) as rdmo:
            times = 10 if quick else 60
            mine = Meter(site, times)
            theirs = Meter(cast(launch.Site, rdmo.site), times)
            costs: dict[str, Cost] = {}

            def keep(what: str, cost: Cost) -> None:
                if cost.status >= 400:
                    raise RuntimeError(f"{what}: {cost.status}\n{cost.reply.body[-2000:]!r}")
                if what not in costs or cost.milliseconds < costs[what].milliseconds:
                    costs[what] = cost

            accept = {"Accept-Encoding": "gzip"}
            # In turns, so that the noise of the machine falls on both alike; the least of each counts.
            for _round in range(1 if quick else ROUNDS):
                keep(
                    "Palermo, open",
                    mine.cost(lambda more: ours.ask("GET", f"{place}{section}/", headers={**accept, **more})),
                )
                keep("RDMO, open", theirs.cost(lambda more: open_interview(rdmo, more), max(5, times // 3)))
                keep("RDMO, turn", theirs.cost(lambda more: turn_page(rdmo, more), max(5, times // 2)))
                keep("Palermo, save", save_cost(mine, ours, place, section, code)[0])
                keep("RDMO, save", theirs.cost(save_value(rdmo), max(5, times // 2)))
    _say(table, costs, untoc["sections"][section])
    return table


def _say(table: Table, costs: dict[str, Cost], questions: int) -> None:
    group = f"A page of {questions} answered questions, side by side with RDMO"
    for what, requests in (("Palermo, open", 1), ("RDMO, open", 10), ("RDMO, turn", 4)):
        words = what if what != "RDMO, turn" else "RDMO, go to the page in an open interview"
        _lines(table, group, words, costs[what], requests)
    _ratio(table, group, "open, RDMO against Palermo", costs["RDMO, open"], costs["Palermo, open"])
    _ratio(table, group, "go to the page, RDMO against Palermo", costs["RDMO, turn"], costs["Palermo, open"])
    group = "Save one answer, side by side with RDMO"
    _lines(table, group, "Palermo, save", costs["Palermo, save"], 1)
    _lines(table, group, "RDMO, save", costs["RDMO, save"], 3)
    _ratio(table, group, "save, RDMO against Palermo", costs["RDMO, save"], costs["Palermo, save"])


def _lines(table: Table, group: str, what: str, cost: Cost, requests: int) -> None:
    table.at_most(group, f"{what}: requests", requests, None)
    table.at_most(group, f"{what}: queries", cost.queries, None)
    table.at_most(group, f"{what}: CPU of the web process", cost.milliseconds, None, "ms", 1)
    table.at_most(group, f"{what}: CPU of the database", cost.database, None, "ms", 1)


def _ratio(table: Table, group: str, what: str, theirs: Cost, ours: Cost) -> None:
    whole = (theirs.milliseconds + theirs.database) / (ours.milliseconds + ours.database)
    table.at_most(group, f"{what}: CPU in all", whole, None, "times", 1)
