"""Where the page is, and the secret that opens it."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field

from acanthite.arguments import count
from acanthite.errors import ParameterError

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_DEFAULT_PORT = 80  # which browsers leave out
_EVERYWHERE = {"0.0.0.0", "::", "[::]", ""}


@dataclass(frozen=True)
class Address:
    """Host, port and token of a page.

    Parameters
    ----------
    host : str
        An address of this machine; of no other than the loopback without it.
    port : int
    token : str
        Made at random without it.

    Raises
    ------
    ParameterError
        If the host means all addresses of the machine, or the port is none.

    Examples
    --------
    >>> address = ac.lab.Address(port=8123, token="secret")
    >>> address.url
    'http://127.0.0.1:8123/?token=secret'
    >>> address.knows_host("evil.example:8123"), address.knows_host("localhost:8123")
    (False, True)
    """

    host: str = "127.0.0.1"
    port: int = 8765
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def __post_init__(self) -> None:
        if self.host in _EVERYWHERE:
            raise ParameterError(
                f"host (={self.host!r}) means every address of this machine; expected one, such as "
                "127.0.0.1, or the one by which others reach this machine"
            )
        count("port", self.port, least=1, error=ParameterError)
        if self.port > 65535:
            raise ParameterError(f"port (={self.port}) must be from 1 to 65535")

    @property
    def url(self) -> str:
        """What to open: it holds the token, so it is for one person."""
        return f"{self.origin}/?token={self.token}"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        bare = self.host.strip("[]")
        host = f"[{bare}]" if ":" in bare else bare
        return f"http://{host}:{self.port}"

    @property
    def cookie(self) -> str:
        """Name of the cookie that holds the token; ports share cookies, so it names the port."""
        return f"acanthite-lab-{self.port}"

    def knows_host(self, host: str) -> bool:
        """Return whether a ``Host`` header names this page."""
        return host in self.hosts

    def knows_origin(self, origin: str) -> bool:
        """Return whether an ``Origin`` header names this page."""
        return origin in {f"http://{host}" for host in self.hosts}

    def opens(self, token: str) -> bool:
        """Return whether a token is the right one, in a time that does not depend on it."""
        return hmac.compare_digest(token.encode(), self.token.encode())

    @property
    def hosts(self) -> set[str]:
        """What a ``Host`` header may be."""
        own = self.origin.removeprefix("http://").rpartition(":")[0]
        names = {*LOOPBACK, own}
        with_port = {f"{name}:{self.port}" for name in names}
        return with_port | names if self.port == _DEFAULT_PORT else with_port
