"""What a shadow policy said is kept apart: no case, no hold, nothing for the journal comes of it."""

from __future__ import annotations

from sekisho.core.terms.instants import MINUTE_MS


def test_nothing_follows_from_a_shadows_words(cast, shadow, posted, now_ms):
    from sekisho.office.models import AuditLine, Case, Hold, ShadowVerdict, Verdict

    trail = AuditLine.objects.count()
    shadow([(f"v{at}", cast.line_a, now_ms - at * MINUTE_MS, {"action": "hold"}) for at in range(9)])
    assert ShadowVerdict.objects.count() == 9
    assert [model.objects.count() for model in (Case, Hold, Verdict)] == [0, 0, 0]
    assert posted() == []
    assert AuditLine.objects.count() == trail


def test_each_once_with_line_and_company_where_they_are_known(cast, shadow, now_ms):
    from sekisho.office.models import ShadowVerdict

    told = [
        ("v1", "0312345678", now_ms, {}),
        ("v2", "0399999999", now_ms, {}),
        ("v3", "0312345678", now_ms, {"company": "nobody"}),
    ]
    shadow(told)
    shadow(told)
    rows = ShadowVerdict.objects.order_by("verdict_id").values_list(
        "shadow", "version", "verdict_id", "line__number", "line_text", "company__code", "action"
    )
    assert list(rows) == [
        ("night", "v1", "v1", cast.line_a, "0312345678", "east", "alert"),
        ("night", "v1", "v2", None, "0399999999", "east", "alert"),
        ("night", "v1", "v3", None, "0312345678", None, "alert"),
    ]
    assert ShadowVerdict.objects.first().evidence[0]["facts"] == {"per_hour": 0.01}


def test_two_shadows_may_say_the_same(cast, shadow, now_ms):
    from sekisho.office.models import ShadowPolicy, ShadowVerdict

    for name in ("night", "strict"):
        shadow([("v1", cast.line_a, now_ms, {})], name=name)
    assert ShadowVerdict.objects.count() == 2
    assert list(ShadowPolicy.objects.order_by("name").values_list("name", "version")) == [
        ("night", "v1"),
        ("strict", "v1"),
    ]


def test_the_relay_takes_the_topics_of_its_shadows(cast, tmp_path, verdicts, now_ms):
    from sekisho.bodies import body_of
    from sekisho.core.tables import VERDICTS
    from sekisho.office.models import ConsumerOffset, ShadowVerdict
    from sekisho.office.relay.exchange import Relay
    from sekisho.ports import Message
    from sekisho.wiring.embedded import open_embedded
    from sekisho.wiring.settings import read_settings

    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path)}), [])
    body = body_of([verdicts(("v1", cast.line_a, now_ms, {}))], VERDICTS)
    home.log.append({"shadow.night": [Message("verdicts", "abc:journal:7", body)]})
    relay = Relay(home.log, home.clock, lambda _line: None, ["night"])
    while relay.step():
        pass
    home.close()
    assert ShadowVerdict.objects.get().version == "abc"
    assert ConsumerOffset.objects.get(topic="shadow.night").sequence == 1
