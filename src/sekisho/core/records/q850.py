"""Q.850 cause values as final SIP status codes: RFC 3398 section 7.2.4.1 (a release before any answer)."""

from __future__ import annotations

from typing import Final

UNLISTED: Final = 500  # RFC 3398: a cause value that is not in the table
CLEARED_BY_CALLER: Final = 487  # 16 has no status there: before an answer it is the caller who gave up
_SIP_BY_CAUSE: Final = {
    1: 404,  # unallocated number
    2: 404,  # no route to network
    3: 404,  # no route to destination
    16: CLEARED_BY_CALLER,
    17: 486,  # user busy
    18: 408,  # no user responding
    19: 480,  # no answer from the user
    20: 480,  # subscriber absent
    21: 403,  # call rejected
    22: 410,  # number changed
    23: 410,  # redirection to new destination
    26: 404,  # non-selected user clearing
    27: 502,  # destination out of order
    28: 484,  # address incomplete
    29: 501,  # facility rejected
    31: 480,  # normal, unspecified
    34: 503,  # no circuit available
    38: 503,  # network out of order
    41: 503,  # temporary failure
    42: 503,  # switching equipment congestion
    47: 503,  # resource unavailable
    55: 403,  # incoming calls barred within CUG
    57: 403,  # bearer capability not authorised
    58: 503,  # bearer capability not presently available
    65: 488,  # bearer capability not implemented
    70: 488,  # only restricted digital information
    79: 501,  # service or option not implemented
    87: 403,  # user not member of CUG
    88: 503,  # incompatible destination
    102: 504,  # recovery on timer expiry
    111: 500,  # protocol error
    127: 500,  # interworking
}


def sip_status(cause: int) -> int:
    """The SIP status that stands for a Q.850 cause (1..127) of a call that was never answered."""
    return _SIP_BY_CAUSE.get(cause, UNLISTED)
