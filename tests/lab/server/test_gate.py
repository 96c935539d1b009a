"""The gate: who comes in, who does not, and how much may be sent."""

import asyncio

import pytest

from acanthite.lab import Address
from acanthite.lab.server.gate import Gate

ADDRESS = Address(port=8123, token="right")
COOKIE = ("cookie", "acanthite-lab-8123=right")
HOST = ("host", "127.0.0.1:8123")
OWN = ("origin", "http://127.0.0.1:8123")


async def inner(scope, receive, send):
    """Read the body and answer with its length; accept a websocket."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


def ask(*headers, kind="http", path="/", query="", chunks=(b"",), largest=100):
    """Send a request through the gate; return what comes back."""
    scope = {
        "type": kind,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    bodies = [{"type": "http.request", "body": body, "more_body": True} for body in chunks]
    bodies[-1]["more_body"] = False
    answers = []

    async def receive():
        return bodies.pop(0)

    async def send(message):
        answers.append(message)

    asyncio.run(Gate(inner, ADDRESS, largest)(scope, receive, send))
    return answers


def status(*headers, **more):
    """Return the status of an answer."""
    return ask(*headers, **more)[0]["status"]


def test_nobody_comes_in_without_the_token():
    assert status(HOST) == 403
    assert status(HOST, query="token=wrong") == 403
    assert status(HOST, query="token=") == 403
    assert status(HOST, ("cookie", "acanthite-lab-8123=wrong")) == 403
    assert status(HOST, ("cookie", "acanthite-lab-9000=right")) == 403


def test_the_token_becomes_a_cookie_that_scripts_cannot_read():
    (start, _) = ask(HOST, query="token=right")
    headers = dict(start["headers"])
    assert start["status"] == 303
    assert headers[b"location"] == b"/"
    assert b"HttpOnly" in headers[b"set-cookie"]
    assert b"SameSite" in headers[b"set-cookie"]


@pytest.mark.parametrize("path", ["//evil.example/", "/\r\nset-cookie: a=b", "/chip"])
def test_the_token_leads_to_a_page_of_this_server(path):
    location = dict(ask(HOST, path=path, query="token=right")[0]["headers"])[b"location"]
    assert location.startswith(b"/")
    assert not location.startswith(b"//")
    assert b"\r" not in location
    assert b"\n" not in location


def test_the_token_leaves_the_address_of_who_has_the_cookie_too():
    assert status(HOST, COOKIE, query="token=right") == 303


def test_the_cookie_opens():
    assert status(HOST, COOKIE) == 200
    assert status(HOST, COOKIE, OWN) == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8123", "127.0.0.1:9", ""])
def test_a_foreign_host_is_refused_with_the_cookie_too(host):
    assert status(("host", host), COOKIE) == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:9", "null"])
def test_a_foreign_origin_is_refused_with_the_cookie_too(origin):
    assert status(HOST, COOKIE, ("origin", origin)) == 403


def test_websockets_pass_the_same_gate():
    def answer(*headers, **more):
        return ask(*headers, kind="websocket", **more)[0]["type"]

    assert answer(HOST, COOKIE, OWN) == "websocket.accept"
    assert answer(HOST, OWN) == "websocket.close"
    assert answer(HOST, OWN, query="token=right") == "websocket.close"
    assert answer(HOST, COOKIE, ("origin", "http://evil.example")) == "websocket.close"


def test_a_body_is_limited_by_what_it_says():
    assert status(HOST, COOKIE, ("content-length", "100"), chunks=[bytes(100)]) == 200
    assert status(HOST, COOKIE, ("content-length", "101"), chunks=[bytes(101)]) == 413
    assert status(HOST, COOKIE, ("content-length", "-1")) == 413


def test_a_body_is_limited_by_what_arrives():
    assert status(HOST, COOKIE, chunks=[bytes(60), bytes(40)]) == 200
    assert status(HOST, COOKIE, chunks=[bytes(60), bytes(41)]) == 413
    assert status(HOST, COOKIE, ("content-length", "5"), chunks=[bytes(101)]) == 413


def test_the_page_may_load_nothing_from_elsewhere():
    headers = dict(ask(HOST, COOKIE)[0]["headers"])
    assert b"default-src 'self'" in headers[b"content-security-policy"]
    assert b"http" not in headers[b"content-security-policy"]
    assert headers[b"referrer-policy"] == b"no-referrer"


def test_a_browser_that_goes_away_is_no_fault_and_anything_else_is():
    async def broken(scope, receive, send):
        message = await receive()
        raise KeyError(message["type"])

    def served(first):
        scope = {"type": "http", "path": "/", "headers": [(b"host", b"127.0.0.1:8123")]}
        scope["headers"].append((b"cookie", COOKIE[1].encode()))

        async def receive():
            return {"type": first}

        async def send(message):
            raise AssertionError

        asyncio.run(Gate(broken, ADDRESS)(scope, receive, send))

    served("http.disconnect")
    with pytest.raises(KeyError, match=r"http\.request"):
        served("http.request")
