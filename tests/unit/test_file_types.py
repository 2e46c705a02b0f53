"""What a file is: its beginning decides, whatever somebody says it is."""

from __future__ import annotations

import pytest

from shared.file_types import ACCEPTED, HEAD_BYTES, UNKNOWN, media_type

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"%PDF-1.7", "application/pdf"),
        (b"PK\x03\x04\x14\x00", "application/zip"),
        (b"\x1f\x8b\x08\x00", "application/gzip"),
        ("2026-03-02 核心交换机重启".encode(), "text/plain"),
        ("2026-03-02 核心交换机重启".encode("gb18030"), "text/plain"),
        ("\ufeff核心交换机".encode("utf-16-le"), "text/plain"),
        (b"\x1b[31merror\x1b[0m", "text/plain"),
        (b"", "text/plain"),
        (b"MZ\x90\x00\x03", UNKNOWN),
        (b"\x7fELF\x02", UNKNOWN),
    ],
)
def test_the_content_tells_what_a_file_is(head: bytes, kind: str) -> None:
    assert media_type(head, None) == kind
    assert media_type(head, "image/svg+xml") == kind


@pytest.mark.parametrize(
    ("head", "stated", "kind"),
    [
        (b"PK\x03\x04", DOCX, DOCX),
        (b"a;b\n1;2\n", "text/csv; charset=utf-8", "text/csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword", "application/msword"),
        (b"a;b\n1;2\n", DOCX, "text/plain"),
        (b"%PDF-1.7", "image/png", "application/pdf"),
    ],
)
def test_what_somebody_says_counts_where_it_only_says_it_more_exactly(head: bytes, stated: str, kind: str) -> None:
    assert media_type(head, stated) == kind


@pytest.mark.parametrize(
    "head",
    [
        b"<!DOCTYPE html><p>",
        b"\n <HTML>",
        b"<!-- a -->\n<script>alert(1)</script>",
        b"\xef\xbb\xbf<html>",
        b'<?xml version="1.0"?><svg onload="alert(1)">',
        "\ufeff<html>".encode("utf-16-le"),
    ],
)
@pytest.mark.parametrize("stated", ["text/plain", "image/png", None])
def test_what_a_browser_would_run_is_never_accepted(head: bytes, stated: str | None) -> None:
    assert media_type(head, stated) not in ACCEPTED


def test_markup_far_from_the_beginning_is_text() -> None:
    assert media_type((b"log line\n" * 500 + b"<script>")[:HEAD_BYTES], None) == "text/plain"
