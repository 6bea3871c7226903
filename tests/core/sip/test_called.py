from __future__ import annotations

import pytest

from sekisho.core.sip.called import read_called
from sekisho.core.sip.request import BadMessage


@pytest.mark.parametrize(
    ("uri", "number"),
    [
        ("sip:0106112345678@192.0.2.1;user=phone", "0106112345678"),
        ("sip:+61112345678@192.0.2.1", "+61112345678"),
        ("tel:0312345678;phone-context=+81", "0312345678"),
        ("tel:110;phone-context=+81-3", "110"),
        ("tel:0106112345678;phone-context=+81", "0106112345678"),
        ("tel:0312345678;phone-context=carrier.example.jp", "0312345678"),
        ("tel:+61112345678;phone-context=+81", "+61112345678"),
    ],
)
def test_what_was_dialled(uri, number):
    assert read_called(uri) == (number, number, False)


def test_a_local_number_of_another_country_is_a_number_there():
    assert read_called("tel:2125550100;phone-context=+1") == ("+12125550100", "2125550100", False)
    assert read_called("sip:22278680;phone-context=+232@x") == ("+23222278680", "22278680", False)


@pytest.mark.parametrize(
    "uri", ["urn:service:sos", "urn:service:sos.police", "URN:SERVICE:SOS.fire", "urn:service:sos.ecall.automatic"]
)
def test_the_emergency_service_needs_no_number(uri):
    assert read_called(uri) == ("", "", True)


@pytest.mark.parametrize("uri", ["urn:service:counseling", "http://example.jp", "mailto:a@b", "110"])
def test_other_schemes_cannot_be_called(uri):
    with pytest.raises(BadMessage) as caught:
        read_called(uri)
    assert caught.value.status == 416
