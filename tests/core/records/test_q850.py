"""Q.850 causes as SIP statuses, from the table of RFC 3398 section 7.2.4.1."""

from __future__ import annotations

import pytest

from sekisho.core.records.q850 import UNLISTED, sip_status

TABLE = """
1 404   2 404   3 404   17 486  18 408  19 480  20 480  21 403  22 410  23 410  26 404  27 502  28 484  29 501
31 480  34 503  38 503  41 503  42 503  47 503  55 403  57 403  58 503  65 488  70 488  79 501  87 403  88 503
102 504 111 500 127 500
"""
PAIRS = [int(word) for word in TABLE.split()]


@pytest.mark.parametrize(("cause", "status"), list(zip(PAIRS[::2], PAIRS[1::2], strict=True)))
def test_the_table(cause, status):
    assert sip_status(cause) == status


def test_a_normal_clearing_before_the_answer_is_the_caller_who_gave_up():
    assert sip_status(16) == 487


def test_every_other_cause_is_a_server_error():
    assert {sip_status(cause) for cause in range(1, 128) if cause not in {*PAIRS[::2], 16}} == {UNLISTED} == {500}
