"""The case page: what happened, what stands, the proof; call details only with a reason."""

from __future__ import annotations

import pytest

from sekisho.core.terms.instants import MINUTE_MS

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def book(make_call_book, now_ms, cast):
    return make_call_book(*[(cast.line_a, now_ms - (20 - at) * MINUTE_MS, {}) for at in range(3)])


@pytest.fixture
def desk(browser, cast, book, open_case, now_ms):
    """The operator's browser and the address of a held line's case."""
    case = open_case(cast.line_a, now_ms - 18 * MINUTE_MS, action="hold", call_id="call-2", score_nats=15.0)
    return browser(cast.east_operator, book), f"/desk/cases/{case}/"


def read(client, address, **more):
    return client.get(address, **more).content.decode()


def test_the_page_says_what_happened_and_what_stands(desk):
    page = read(*desk)
    assert "3 calls to Sierra Leone, never called before, since 02:32: 525 yen." in page
    assert "Automatic hold" in page
    assert "the judge, by itself" in page
    assert "Charges per hour, last 48 hours" in page
    assert "score 15.0 nats" in page


def test_an_asked_line_says_so_and_can_be_released(browser, cast, book, open_case, now_ms):
    case = open_case(cast.line_a, now_ms - MINUTE_MS, action="ask", scope="232")
    page = read(browser(cast.east_operator, book), f"/desk/cases/{case}/")
    assert "Being asked: calls abroad need the PIN" in page
    assert "Calls to Sierra Leone go on only with the PIN." in page
    assert "Caller asked for the PIN" in page
    assert "<dd>calls to Sierra Leone</dd>" in page
    assert 'id="do-release"' in page
    japanese = read(browser(cast.east_operator, book, language="ja"), f"/desk/cases/{case}/")
    assert "確認中: 暗証番号を求めています" in japanese
    assert "シエラレオネへの発信" in japanese


def test_a_hold_on_a_destination_names_it(browser, cast, book, open_case, now_ms):
    case = open_case(cast.line_a, now_ms - MINUTE_MS, action="hold", scope="1658 1876")
    page = read(browser(cast.east_operator, book), f"/desk/cases/{case}/")
    assert "The judge holds calls to Jamaica." in page
    assert "<dd>calls to Jamaica</dd>" in page


def test_numbers_are_hidden_until_a_reason_is_given(desk):
    client, address = desk
    page = read(client, address)
    assert "01023276123456" not in page
    assert "Say why you look" in page


def test_a_reason_opens_the_calls_and_every_look_is_recorded(desk):
    from sekisho.office.models import AuditLine

    client, address = desk
    looks = AuditLine.objects.filter(action="calls.viewed", case__uuid=address.split("/")[3])
    assert client.post(f"{address}calls/", {"reason": "suspicion"}).status_code == 302
    assert looks.count() == 1
    page = read(client, address)
    assert "01023276123456" in page
    assert looks.count() == 1  # this look was recorded with its reason
    read(client, address)
    assert [line.data["reason"] for line in looks.all()] == ["suspicion", "suspicion"]
    read(client, f"{address}?part=now", **HTMX)
    assert looks.count() == 2  # a poll shows no call details


def test_a_reason_in_own_words(desk):
    from sekisho.office.models import AuditLine

    client, address = desk
    client.post(f"{address}calls/", {"reason": "other", "words": ""})
    assert AuditLine.objects.filter(action="calls.viewed").count() == 0
    assert "Choose a reason" in read(client, address)
    client.post(f"{address}calls/", {"reason": "other", "words": "the police asks"})
    assert AuditLine.objects.get(action="calls.viewed").data["reason"] == "the police asks"


def test_a_verdict_stands_beside_its_call(desk):
    client, address = desk
    client.post(f"{address}calls/", {"reason": "suspicion"})
    page = read(client, address)
    assert page.count('<span class="badge is-stop">') >= 2  # the case's hold, and the call's


def test_a_reason_counts_for_its_case_only(desk, open_case, cast, now_ms):
    client, address = desk
    client.post(f"{address}calls/", {"reason": "suspicion"})
    other = open_case(cast.line_b, now_ms - MINUTE_MS)
    assert "Say why you look" in read(client, f"/desk/cases/{other}/")


def test_an_auditor_reads_and_has_no_buttons(browser, cast, open_case):
    case = open_case(cast.line_a, action="hold")
    page = read(browser(cast.east_auditor), f"/desk/cases/{case}/")
    assert "Automatic hold" in page
    for name in ("do-bar", "do-release", "do-close", "contact-who"):
        assert f'id="{name}"' not in page


def test_refused_attempts_are_counted(desk, cast, now_ms):
    from sekisho.office.models import Case, Refusal

    client, address = desk
    case = Case.objects.get(line__number=cast.line_a)
    told = {"count": 37, "first_ms": now_ms - MINUTE_MS, "last_ms": now_ms, "number": "01023276****"}
    Refusal.objects.create(company=case.company, line=case.line, case=case, by="hold", bar="", **told)
    Refusal.objects.create(company=case.company, line=case.line, case=case, by="ask", bar="", **told | {"count": 2})
    page = read(client, address)
    assert "37 attempts" in page
    assert "for want of an announcement to ask" in page
    assert "01023276****" in page


def test_what_people_wrote_is_escaped(desk, cast):
    client, address = desk
    evil = "<script>alert(1)</script>"
    form = {"channel": "mail", "who": evil, "reached": "yes", "remark": evil}
    client.post(f"{address}contact/", form)
    page = read(client, address)
    assert evil not in page
    assert page.count("&lt;script&gt;") == 2


@pytest.mark.parametrize(("scope", "shown"), [("international", ["hold"]), ("232", ["hold", "ask"])])
def test_who_is_held_on_all_calls_is_not_shown_as_asked_as_well(scope, shown, cast, call_book, open_case, now_ms):
    from sekisho.office.desk.restrictions import restrictions
    from sekisho.office.queries.case_file import case_file

    open_case(cast.line_a, now_ms - MINUTE_MS, action="ask")
    case = open_case(cast.line_a, now_ms, action="hold", scope=scope)
    file = case_file(cast.east_operator, case, call_book, now_ms)
    assert ["ask" if one.is_ask else "hold" for one in restrictions(file)] == shown
