"""Files: their content by its SHA-256 in a store, streamed in and out; each service keeps rows of its own about them.

The content comes first and the row after it, so a row never lacks its content; content that no row speaks of is swept.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import quote

from starlette.responses import StreamingResponse

from shared.errors import AftercareError, Gone, TooLarge
from shared.file_types import HEAD_BYTES, media_type
from shared.settings import FileRules

PIECE_BYTES = 256 * 1024
SANDBOX = "sandbox; default-src 'none'"


class FileTooLarge(TooLarge):
    code = "file_too_large"
    en = "A file may have at most {limit} bytes."
    zh = "文件最多 {limit} 字节。"


class FileTypeNotAccepted(AftercareError):
    status = 415
    code = "file_type_not_accepted"
    en = "Files of the type {media_type} are not accepted."
    zh = "不接受类型为 {media_type} 的文件。"


class ContentGone(Gone):
    code = "content_gone"
    en = "The content of this file is not kept any more."
    zh = "该文件的内容已不再保存。"


@dataclass(frozen=True)
class StoredFile:
    """Content that is in the store."""

    sha256: str
    size: int
    media_type: str


class Store(Protocol):
    """Content by its SHA-256 (64 hexadecimal digits). Times are Unix seconds."""

    async def put(self, content: AsyncIterable[bytes]) -> str:
        """Keep content for good, all of it or nothing; the same content again only counts as young again."""

    async def has(self, sha256: str) -> bool: ...

    def read(self, sha256: str) -> AsyncIterator[bytes]: ...

    async def put_before(self, moment: float) -> Sequence[str]:
        """All content that was last put before the moment."""

    async def remove(self, sha256: str, *, put_before: float) -> bool:
        """Delete content unless it was put again since. Returns whether it is gone."""


@dataclass(frozen=True)
class Files:
    """A service's files: where their content lies, and what is let in."""

    store: Store
    rules: FileRules

    async def receive(self, source: AsyncIterable[bytes], stated_type: str | None) -> StoredFile:
        """Keep what comes in. Raises FileTooLarge, FileTypeNotAccepted; then nothing is kept."""
        incoming = Incoming(source, self.rules, stated_type)
        sha256 = await self.store.put(incoming)
        return StoredFile(sha256, incoming.size, incoming.media_type)

    async def download(self, file: StoredFile, name: str) -> StreamingResponse:
        """An answer that saves the file and never shows it, whatever is in it. Raises ContentGone.

        The front adds what every answer has: that nobody guesses another type, and that nobody keeps a copy.
        """
        if not await self.store.has(file.sha256):
            raise ContentGone()
        headers = {
            "Content-Length": str(file.size),
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": SANDBOX,
        }
        return StreamingResponse(self.store.read(file.sha256), media_type=file.media_type, headers=headers)


class Incoming:
    """Content on its way in: counted, and judged by its beginning before the rest is taken."""

    def __init__(self, source: AsyncIterable[bytes], rules: FileRules, stated_type: str | None) -> None:
        self.size, self.media_type = 0, ""
        self._source, self._rules, self._stated_type = source, rules, stated_type

    async def __aiter__(self) -> AsyncIterator[bytes]:
        head = b""
        async for piece in self._source:
            self.size += len(piece)
            if self.size > self._rules.limit_bytes:
                raise FileTooLarge(limit=self._rules.limit_bytes)
            if not self.media_type:
                head += piece
                if len(head) >= HEAD_BYTES:
                    self._judge(head)
            yield piece
        if not self.media_type:
            self._judge(head)

    def _judge(self, head: bytes) -> None:
        self.media_type = media_type(head[:HEAD_BYTES], self._stated_type)
        if self.media_type not in self._rules.types:
            raise FileTypeNotAccepted(media_type=self.media_type)


class FolderStore:
    """Content in a folder that may be shared by processes: `ab/abcdef...`, and what is on its way in `incoming/`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._incoming = folder, folder / "incoming"

    async def put(self, content: AsyncIterable[bytes]) -> str:
        digest, part = hashlib.sha256(), await asyncio.to_thread(self._begin)
        try:
            async for piece in content:
                digest.update(piece)
                await asyncio.to_thread(part.write, piece)
            await asyncio.to_thread(self._keep, part, digest.hexdigest())
        finally:
            await asyncio.to_thread(_give_up, part)
        return digest.hexdigest()

    async def has(self, sha256: str) -> bool:
        return await asyncio.to_thread(self._path(sha256).is_file)

    async def read(self, sha256: str) -> AsyncIterator[bytes]:
        with await asyncio.to_thread(self._path(sha256).open, "rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
                yield piece

    async def put_before(self, moment: float) -> Sequence[str]:
        return await asyncio.to_thread(self._put_before, moment)

    async def remove(self, sha256: str, *, put_before: float) -> bool:
        return await asyncio.to_thread(self._remove, self._path(sha256), put_before)

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def _begin(self) -> IO[bytes]:
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        return tempfile.NamedTemporaryFile(dir=self._incoming, delete=False)

    def _keep(self, part: IO[bytes], sha256: str) -> None:
        """Once this returns, no loss of power loses the content."""
        part.flush()
        os.fsync(part.fileno())
        path = self._path(sha256)
        with self._held():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            Path(part.name).rename(path)
        for folder in (path.parent, self.folder):
            _flush_folder(folder)

    def _put_before(self, moment: float) -> list[str]:
        """Also deletes what was given up on its way in before the moment."""
        for part in self._incoming.glob("*"):
            self._remove(part, moment)
        return sorted(path.name for path in self.folder.glob("[0-9a-f][0-9a-f]/*") if path.stat().st_mtime < moment)

    def _remove(self, path: Path, put_before: float) -> bool:
        with self._held(), suppress(FileNotFoundError):
            if path.stat().st_mtime >= put_before:
                return False
            path.unlink()
        return True

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Nobody puts and removes at once: what comes again while it is swept stays."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _give_up(part: IO[bytes]) -> None:
    """What was kept has another name by now."""
    part.close()
    Path(part.name).unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
