"""The records of one Call-ID → calls. Times are seconds after T."""

from __future__ import annotations

from sekisho.core.records.kamailio_calls import Told, calls_of
from sekisho.core.records.kamailio_line import Cdr, Request

T = 1_795_456_377_000


def request(row, method, at, code=200, from_tag="a", to_tag="b", dst="0666119495"):
    dst = dst if method == "INVITE" else ""
    return Request(row, T + round(at * 1_000), method, "c", from_tag, to_tag, code, "0312000000", dst)


def cdr(row, start, end, dst="0666119495"):
    return Cdr(row, T + round(start * 1_000), T + round(end * 1_000), "c", "0312000000", dst)


def told(*records):
    """(rows, start, answer, end, cause) of every call in seconds after T, and the orphans' rows."""
    calls, orphans = calls_of(records)
    assert all((call.src, call.dst) == ("0312000000", "0666119495") for call in calls)
    out = []
    for call in calls:
        times = (None if at is None else (at - T) / 1_000 for at in (call.start, call.answer, call.end))
        out.append((call.rows, *times, call.cause))
    return out, orphans


def test_invite_bye_and_cdr_are_one_call():
    assert told(request(1, "INVITE", 5), request(2, "BYE", 65.002), cdr(3, 0, 65)) == ([((1, 2, 3), 0, 5, 65, 200)], [])


def test_a_refused_invite_is_an_attempt():
    assert told(cdr(1, 0, 0), request(2, "INVITE", 0.002, 403)) == ([((1, 2), 0, None, 0.002, 403)], [])
    assert told(request(1, "INVITE", 30, 486)) == ([((1,), 30, None, 30, 486)], [])


def test_the_records_may_disagree_by_a_few_ms():
    assert told(request(1, "INVITE", 0), cdr(2, 0.001, 9)) == ([((1, 2), 0, 0, 9, 200)], [])
    assert told(request(1, "INVITE", 5), request(2, "BYE", 4.998)) == ([((1, 2), 5, 5, 5, 200)], [])
    assert told(request(1, "INVITE", 5), cdr(2, 0, 4.999)) == ([((1, 2), 0, 5, 5, 200)], [])


def test_an_answered_call_without_an_end_is_still_up():
    assert told(request(1, "INVITE", 5)) == ([((1,), 5, 5, None, 200)], [])


def test_the_bye_ends_a_call_that_has_no_cdr():
    assert told(request(1, "INVITE", 5), request(2, "BYE", 20), request(3, "BYE", 21)) == (
        [((1, 2, 3), 5, 5, 21, 200)],
        [],
    )


def test_a_bye_of_the_callee_has_the_tags_the_other_way_round():
    bye = request(2, "BYE", 20, from_tag="b", to_tag="a")
    assert told(request(1, "INVITE", 5), bye) == ([((1, 2), 5, 5, 20, 200)], [])


def test_a_reinvite_changes_neither_answer_nor_cause():
    assert told(request(1, "INVITE", 5), request(2, "INVITE", 30), request(3, "INVITE", 40, 488), cdr(4, 0, 65)) == (
        [((1, 2, 3, 4), 0, 5, 65, 200)],
        [],
    )


def test_a_challenge_and_the_branches_of_a_fork_are_part_of_the_call():
    assert told(
        request(1, "INVITE", 0, 407), request(2, "INVITE", 9, 486), request(3, "INVITE", 12), request(4, "ACK", 12)
    ) == (
        [((1, 2, 3, 4), 0, 12, None, 200)],
        [],
    )
    assert told(request(1, "INVITE", 0, 407), request(2, "INVITE", 1, 403)) == ([((1, 2), 0, None, 1, 403)], [])


def test_a_cancelled_call_ends_with_its_invite():
    assert told(request(1, "CANCEL", 9), request(2, "INVITE", 9.01, 487), cdr(3, 0, 0)) == (
        [((1, 2, 3), 0, None, 9.01, 487)],
        [],
    )


def test_an_acknowledgement_tells_of_an_answer():
    assert told(request(1, "INVITE", 0, 407), request(2, "ACK", 12)) == ([((1, 2), 0, 12, None, 200)], [])


def test_a_cdr_alone_is_a_call():
    assert told(cdr(4, 0, 65)) == ([((4,), 0, 0, 65, 200)], [])
    assert told(cdr(4, 0, 0)) == ([((4,), 0, None, 0, None)], [])
    assert told(request(1, "BYE", 65), cdr(4, 0, 65)) == ([((1, 4), 0, 0, 65, 200)], [])


def test_a_cdr_that_lasted_says_that_there_was_an_answer():
    assert told(request(1, "INVITE", 40, 488), cdr(2, 0, 65)) == ([((1, 2), 0, 0, 65, 200)], [])


def test_an_answered_call_with_a_cdr_of_no_length_ends_with_its_bye():
    assert told(request(1, "INVITE", 5), cdr(2, 0, 0), request(3, "BYE", 9)) == ([((1, 2, 3), 0, 5, 9, 200)], [])
    assert told(request(1, "INVITE", 5), cdr(2, 0, 0)) == ([((1, 2), 0, 5, 5, 200)], [])


def test_a_cdr_written_twice_is_merged():
    assert told(request(1, "INVITE", 5), cdr(2, 0, 65), cdr(3, 0, 65)) == ([((1, 2, 3), 0, 5, 65, 200)], [])


def test_a_bye_alone_has_no_start():
    assert told(request(7, "BYE", 65), request(8, "ACK", 5)) == ([], [7, 8])


def test_a_call_id_that_is_used_again_is_another_call():
    assert told(
        request(1, "INVITE", 5),
        request(2, "BYE", 65),
        cdr(3, 0, 65),
        request(4, "INVITE", 105, from_tag="x", to_tag="y"),
        request(5, "BYE", 200, from_tag="y", to_tag="x"),
        cdr(6, 100, 200),
    ) == ([((1, 2, 3), 0, 5, 65, 200), ((4, 5, 6), 100, 105, 200, 200)], [])


def test_a_call_id_used_again_with_the_same_tag_is_another_call_by_its_cdr():
    assert told(request(1, "INVITE", 5), cdr(2, 0, 65), request(3, "INVITE", 105), cdr(4, 100, 200)) == (
        [((1, 2, 3), 0, 5, 65, 200), ((4,), 100, 100, 200, 200)],
        [],
    )


def test_a_foreign_bye_does_not_end_a_call():
    foreign = request(2, "BYE", 6, from_tag="q", to_tag="r")
    assert told(request(1, "INVITE", 5), foreign, cdr(3, 0, 65)) == ([((1, 3), 0, 5, 65, 200)], [2])


def test_a_bye_without_tags_belongs_to_the_last_call_that_had_begun():
    first, second = request(1, "INVITE", 5), request(2, "INVITE", 100, from_tag="x")
    assert told(first, second, request(3, "BYE", 50, from_tag="", to_tag="")) == (
        [((1, 3), 5, 5, 50, 200), ((2,), 100, 100, None, 200)],
        [],
    )


def test_what_the_invite_does_not_say_the_cdr_says():
    silent = request(1, "INVITE", 5)._replace(src="", dst="")
    (call,), _ = calls_of([silent, cdr(2, 0, 65)])
    assert call == Told((1, 2), "0312000000", "0666119495", T, T + 5_000, T + 65_000, 200)
