"""Where a run may connect to: names by its allowlist, addresses by what is public. No I/O."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

HTTPS = 443
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_AUTHORITY = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^\[\]:/@]+)):([0-9]{1,5})")
_NAT64 = IPv6Network("64:ff9b::/96")
# They carry an IPv4 address, or are routed where nobody looks.
_TUNNELS = tuple(
    IPv6Network(net) for net in ("2002::/16", "2001::/32", "64:ff9b:1::/48", "::/96", "fec0::/10")
)


@dataclass(frozen=True, slots=True)
class Target:
    """A host, lower case and without a final dot, or an address without brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def target(authority: str) -> Target | None:
    """What CONNECT names, `host:port`; None where it can't be one."""
    match = _AUTHORITY.fullmatch(authority.lower())
    if match is None or not 0 < (port := int(match[3])) < 65536:
        return None
    host = match[1] or match[2].removesuffix(".")
    if match[1] is None:
        return Target(host, port) if len(host) <= 253 and _NAME.fullmatch(host) else None
    try:
        return Target(str(IPv6Address(host)), port)
    except ValueError:
        return None


def allows(allowlist: Iterable[str], wanted: Target) -> bool:
    """Whether an entry names the target: `host`, `*.host` for those below it, `host:port`.

    Without a port, an entry means that of HTTPS alone. An entry that makes no sense allows nothing.
    """
    return any(_matches(entry, wanted) for entry in allowlist)


def _matches(entry: str, wanted: Target) -> bool:
    entry = entry.strip().lower()
    below = entry.startswith("*.")
    rest = entry[2:] if below else entry
    named = target(rest) or target(f"{rest}:{HTTPS}")
    if named is None or named.port != wanted.port:
        return False
    if below:
        return wanted.host.endswith(f".{named.host}") and not _is_address(wanted.host)
    return wanted.host == named.host


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether it is out on the internet, so that neither this machine, its network nor its cloud's
    metadata is reached; an IPv6 address that stands for an IPv4 one counts as that."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found in _NAT64:
            found = IPv4Address(int(found) & 0xFFFFFFFF)
        elif any(found in net for net in _TUNNELS):
            return False
    return found.is_global and not (
        found.is_multicast or found.is_reserved or found.is_private or found.is_link_local
    )
