"""Texts in six languages: choice, direction, markup of fallbacks, formats."""

import datetime
from decimal import Decimal

import pytest
from django.template import engines
from django.utils import translation

from palermo.base.multilingual import best, direction
from palermo.base.templatetags.base_text import date_words

TEXTS = {"en": {"title": "Laundering <b>"}, "fr": {"title": "Blanchiment"}, "ar": {"title": "غسل"}}
NOON = datetime.datetime(2026, 11, 24, 14, 5, 9, tzinfo=datetime.UTC)


def draw(source: str, language: str, **context: object) -> str:
    with translation.override(language):
        return engines["django"].from_string("{% load base_text base_frame %}" + source).render(context)


def test_best_prefers_the_language_then_its_base_then_english_then_any():
    texts = {"en": "e", "fr": "f"}
    assert best(texts, "fr") == ("f", "fr")
    assert best(texts, "fr-CA") == ("f", "fr")
    assert best(texts, "ru") == ("e", "en")
    assert best({"pt": "p", "en": ""}, "ru") == ("p", "pt")
    with pytest.raises(LookupError):
        best({"en": ""}, "en")


def test_direction_follows_the_base_language():
    assert [direction(code) for code in ("ar", "ar-EG", "zh_Hans", "he", "en")] == ["rtl", "rtl", "ltr", "rtl", "ltr"]


def test_text_is_escaped_and_a_fallback_carries_its_language_and_direction():
    assert draw('{% text texts "title" %}', "fr", texts=TEXTS) == "Blanchiment"
    assert draw('{% text texts "title" %}', "en", texts=TEXTS) == "Laundering &lt;b&gt;"
    assert draw('{% text texts "title" %}', "ar", texts={"en": TEXTS["en"]}) == (
        '<span lang="en" dir="ltr">Laundering &lt;b&gt;</span>'
    )
    assert draw('{% text texts "title" %}', "en", texts={"ar": TEXTS["ar"]}) == '<span lang="ar" dir="rtl">غسل</span>'
    assert draw("{% text texts paragraphs=True %}", "en", texts={"en": "a<\n\nb"}) == "<p>a&lt;</p>\n\n<p>b</p>"


def test_text_of_nothing_is_empty():
    assert draw('[{% text texts "title" %}{{ texts|text_of:"title" }}]', "en", texts={}) == "[]"
    assert draw('[{% text texts "title" %}]', "en", texts=None) == "[]"


def test_dates_follow_the_language_and_times_carry_their_zone():
    assert date_words(datetime.date(2026, 11, 24), language="en") == "24 November 2026"
    assert date_words(datetime.date(2026, 11, 24), language="zh") == "2026年11月24日"
    assert date_words(NOON, language="fr") == "24 novembre 2026, 14:05 UTC"
    assert date_words(NOON, language="en") == "24 November 2026, 14:05 UTC"
    assert draw("{% date day %}", "es", day=datetime.date(2026, 11, 24)) == (
        '<time datetime="2026-11-24">24 de noviembre de 2026</time>'
    )
    assert draw("[{% date day %}]", "en", day=None) == "[]"


def test_numbers_follow_the_language():
    assert draw("{% number n %}", "en", n=1234567) == "1,234,567"
    assert draw("{% number n %}", "fr", n=Decimal("1234.50")) == "1\u202f234,5"
    assert draw('{% number 0.4 kind="percent" %}', "en") == "40%"
    assert draw("[{% number n %}]", "en", n=None) == "[]"


def test_languages_are_named_in_the_language_of_the_page():
    assert draw('{{ "es"|language_name }}, {{ ""|language_name }}', "fr") == "espagnol, "
    assert draw('{{ "ar"|dir_of }} {{ ""|dir_of }}', "en") == "rtl auto"
