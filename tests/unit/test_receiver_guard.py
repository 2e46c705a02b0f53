"""The addresses no webhook goes to: the traps of the `ipaddress` flags, metadata services, wrapped IPv4."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.webhooks.domain import is_denied

DENIED = {
    "this host": ["0.0.0.0", "0.1.2.3", "::"],
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1"],
    "link-local": ["169.254.0.1", "fe80::1", "fe80::1%eth0", "fec0::1"],
    "machine metadata": [
        "169.254.169.254",
        "100.100.100.200",
        "169.254.0.23",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
    ],
    "carrier-grade NAT": ["100.64.0.1", "100.127.255.255"],
    "IPv4 wrapped in IPv6": [
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
    "multicast and broadcast": ["224.0.0.1", "239.255.255.250", "255.255.255.255", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "5f00::1", "100::1", "4000::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
}
PUBLIC = [
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "192.167.255.255",
    "192.169.0.1",
    "198.17.255.255",
    "198.20.0.1",
    "223.5.5.5",
    "2001:200::1",
    "2400:3200::1",
    "2606:4700:4700::1111",
    "2003::1",
]


@pytest.mark.parametrize(
    "address", [pytest.param(each, id=f"{kind}: {each}") for kind, all_ in DENIED.items() for each in all_]
)
def test_an_inner_or_special_address_is_denied(address: str) -> None:
    assert is_denied(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_beside_a_denied_range_is_not_denied(address: str) -> None:
    assert not is_denied(address)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_whatever_python_calls_inner_is_denied(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    inner = (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )
    assert is_denied(str(address)) or not inner


def test_a_name_is_not_an_address() -> None:
    with pytest.raises(ValueError, match="localhost"):
        is_denied("localhost")
