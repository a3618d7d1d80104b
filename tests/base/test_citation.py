"""Citations of provisions."""

import pytest

from palermo.base.citation import cite, limbs


@pytest.mark.parametrize(
    ("code", "language", "cited"),
    [
        ("untoc.6", "en", "Art. 6"),
        ("untoc.6.1.a.i", "en", "Art. 6, para. 1 (a) (i)"),
        ("untoc.6.1.a.i.implementation", "en", "Art. 6, para. 1 (a) (i)"),
        ("untoc.12.2.practice.tracing", "en", "Art. 12, para. 2"),
        ("untoc.2.a", "en", "Art. 2 (a)"),
        ("tip.3.i", "en", "Art. 3 (i)"),
        ("untoc.6.1.a.i", "fr", "Art. 6, par. 1 a) i)"),
        ("untoc.6.1.a.i", "es", "Art. 6, párr. 1 a) i)"),
        ("untoc.6.1.a.i", "ru", "Ст. 6, п. 1 a) i)"),
        ("untoc.6.1.b.ii", "ar", "المادة 6، الفقرة 1 (ب) ‘2’"),
        ("untoc.6.1.a.i", "zh", "第6条第1款(a)(i)"),
        ("untoc.6.1.a.i", "pt", "Art. 6, para. 1 (a) (i)"),
        ("untoc.general.contact", "en", ""),
        ("untoc", "en", ""),
        ("", "en", ""),
    ],
)
def test_cite_writes_as_lawyers_do(code: str, language: str, cited: str):
    assert cite(code, language) == cited


def test_limbs_stop_where_the_aspect_begins():
    assert limbs("untoc.29.1.figures.2025") == ("29", "1")
