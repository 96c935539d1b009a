"""Host, port and token."""

import pytest

from acanthite.errors import ParameterError
from acanthite.lab import Address


def test_tokens_are_long_and_never_the_same():
    tokens = {Address().token for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 40


def test_the_token_is_not_in_its_repr():
    address = Address()
    assert address.token not in repr(address)
    assert address.token in address.url


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_all_addresses_at_once_are_refused(host):
    with pytest.raises(ParameterError, match="means every address of this machine"):
        Address(host)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_is_a_port(port):
    with pytest.raises(ParameterError, match="port"):
        Address(port=port)


def test_an_ipv6_address_has_brackets():
    address = Address("::1", 8123, "secret")
    assert address.url == "http://[::1]:8123/?token=secret"
    assert address.knows_host("[::1]:8123")


def test_browsers_leave_out_port_80():
    assert Address(port=80).knows_origin("http://localhost")
    assert not Address(port=81).knows_origin("http://localhost")
