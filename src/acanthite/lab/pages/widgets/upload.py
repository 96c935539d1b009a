"""Files sent to a page: one address a page that waits for one."""

from __future__ import annotations

import secrets
import weakref
from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from fastapi import HTTPException, Request
from nicegui.element import Element

from acanthite.lab.server.gate import LARGEST_UPLOAD

Receiver = Callable[[str, bytes], Awaitable[str | None]]
"""Called with name and content; returns in one line what is wrong, None if nothing is."""

PATH = "/upload"
_waiting: weakref.WeakValueDictionary[str, UploadElement] = weakref.WeakValueDictionary()


class UploadElement(Element, component="upload.js"):
    """A file input; what the receiver says stands below it."""

    def __init__(self, label: str, accept: str, receive: Receiver) -> None:
        super().__init__()
        key = secrets.token_urlsafe(12)
        self.receive = receive
        self._props.update(
            target=f"{PATH}/{key}", label=label, accept=accept, largest=LARGEST_UPLOAD
        )
        _waiting[key] = self


async def take(key: str, request: Request) -> dict[str, str]:
    """Give what was sent to the page that waits for it."""
    element = _waiting.get(key)
    if element is None:
        raise HTTPException(404, "no page waits for this file")
    name = unquote(request.headers.get("x-file-name", "file"))
    error = await element.receive(name, await request.body())
    return {"error": error or ""}
