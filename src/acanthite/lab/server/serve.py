"""The one call behind ``acanthite lab``: serve the pages until Ctrl-C."""

from __future__ import annotations

import importlib.util
import socket
from typing import TYPE_CHECKING

from acanthite.errors import MissingExtraError, ParameterError
from acanthite.lab.server.address import Address
from acanthite.lab.server.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Callable


def require_extra() -> None:
    """Refuse to start without the packages of the extra.

    Raises
    ------
    MissingExtraError
        If NiceGUI is not installed.
    """
    if importlib.util.find_spec("nicegui") is None:
        raise MissingExtraError(
            "acanthite lab needs the package nicegui, which is not installed; pip install "
            "'acanthite[lab]'"
        )


def serve(address: Address | None = None, ready: Callable[[Address], None] | None = None) -> None:
    """Serve the lab until it is interrupted.

    Parameters
    ----------
    address : Address, optional
        The loopback, port 8765 and a new token without it.
    ready : callable, optional
        Called with the address once the page can be opened.

    Raises
    ------
    MissingExtraError
        If NiceGUI is not installed.
    ParameterError
        If the port is taken, or the host is no address of this machine.

    Examples
    --------
    >>> ac.lab.serve(ready=lambda address: print(address.url))  # doctest: +SKIP
    """
    require_extra()
    address = address or Address()
    listener = _listen(address)
    try:
        _run(address, listener, ready)
    finally:
        listener.close()


def _listen(address: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address.host.strip("[]"), address.port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise ParameterError(
            f"cannot listen at {address.host}:{address.port} ({error.strerror or error}); give an "
            "address of this machine and a free port, such as --port 8766"
        ) from None
    return listener


def _run(
    address: Address, listener: socket.socket, ready: Callable[[Address], None] | None
) -> None:
    import uvicorn
    from fastapi import FastAPI
    from nicegui import core, ui

    from acanthite.lab import pages
    from acanthite.lab.server import work

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    pages.register(app)
    # the library allows every origin; the gate allows one, and so does the socket behind it
    core.sio.eio.cors_allowed_origins = [f"http://{host}" for host in sorted(address.hosts)]
    ui.run_with(app, title="acanthite lab", show_welcome_message=False, tailwind=False)
    config = uvicorn.Config(
        Gate(app, address),
        log_level="warning",
        ws_max_size=1_000_000,
        timeout_graceful_shutdown=2,
        server_header=False,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    if ready is not None:
        ready(address)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        work.close()
