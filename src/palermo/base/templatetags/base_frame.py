"""The parts of pages that hold other parts, and the menus."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from palermo.base import navigation

register = template.Library()


@register.inclusion_tag("base/components/tabs.html", takes_context=True)
def tabs(context: template.Context, place: str, **kwargs: Any) -> dict[str, Any]:
    """The tabs of a place, such as ``{% tabs "response" cycle=… questionnaire=… party=… %}``."""
    return {"links": navigation.entries_for(place, context["request"], **kwargs), "label": _("Pages of this response")}


@register.simple_tag(takes_context=True)
def menu(context: template.Context, place: str, **kwargs: Any) -> list[navigation.Link]:
    """The links of a place, for pages that draw them themselves: ``{% menu "response" … as links %}``."""
    return navigation.entries_for(place, context["request"], **kwargs)


@register.simple_block_tag
def scroll(content: str, label: str) -> SafeString:
    """A region that scrolls sideways by itself and can be reached by keyboard: for wide tables."""
    return format_html('<div class="scroll" role="region" tabindex="0" aria-label="{}">{}</div>', label, content)


@register.simple_block_tag
def panel(content: str, title: str = "", id: str = "") -> SafeString:
    """A titled section of the aside or of a page."""
    heading = format_html("<h2>{}</h2>", title) if title else ""
    identity = format_html(' id="{}"', id) if id else ""
    return format_html('<section class="panel"{}>{}{}</section>', identity, heading, content)


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """A box that tells something: ``info``, ``done``, ``warning`` or ``error``; the last is announced at once."""
    role = mark_safe(' role="alert"') if kind == "error" else ""
    heading = format_html('<p class="notice-title">{}</p>', title) if title else ""
    return format_html('<div class="notice {}"{}>{}{}</div>', kind, role, heading, content)


@register.simple_block_tag
def more(content: str, title: str, open: bool = False) -> SafeString:
    """Text behind a line that opens it: guidance, earlier versions, what is rarely needed."""
    opened = mark_safe(" open") if open else ""
    return format_html('<details class="more"{}><summary>{}</summary><div>{}</div></details>', opened, title, content)


@register.simple_block_tag
def question(
    content: str,
    code: str,
    wording: str,
    provision: str = "",
    state: str = "",
    required: bool = False,
    group: bool = True,
    tag: str = "",
    kind: str = "info",
) -> SafeString:
    """The card of a question around its fields.

    ``state`` is empty, ``saved``, ``saving``, ``failed``, ``waiting``, ``conflict``, ``parked`` or ``missing``.
    ``group=False`` makes a section with a heading in place of a fieldset with a legend (for figures and rows).
    """
    notes: list[str] = [provision] if provision else []
    if required:
        notes.append(format_html('<span class="tag info">{}</span>', _("mandatory")))
    if tag:
        notes.append(format_html('<span class="tag {}">{}</span>', kind, tag))
    outer, inner = ("fieldset", "legend") if group else ("section", "h2")
    identity = code.replace(".", "-")
    return format_html(
        '<{outer} class="question" id="q-{id}" data-code="{code}" data-state="{state}" tabindex="-1">'
        '<{inner} class="wording" id="q-{id}-wording">{wording}</{inner}>{cite}{content}</{outer}>',
        outer=outer,
        inner=inner,
        id=identity,
        code=code,
        state=state,
        wording=wording,
        cite=format_html('<p class="cite">{}</p>', _joined(notes)) if notes else "",
        content=content,
    )


def _joined(notes: list[str]) -> SafeString:
    """Notes on one line, divided by a point."""
    line = format_html("{}", notes[0])
    for note in notes[1:]:
        line = format_html("{} · {}", line, note)
    return line


@register.filter
def share(part: float | None, whole: float | None) -> int:
    """How many hundredths ``part`` is of ``whole``, for bars; 0 of 0 is 0."""
    return round(100 * (part or 0) / whole) if whole else 0


@register.filter
def error_target(field: Any) -> str:
    """The id that an error summary leads to: the field, or the first choice of a group."""
    return f"{field.auto_id}_0" if field.field.widget.use_fieldset else str(field.auto_id)


@register.inclusion_tag("base/components/progress.html")
def progress(done: int, total: int, begun: int = 0, label: str = "", words: str = "") -> dict[str, Any]:
    """A bar of what is done, and begun, out of a total; ``label`` is read aloud, ``words`` stand below."""
    done, total, begun = done or 0, total or 0, begun or 0
    return {
        "done": done, "total": total, "label": label, "words": words,
        "done_share": share(done, total), "begun_share": min(100, share(done + begun, total)),
    }  # fmt: skip
