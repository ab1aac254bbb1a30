"""Which targets an allowlist allows, and which addresses are public."""

from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gateway.reach import Target, allows, is_public, target


@pytest.mark.parametrize(
    ("authority", "found"),
    [
        ("example.com:443", Target("example.com", 443)),
        ("EXAMPLE.com.:443", Target("example.com", 443)),
        ("a_b.example:8080", Target("a_b.example", 8080)),
        ("1.2.3.4:443", Target("1.2.3.4", 443)),
        ("[2001:DB8::1]:443", Target("2001:db8::1", 443)),
        ("[::ffff:127.0.0.1]:443", Target(str(IPv6Address("::ffff:127.0.0.1")), 443)),
        ("2130706433:443", Target("2130706433", 443)),
        ("example.com", None),
        ("example.com:", None),
        ("example.com:0", None),
        ("example.com:65536", None),
        ("example.com:443443", None),
        ("example.com:+443", None),
        ("example.com: 443", None),
        (":443", None),
        ("..:443", None),
        ("a..b:443", None),
        ("-a.com:443", None),
        ("user@example.com:443", None),
        ("example.com/x:443", None),
        ("http://example.com:443", None),
        ("exam ple.com:443", None),
        ("example.com\0:443", None),
        ("example.com\n:443", None),
        ("example.com:443\n", None),
        ("exämple.com:443", None),
        ("example.com:٤٤٣", None),
        ("[::1:443", None),
        ("[::1%eth0]:443", None),
        ("[gg::1]:443", None),
        ("::1:443", None),
        ("x" * 64 + ".com:443", None),
        ("a." * 130 + "com:443", None),
        ("", None),
    ],
    ids=repr,
)
def test_targets(authority: str, found: Target | None) -> None:
    assert target(authority) == found


@given(st.text(max_size=40))
def test_whatever_is_named_names_itself(authority: str) -> None:
    found = target(authority)
    assert found is None or target(str(found)) == found


@pytest.mark.parametrize(
    ("entry", "wanted", "allowed"),
    [
        ("pypi.org", "pypi.org:443", True),
        ("PyPI.org", "pypi.ORG.:443", True),
        ("pypi.org", "pypi.org:80", False),
        ("pypi.org", "evil-pypi.org:443", False),
        ("pypi.org", "a.pypi.org:443", False),
        ("pypi.org", "pypi.org.evil.com:443", False),
        ("*.pypi.org", "a.pypi.org:443", True),
        ("*.pypi.org", "a.b.pypi.org:443", True),
        ("*.pypi.org", "pypi.org:443", False),
        ("*.pypi.org", "evilpypi.org:443", False),
        ("*.pypi.org", "a.pypi.org:8443", False),
        ("*.pypi.org:8443", "a.pypi.org:8443", True),
        ("pypi.org:8080", "pypi.org:8080", True),
        ("pypi.org:8080", "pypi.org:443", False),
        ("10.0.0.5:5000", "10.0.0.5:5000", True),
        ("*.0.0.5", "10.0.0.5:443", False),
        ("[::1]:5000", "[::1]:5000", True),
        ("*", "pypi.org:443", False),
        ("*.*", "pypi.org:443", False),
        ("*.", "pypi.org:443", False),
        ("py*.org", "pypi.org:443", False),
        ("", "pypi.org:443", False),
        ("https://pypi.org", "pypi.org:443", False),
    ],
)
def test_an_allowlist(entry: str, wanted: str, allowed: bool) -> None:
    found = target(wanted)
    assert found is not None
    assert allows([entry], found) is allowed
    assert allows(["other.com", entry], found) is allowed


def test_an_empty_allowlist_allows_nothing() -> None:
    assert not allows([], Target("pypi.org", 443))


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "151.101.0.223", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"],
)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1.2.3", "0.0.0.0",  # noqa: S104
        "10.0.0.1", "172.16.0.1", "172.31.255.255",
        "192.168.0.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "224.0.0.1",
        "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001::1",
        "2001:db8::1", "example.com", "", "1.1.1", "0x7f000001",
    ],
)  # fmt: skip
def test_not_public(address: str) -> None:
    assert not is_public(address)
