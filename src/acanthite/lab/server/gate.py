"""The gate before the page: pure ASGI, so that websockets pass it as well as requests.

Whoever comes needs the token, once in the address, from then on in a cookie that scripts cannot
read. ``Host`` and ``Origin`` must be the page's own: other pages in the same browser are kept out.
Bodies are limited while they arrive, whether or not they say how long they are.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, quote

from acanthite.lab.server.address import Address

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_UPLOAD = 8_000_000
"""Of a body, whatever is in it. [bytes]"""

_CONTENT = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' ws:; "
    "frame-ancestors 'none'; form-action 'self'; base-uri 'self'"
)
_HEADERS = (
    (b"content-security-policy", _CONTENT.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class _TooLargeError(Exception):
    """A body went past the limit."""


class Gate:
    """Let requests of the person with the token through, and no others.

    Parameters
    ----------
    app : ASGI application
    address : Address
    largest : int
        Of a body. [bytes]
    """

    def __init__(self, app: App, address: Address, largest: int = LARGEST_UPLOAD) -> None:
        self.app = app
        self.address = address
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): v.decode("latin-1") for name, v in scope["headers"]}
        if not self._from_here(headers):
            await _refuse(scope, send, 403, "this page is opened by its own address only")
        elif scope["type"] == "http" and self._has_token(scope):
            await self._let_in(scope, send)
        elif self._has_cookie(headers):
            await self._pass_on(scope, headers, receive, send)
        else:
            await _refuse(scope, send, 403, "open the address that 'acanthite lab' printed")

    def _from_here(self, headers: dict[str, str]) -> bool:
        origin = headers.get("origin")
        own_origin = origin is None or self.address.knows_origin(origin)
        return own_origin and self.address.knows_host(headers.get("host", ""))

    def _has_cookie(self, headers: dict[str, str]) -> bool:
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(self.address.cookie)
        except CookieError:
            return False
        return cookie is not None and self.address.opens(cookie.value)

    def _has_token(self, scope: Scope) -> bool:
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        return any(self.address.opens(token) for token in query.get("token", ()))

    async def _let_in(self, scope: Scope, send: Send) -> None:
        """Put the token into a cookie, and out of the address."""
        cookie = f"{self.address.cookie}={self.address.token}; HttpOnly; SameSite=Lax; Path=/"
        path = "/" + quote(scope["path"].lstrip("/"))
        headers = [(b"location", path.encode()), (b"set-cookie", cookie.encode()), *_HEADERS]
        await _answer(send, 303, headers)

    async def _pass_on(
        self, scope: Scope, headers: dict[str, str], receive: Receive, send: Send
    ) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.largest:
            await self._too_large(scope, send)
            return
        began = left = False

        async def watched_receive() -> Message:
            nonlocal left
            message = await receive()
            left = left or message["type"] == "http.disconnect"
            return message

        async def watched_send(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        try:
            await self.app(scope, self._limited(watched_receive), watched_send)
        except _TooLargeError:
            if not began:
                await self._too_large(scope, send)
        except Exception:  # libraries complain in many ways of a browser that went away
            if not left:
                raise

    def _limited(self, receive: Receive) -> Receive:
        """Return a receiver that stops at a body that is too large, chunked ones too."""
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.largest:
                raise _TooLargeError
            return message

        return limited

    async def _too_large(self, scope: Scope, send: Send) -> None:
        await _refuse(scope, send, 413, f"at most {self.largest / 1e6:g} MB can be sent")


async def _refuse(scope: Scope, send: Send, status: int, reason: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": reason})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await _answer(send, status, [*headers, *_HEADERS], f"{reason}\n".encode())


async def _answer(
    send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b""
) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
