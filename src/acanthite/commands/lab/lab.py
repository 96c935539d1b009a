"""``acanthite lab``: a local web page where knobs are turned and the physics is seen at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from acanthite.commands.options import option, whole_number

if TYPE_CHECKING:
    from acanthite.lab import Address

_port = whole_number(1, 65535, "a port; give a whole number from 1 to 65535")

Host = Annotated[str, option("HOST", "Address of this machine to listen at.")]
Port = Annotated[int, option("N", "Port to listen at.", parser=_port)]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")]


def lab(host: Host = "127.0.0.1", port: Port = 8765, no_browser: NoBrowser = False) -> None:
    """Open a local web page where knobs are turned and the physics is seen at once.

    The address holds a secret token: only who has it gets in. Ctrl-C ends the page.
    """
    from acanthite.lab import Address, serve

    def ready(address: Address) -> None:
        typer.echo(f"open {address.url}\nend with Ctrl-C")
        if not no_browser:
            typer.launch(address.url)

    serve(Address(host, port), ready)
