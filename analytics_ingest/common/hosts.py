"""Which hosts of addresses are this machine: what is sent to them is on no network."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Return whether a host, without its port, is this machine."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
