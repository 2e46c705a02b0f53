"""Files in a folder: whole or not at all, by their content, and kept while anybody put them lately."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.files import ContentGone, Files, FileTooLarge, FileTypeNotAccepted, FolderStore, StoredFile
from shared.settings import FileRules

LONG_AGO, LATER = 1_000_000_000.0, 4_000_000_000.0
LOG = b"2026-03-02 09:30 link down\n"


async def pieces(*given: bytes) -> AsyncIterator[bytes]:
    for piece in given:
        yield piece


async def broken_off() -> AsyncIterator[bytes]:
    yield LOG
    raise ConnectionResetError


def files_in(folder: Path, **rules: int) -> Files:
    return Files(FolderStore(folder), FileRules(**rules))  # type: ignore[arg-type]  # the limit only


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != ".lock")


async def content(files: Files, sha256: str) -> bytes:
    return b"".join([piece async for piece in files.store.read(sha256)])


async def test_a_file_is_kept_by_its_content(tmp_path: Path) -> None:
    files = files_in(tmp_path)
    stored = await files.receive(pieces(LOG[:5], LOG[5:]), "text/x-log")
    assert stored == StoredFile(hashlib.sha256(LOG).hexdigest(), len(LOG), "text/x-log")
    assert await content(files, stored.sha256) == LOG
    assert kept(tmp_path) == [stored.sha256]


async def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    files = files_in(tmp_path)
    first, second = [await files.receive(pieces(LOG), None) for _ in range(2)]
    assert first == second
    assert kept(tmp_path) == [first.sha256]


async def test_of_a_file_that_is_too_large_nothing_is_kept(tmp_path: Path) -> None:
    with pytest.raises(FileTooLarge):
        await files_in(tmp_path, limit_bytes=len(LOG)).receive(pieces(LOG, b"x"), None)
    assert kept(tmp_path) == []


async def test_a_file_may_have_as_many_bytes_as_the_limit_says(tmp_path: Path) -> None:
    assert (await files_in(tmp_path, limit_bytes=len(LOG)).receive(pieces(LOG), None)).size == len(LOG)


@pytest.mark.parametrize("given", [b"MZ\x90\x00", b"<html>", b"<svg>"])
async def test_of_a_type_that_is_not_accepted_nothing_is_kept(tmp_path: Path, given: bytes) -> None:
    with pytest.raises(FileTypeNotAccepted):
        await files_in(tmp_path).receive(pieces(given[:1], given[1:]), "text/plain")
    assert kept(tmp_path) == []


async def test_of_what_breaks_off_nothing_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError):
        await files_in(tmp_path).receive(broken_off(), None)
    assert kept(tmp_path) == []


async def test_a_long_file_is_judged_before_the_rest_is_taken(tmp_path: Path) -> None:
    taken = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            taken.append(1)
            yield b"\x00" * 4096

    with pytest.raises(FileTypeNotAccepted):
        await files_in(tmp_path).receive(endless(), None)
    assert len(taken) == 1


async def test_a_download_is_saved_and_never_shown(tmp_path: Path) -> None:
    files = files_in(tmp_path)
    stored = await files.receive(pieces(LOG), None)
    answer = await files.download(stored, '核心"; x=1\r\n.log')
    assert answer.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''%E6%A0%B8%E5%BF%83%22%3B%20x%3D1%0D%0A.log"
    )
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["content-length"] == str(len(LOG))


async def test_content_that_was_lost_is_said_to_be_gone(tmp_path: Path) -> None:
    with pytest.raises(ContentGone):
        await files_in(tmp_path).download(StoredFile("0" * 64, 1, "text/plain"), "a.log")


async def test_old_content_is_found_and_removed(tmp_path: Path) -> None:
    store = files_in(tmp_path).store
    sha256 = await store.put(pieces(LOG))
    assert await store.put_before(LONG_AGO) == []
    assert await store.put_before(LATER) == [sha256]
    assert await store.remove(sha256, put_before=LATER)
    assert kept(tmp_path) == []


async def test_content_that_comes_again_while_it_is_swept_stays(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    sha256 = await store.put(pieces(LOG))
    os.utime(tmp_path / sha256[:2] / sha256, (LONG_AGO, LONG_AGO))
    assert await store.put_before(LONG_AGO + 1) == [sha256]
    await store.put(pieces(LOG))
    assert not await store.remove(sha256, put_before=LONG_AGO + 1)
    assert kept(tmp_path) == [sha256]


async def test_what_a_killed_process_left_on_its_way_in_is_removed_once_it_is_old(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    left = tmp_path / "incoming" / "half"
    left.parent.mkdir()
    left.write_bytes(LOG)
    assert await store.put_before(LONG_AGO) == []
    assert left.exists()
    await store.put_before(LATER)
    assert not left.exists()
