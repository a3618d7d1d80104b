"""Guards of the architecture that import-linter cannot see: relations, addresses, actions, templates, documentation."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

import palermo
from palermo.parties.access import Access

PACKAGE = Path(palermo.__file__).parent
ORDER = [
    "base",
    "parties",
    "treaties",
    "conference",
    "directory",
    "questionnaires",
    "responses",
    "review",
    "assistance",
    "reports",
    "site",
    "api",
    "config",
]
OURS = [app for app in apps.get_app_configs() if app.name.startswith("palermo.")]


def modules(name: str) -> Iterator[ModuleType]:
    """Every module of ``palermo`` whose path contains the part ``name``."""
    for found in pkgutil.walk_packages(palermo.__path__, "palermo."):
        parts = found.name.split(".")
        if name in parts[2:3] and "migrations" not in parts:
            yield importlib.import_module(found.name)


def addresses(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address with its view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


def test_packages_are_all_there() -> None:
    assert sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()) == sorted(ORDER)


@pytest.mark.parametrize("model", [model for app in OURS for model in app.get_models()], ids=lambda m: m.__name__)
def test_relations_point_down(model: Any) -> None:
    upward = [
        field.name
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model
        for target in [field.related_model._meta.app_label]
        if target in ORDER and ORDER.index(target) > ORDER.index(model._meta.app_label)
    ]
    assert upward == []


@pytest.mark.parametrize(
    ("route", "view"), list(addresses()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_page_says_who_may_open_it(route: str, view: Any) -> None:
    access = getattr(view, "access", None)
    assert isinstance(access, Access), f"{route}: declare @public, @signed_in or @requires on its view"
    assert access.kind in {"public", "signed in", "requires"}
    assert bool(access.permissions) == (access.kind == "requires")


def actions() -> list[tuple[str, Any]]:
    """Every public function of every ``actions`` module, by its name."""
    return [
        (f"{module.__name__}.{name}", function)
        for module in modules("actions")
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]


# Functions in ``actions`` that change nothing; each is a question that several actions and their callers ask.
ASKING = {
    "palermo.parties.actions.invitation_problem",
    "palermo.responses.actions.answers.question_of",
    "palermo.responses.actions.answers.refuse_unless_open",
    "palermo.responses.actions.answers.contents_now",
    "palermo.responses.actions.sections.refuse_unless_in_part",
    "palermo.questionnaires.actions.content_hash",
    "palermo.questionnaires.actions.scope_of",
    "palermo.responses.actions.deadlines.closed_sentence",
    "palermo.responses.actions.deadlines.refuse_after_deadline",
    "palermo.responses.actions.paper.answers_itself",
}
# What is done by nobody: the worker keeps copies and indexes, and mail is written for the action around it.
BY_ITSELF = {
    "palermo.responses.actions.telling.tell_heads",
    "palermo.site.actions.indexing.forget_submissions",
    "palermo.site.actions.indexing.index_content",
    "palermo.site.actions.indexing.index_document",
    "palermo.site.actions.indexing.index_documents",
    "palermo.site.actions.indexing.index_published",
    "palermo.site.actions.indexing.index_submissions",
    "palermo.site.actions.publishing.publish_reporting",
}


@pytest.mark.parametrize(("name", "function"), actions(), ids=lambda value: value if isinstance(value, str) else "")
def test_action_is_keyword_only_and_says_by_whom(name: str, function: Any) -> None:
    if name in ASKING:
        return
    parameters = inspect.signature(function).parameters
    if name in BY_ITSELF:
        assert "by" not in parameters
        return
    assert "by" in parameters, f"{name} does not say by whom"
    assert {parameter.kind for parameter in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}


def test_asking_functions_are_there() -> None:
    assert (ASKING | BY_ITSELF) - {name for name, _function in actions()} == set()


def url_names() -> Iterator[tuple[Path, str, str]]:
    """Every ``{% url %}`` of a template: file, app of the template, address name."""
    for app in OURS:
        for path in Path(app.path).rglob("templates/**/*.html"):
            for name in re.findall(r"{%-?\s*url\s+[\"']([^\"']+)[\"']", path.read_text()):
                yield path, app.label, name


# Addresses without an app prefix belong to sign-in, which ``parties`` mounts.
NAMESPACE_APP = {"": "parties", "demo": "site"}


def test_templates_link_to_own_or_lower_apps() -> None:
    upward = []
    for path, label, name in url_names():
        namespace = name.split(":")[0] if ":" in name else ""
        target = NAMESPACE_APP.get(namespace, namespace)
        if ORDER.index(target) > ORDER.index(label):
            upward.append(f"{path.relative_to(PACKAGE)}: {name}")
    assert upward == []


def test_templates_include_own_or_lower_apps() -> None:
    upward = []
    for app in OURS:
        for path in Path(app.path).rglob("templates/**/*.html"):
            for name in re.findall(r"{%-?\s*(?:include|extends)\s+[\"']([^\"']+)[\"']", path.read_text()):
                target = name.split("/")[0]
                if target in ORDER and ORDER.index(target) > ORDER.index(app.label):
                    upward.append(f"{path.relative_to(PACKAGE)}: {name}")
    assert upward == []


def test_save_methods_and_signals_hold_no_effects() -> None:
    found = []
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found += [
                    f"{path.relative_to(PACKAGE)}: {node.name}.{item.name}"
                    for item in node.body
                    if isinstance(item, ast.FunctionDef) and item.name in {"save", "delete"}
                ]
            if isinstance(node, ast.ImportFrom) and node.module in {"django.db.models.signals", "django.dispatch"}:
                found.append(f"{path.relative_to(PACKAGE)}: signals")
    assert found == []


def test_static_files_lie_in_base_only() -> None:
    assert [app.label for app in OURS if (Path(app.path) / "static").exists()] == ["base"]
