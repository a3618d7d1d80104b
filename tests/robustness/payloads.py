"""What may be sent to a form besides what it asks for."""

import random
from collections.abc import Iterator, Mapping
from typing import Any

SCRIPT = "<script>alert(1)</script>"
# Every value is sent to every field of every form.
VALUES: tuple[str, ...] = (
    "",
    "   \t\n ",
    "a\x00b",
    "\x01\x02\x1b[31m\x7f\u0085",
    "word " * 20_000,
    "9" * 5000,
    "-1",
    "99999999999999999999",
    "1e999",
    "NaN",
    "٣٤",
    "²",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "' OR 1=1; DROP TABLE parties_user; --",
    f'"><{SCRIPT}<img src=x onerror=alert(1)>',
    "{{ 'mark'|add:'ed-by-template' }}{% load x %}%(name)s{0}{name}$name",
    "\u202egnp.exe\u2066\u2069\u200f",
    "\ufffe\uffff\U0010ffff\ufdd0",
    "e\u0301" * 300,
    "00000000-0000-4000-8000-000000000000",
    "../../../../etc/passwd",
    "true",
    "[]",
    "[" * 50_000,
    "a@b",
    "someone@example.org\nBcc: other@example.org",
    "//evil.example/",
)
# Names of fields that no form has, or that look almost like one.
STRANGE: Mapping[str, Any] = {
    "": "nothing",
    ":": "nothing",
    "a:b:c:d": "x",
    ":value": "yes",
    "untoc.5.practice.figures": "x",
    "untoc.99:value": "yes",
    "untoc.16.figures:rows-0-row": "x",
    "untoc.16.figures:rows-99999999999-row": "x",
    "untoc.16.figures:rows--1-row": "x",
    "untoc.16.figures:cell--": "1",
    "untoc.16.figures:cell-a-0000": "1",
    "untoc.16.figures:cell-" + "x" * 9000 + "-2023": "1",
    "untoc.16.figures:cell-\x00-2023": "1",
    "untoc.16.figures:cell-made-٢٠٢٣": "1",
    "untoc.16.figures:id-made-2023": "no uuid",
    "untoc.16.figures:nc-made-2023": "yes",
    "untoc.16.figures:revision": "-1",
    "untoc.16.measures.legislation:rows-9999-title": "x",
    "untoc.16.measures.legislation:rows-٣-title": "x",
    "untoc.16.measures.legislation:rows-0-uuid": "{00000000000040008000000000000001}",
    "untoc.16.measures.legislation:rows-1-uuid": "00000000-0000-4000-8000-000000000001",
    "untoc.16.measures.legislation:rows-0-title-extra": "x",
    "untoc.16.measures.legislation:rows-0-rows-0-title": "x",
    "untoc.16.measures.legislation:text": "x" * 20_001,
    "untoc.16.measures.legislation:language": "xx-very-long-tag-that-is-none",
    "untoc.16.measures.legislation:gloss_language": "\x00",
    "untoc.16.2.implementation:value": ["yes", "no"],
    "untoc.16.2.implementation:revision": "9" * 30,
    "untoc.16.2.implementation:cannot": "on",
    "__proto__": "x",
    "csrfmiddlewaretoken": "x",
    "next": "//evil.example/",
    "person": "not a number",
}


def bad_fields(fields: Mapping[str, Any], seed: str) -> Iterator[dict[str, Any]]:
    """The fields of a form in many wrong ways: missing, all of one kind, and each of another kind beside good ones."""
    chance = random.Random(seed)
    names = list(fields)
    yield dict(STRANGE)
    yield {**fields, **STRANGE}
    if not fields:
        return
    yield {}
    yield {name: [value, value, "other"] for name, value in fields.items()}
    for missing in names[:6]:
        yield {name: value for name, value in fields.items() if name != missing}
    # A long form carries every value in every round, so fewer rounds do.
    for shift in range(0, len(VALUES), 1 if len(names) < 20 else 5):
        yield dict.fromkeys(names, VALUES[shift])
        yield {
            name: VALUES[(shift + place) % len(VALUES)] if chance.random() < 0.5 else fields[name]
            for place, name in enumerate(names)
        }


BOUNDARY = "limit"


def part(name: str, value: bytes, more: str = "") -> bytes:
    """One part of a multipart body."""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"


MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
FORM = "application/x-www-form-urlencoded"
END = f"--{BOUNDARY}--\r\n".encode()
# Bodies that are no form at all, or one with something wrong: what it is, its type, its bytes.
BODIES: Mapping[str, tuple[str, bytes]] = {
    "empty": (FORM, b""),
    "no type": ("", b"a=b"),
    "json": ("application/json", b'{"text": ["a"], "language": null}'),
    "broken json": ("application/json", b'{"text":'),
    "text": ("text/plain", b"text=hello"),
    "xml": ("application/xml", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
    "bytes that are no text": (FORM, b"text=\xff\xfe\x80&name=%FF%FE&%80=%80"),
    "surrogates": (FORM, b"text=%ED%A0%80%ED%B0%80&name=\xed\xa0\x80&email=%ED%A0%80@x.example"),
    "broken percent": (FORM, b"text=%&name=%zz&=%&&&=;"),
    "another charset": (f"{FORM}; charset=utf-16", b"text=hello"),
    "no charset": (f"{FORM}; charset=nothing-like-it", b"text=hello"),
    "json of endless depth": ("application/json", b"[" * 100_000),
    "ten thousand fields": (FORM, b"&".join(b"f%d=1" % number for number in range(10_000))),
    "six megabytes": (FORM, b"text=" + b"x" * (6 * 1024 * 1024)),
    "multipart without limit": ("multipart/form-data", part("text", b"hello") + END),
    "multipart with another limit": ("multipart/form-data; boundary=other", part("text", b"hello") + END),
    "multipart with a bad limit": ("multipart/form-data; boundary=" + "é" * 300, part("text", b"hello") + END),
    "multipart cut off": (MULTIPART, part("text", b"hello")[:-9]),
    "multipart of nothing": (MULTIPART, b""),
    "multipart of bytes": (MULTIPART, part("text", b"\xff\xfe\x00\x80") + part("\xff", b"x") + END),
    "multipart without names": (MULTIPART, f"--{BOUNDARY}\r\n\r\nhello\r\n".encode() + END),
    "multipart in base64": (
        MULTIPART,
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="text"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        "%%%not base64%%%\r\n".encode() + END,
    ),
    "a file for every field": (
        MULTIPART,
        b"".join(part(name, b"hello", '; filename="a.txt"') for name in ("text", "name", "email", "language")) + END,
    ),
    "a text for a file": (MULTIPART, part("file", b"hello") + END),
    "hundred files": (MULTIPART, part("file", b"hello", '; filename="a.txt"') * 101 + END),
    "file with a bad name": (MULTIPART, part("file", b"hello", '; filename="a\x00\xff/../b.txt"') + END),
    "file without a name": (MULTIPART, part("file", b"hello", '; filename=""') + END),
    "file with a foreign name": (
        MULTIPART, part("file", b"hello", "; filename*=utf-8''%ED%A0%80%00%2F..%2Fx.txt") + END
    ),
    "deep multipart": (MULTIPART, part("text", b"x", "; a=" + "b" * 20_000) + END),
}  # fmt: skip

# What stands behind the question mark, and means nothing.
QUERIES: tuple[str, ...] = (
    "?",
    "?q=%00&show=%00&questionnaire=%00&role=%00&section=%00&on=%00&next=%00",
    "?q=%FF%FE&show=%ED%A0%80&questionnaire=%FF&role=%FF&section=%FF&on=%FF",
    "?q=" + "x" * 20_000 + "&show=" + "x" * 20_000,
    "?q=%25%5C%27%22%3Cscript%3Ealert(1)%3C%2Fscript%3E&section=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "?page=-1&page=99999999999999999999&page=a&page=",
    "?on=0001-01-01",
    "?on=9999-12-31",
    "?on=2026-02-30&on=",
    "?on=10000-01-01",
    "?on=%D9%A2%D9%A0%D9%A2%D9%A6-01-01",
    "?questionnaire=nothing",
    "?show=nothing&q=%28%5B%7B%2A%2B%3F",
    "?section=art-99&section=general&role=focal_point",
    "?next=//evil.example/",
    "?next=%0d%0aSet-Cookie:x=y",
    "?" + "a=1&" * 1500,
    "?a[b][c]=1&a[]=2&__class__=3&=4&&",
)
HEADERS: tuple[Mapping[str, str], ...] = (
    {"Accept-Language": "xx, *;q=0, " + "en;" * 300},
    {"Accept-Language": "\xff\xfe"},
    {"Accept": "application/json"},
    {"Accept": "image/*, ;;;q=q"},
    {"X-Requested-With": "XMLHttpRequest"},
    {"Cookie": "sessionid=\x01" + "x" * 3000 + "; messages=x; csrftoken=" + "y" * 3000},
    {"If-Modified-Since": "yesterday", "If-None-Match": '"' + "x" * 3000, "Range": "bytes=9-1,,-"},
    {"Referer": "\xff\xfehttps://evil.example/", "Origin": "null", "User-Agent": "\xff" * 500},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "javascript"},
)
# Parts of a path that name nothing.
SEGMENTS: tuple[str, ...] = (
    "%00", "%FF%FE", "%ED%A0%80", "..%2F..%2Fetc", "%2E%2E", "a" * 5000, "-1", "99999999999999999999999", "%F0%9F%A6%86",
    "%0d%0aSet-Cookie:x=y", "{{7*7}}", "%27%20OR%201=1", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "%D9%A2%D9%A0", "art-5%20",
    "ARG", "%C4%B0", "art-" + "9" * 3000,
)  # fmt: skip
