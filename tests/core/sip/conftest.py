"""Messages to start from."""

from __future__ import annotations

import pytest

PEER = ("192.0.2.10", 5060)
SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nt=0 0\r\n"


def message(
    method="INVITE", uri="sip:0106112345678@192.0.2.1;user=phone", *, body="", drop=(), version="SIP/2.0", **more
):
    """A request in order, as bytes; `more` sets header lines by name (`Call_ID`), `drop` leaves some out."""
    headers = {
        "Via": "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK-1",
        "From": "<sip:+81312345678@192.0.2.10>;tag=f1",
        "To": "<sip:0106112345678@192.0.2.1;user=phone>",
        "Call-ID": "call-1@192.0.2.10",
        "CSeq": f"1 {method}",
        "Max-Forwards": "70",
        "Content-Length": str(len(body)),
    }
    headers |= {name.replace("_", "-").removesuffix("-"): value for name, value in more.items()}
    lines = [f"{name}: {value}\r\n" for name, value in headers.items() if name not in drop]
    return (f"{method} {uri} {version}\r\n" + "".join(lines) + "\r\n" + body).encode("latin-1")


@pytest.fixture(scope="session")
def make():
    return message


@pytest.fixture(scope="session")
def peer():
    return PEER
