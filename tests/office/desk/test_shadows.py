"""The pages of shadow policies: beside the active one, with links to cases; calls only after a reason."""

from __future__ import annotations

import pytest

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS


@pytest.fixture
def compared(cast, shadow, open_case, now_ms):
    """A fraud that the shadow saw twenty minutes sooner, and a line that only the shadow spoke of."""
    from sekisho.office.services.close_case import close_case

    opened = now_ms - 2 * HOUR_MS
    case = open_case(cast.line_a, opened, spend_today=9_000_000)
    close_case(case=case, outcome="fraud", now_ms=now_ms - MINUTE_MS, by=cast.east_operator)
    words = [
        ("s1", cast.line_a, opened - 20 * MINUTE_MS, {"spend_today": 2_000_000}),
        ("s2", cast.line_b, opened, {"action": "hold", "call_id": "call-1"}),
    ]
    shadow(words)
    return case


def test_the_list_says_the_main_things(compared, browser, cast):
    text = browser(cast.east_supervisor).get("/desk/shadows/").content.decode()
    assert "Of 1 case closed as fraud it spoke of 1. Sooner in 1, later in 0; in the middle 20 minutes sooner." in text
    assert "Does not run" in text
    assert 'aria-current="page">Shadow policies</a>' in text


def test_without_shadows_the_list_says_how_to_begin(cast, browser):
    text = browser(cast.east_auditor).get("/desk/shadows/").content.decode()
    assert "No shadow policy has reported yet." in text
    assert "Shadow policies" not in browser(cast.east_operator).get("/desk/watch/").content.decode()


def test_one_shadow_beside_the_active_policy(compared, browser, cast):
    text = browser(cast.east_auditor, language="ja").get("/desk/shadows/night/").content.decode()
    for said in (
        "不正利用として終了した1件のうち、1件を判定しました。",
        "中央値は20分早い判定です。",
        "合計2,000円、現行ポリシーでは9,000円でした。",
        "20分早い",
        f"/desk/cases/{compared}/",
        f"/desk/shadows/night/lines/{cast.line_b[1:]}/",
        "hold_nats",
        "試行ポリシーだけが判定した電話番号 (1)",
    ):
        assert said in text, said


def test_calls_are_shown_after_a_reason_and_every_look_is_written_down(compared, browser, cast, make_call_book, now_ms):
    from sekisho.office.models import AuditLine

    book = make_call_book(("+818000000000", now_ms, {}), (cast.line_b, now_ms - 2 * HOUR_MS, {}))
    client, there = browser(cast.east_auditor, book), f"/desk/shadows/night/lines/{cast.line_b[1:]}/"
    before = client.get(there).content.decode()
    assert "This line has no case" in before
    assert "01023276123456" not in before
    assert client.post(f"{there}calls/", {"reason": "other", "words": ""}).status_code == 302
    assert AuditLine.objects.filter(action="calls.viewed").count() == 0
    answer = client.post(f"{there}calls/", {"reason": "suspicion"})
    assert answer["Location"] == f"{there}#calls"
    for looks in (1, 2):
        text = client.get(there).content.decode()
        assert "01023276123456" in text
        assert "Shown for this reason: Check suspected fraud." in text
        seen = AuditLine.objects.filter(action="calls.viewed")
        assert seen.count() == looks
    look = seen.first()
    assert (look.line.number, look.object, look.data, look.user) == (
        cast.line_b,
        "+8139876****",
        {"reason": "suspicion"},
        cast.east_auditor,
    )


def test_a_reason_for_one_line_is_none_for_another(compared, browser, cast, call_book, shadow, now_ms):
    client = browser(cast.east_supervisor, call_book)
    shadow([("s9", cast.line_a2, now_ms, {})])
    client.post(f"/desk/shadows/night/lines/{cast.line_b[1:]}/calls/", {"reason": "suspicion"})
    other = client.get(f"/desk/shadows/night/lines/{cast.line_a2[1:]}/").content.decode()
    assert "Say why you look" in other
