"""The report's words, Japanese and English side by side, and how it writes figures."""

from __future__ import annotations

from functools import cache
from typing import Final

from babel import Locale

from sekisho.core.terms.destination import country_text
from sekisho.core.terms.money import MILLIYEN

LANGUAGES: Final = ("ja", "en")
_HOUR_S: Final = 3_600
_MINUTE_S: Final = 60
_DAY_S: Final = 86_400
_POWERS: Final = {  # how an axis writes powers of ten
    "ja": {1e3: "1千", 1e4: "1万", 1e5: "10万", 1e6: "100万", 1e7: "1千万"},
    "en": {1e3: "1k", 1e4: "10k", 1e5: "100k", 1e6: "1M", 1e7: "10M"},
}

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "title": ("関所 バックテスト報告", "Sekisho backtest report"),
    "lead": (
        "過去の通話を、その時に分かっていたことだけで判定した結果です。",
        "Past calls, judged with nothing but what was known at the time.",
    ),
    "lost": ("止めるまでの損失", "Lost before the stop"),
    "of_stake": ("被害想定額 {stake} のうち {lost}", "{lost} of {stake} at stake"),
    "false_asks": ("誤った本人確認", "False asks"),
    "false_holds": ("誤った保留", "False holds"),
    "per_million": ("100万国際回線日あたり (実数 {count})", "per million international line-days ({count} seen)"),
    "caught": ("止めた事案", "Incidents caught"),
    "of_incidents": ("{incidents} 件のうち", "of {incidents}"),
    "calls": ("通話", "Calls"),
    "calls_of": ("{calls} 件 (国際 {abroad} 件)", "{calls}, {abroad} of them international"),
    "feed": ("見え方", "Feed"),
    "feed_live": ("live (発信・応答・終了の時点で見る)", "live: calls are seen as they happen"),
    "feed_cdr": ("cdr (終了した時点で見る)", "cdr: calls are seen when they end"),
    "speed": ("速さ", "Speed"),
    "per_second": ("毎秒 {calls} 件", "{calls} calls/s"),
    "policy": ("監視方針の版", "Policy version"),
    "simulator": ("シミュレーター", "Simulator"),
    "line_days": ("国際回線日", "International line-days"),
    "missing": ("見つからない不正通話", "Fraudulent calls not in the data"),
    "curve": ("損失と誤り", "Loss against false stops"),
    "curve_lead": (
        "しきい値を低くすれば早く止まり、誤りが増えます。左下ほど優れています。",
        "Lower thresholds stop earlier and err more often. Lower left is better.",
    ),
    "axis_false": ("誤り (100万国際回線日あたり)", "false stops per million line-days"),
    "axis_lost": ("損失の割合", "share of yen lost"),
    "line_all": ("関所 (本人確認と保留)", "Sekisho, asks and holds"),
    "line_holds": ("関所 (保留だけ数える)", "Sekisho, counting holds only"),
    "as_set": ("いまの設定", "as it is set"),
    "shift": ("しきい値の差 (nat)", "Threshold shift, nats"),
    "lost_share": ("損失の割合", "Lost"),
    "compare": ("ほかの方式との比較", "Beside other rules"),
    "compare_lead": (
        "同じ通話に、ほかの道具や当時の方法の基準をあてはめ、同じ数え方で比べます。",
        "The rules of other tools and other times, on the same calls, scored alike.",
    ),
    "rule": ("方式", "Rule"),
    "false_bars": ("誤り/100万回線日", "False stops per million"),
    "median_delay": ("遅れの中央値", "Median delay"),
    "honest_blocked": ("止められた正当な通話", "Honest calls stopped"),
    "honest_asked": ("確認を求められた正当な通話", "Honest calls asked"),
    "kinds": ("手口ごと", "By kind of attack"),
    "kinds_lead": (
        "中央値と、10件のうち9件が収まる値です。止められなかった事案の遅れは無限とみなします。",
        "Medians, and what nine in ten do not exceed. An incident that was not caught has an endless delay.",
    ),
    "kind": ("手口", "Kind"),
    "incidents": ("件数", "Incidents"),
    "caught_short": ("止めた", "Caught"),
    "at_stake": ("想定額", "At stake"),
    "lost_yen": ("損失額", "Lost, yen"),
    "lost_each": ("1件の損失", "Lost each"),
    "calls_before": ("止める前の通話", "Calls before"),
    "delay": ("遅れ", "Delay"),
    "ranks": ("{median} / {p90}", "{median} / {p90}"),
    "delay_title": ("事案ごとの遅れ", "Delay of each incident"),
    "delay_lead": (
        "点は1件の事案、太い線は中央値、細い線は10件のうち9件が収まるところです。",
        "A dot is an incident, the thick mark the median, the thin one what nine in ten do not exceed.",
    ),
    "not_caught": ("止まらず", "not caught"),
    "at_once": ("1秒以内", "≤1 s"),
    "replay": ("1件をたどる", "One incident, call by call"),
    "replay_lead": (
        "事案 {name} ({kind})。番号の下4桁は伏せています。時刻は日本時間です。",
        "Incident {name} ({kind}). The last four digits of numbers are hidden. Times are in Japan.",
    ),
    "replay_none": ("たどれる事案はありません。", "There is no incident to follow."),
    "time": ("時刻", "Time"),
    "number": ("通話先", "Number"),
    "country": ("国・地域", "Country"),
    "price": ("料金/分", "Yen a minute"),
    "score": ("スコア", "Score"),
    "evidence": ("根拠 (nat)", "Evidence, nats"),
    "said": ("判定", "Verdict"),
    "cost": ("通話料", "Charge"),
    "else_cost": ("止めなければ {charge}", "else {charge}"),
    "honest": ("正当な通話", "honest"),
    "stopped": ("止めた", "stopped"),
    "cut": ("切断", "cut"),
    "unscored": ("—", "—"),
    "alert": ("警報", "alert"),
    "ask": ("本人確認", "ask"),
    "hold": ("保留", "hold"),
    "international": ("国際通話すべて", "all international"),
    "more_calls": ("ほかに {count} 件の不正通話", "and {count} more fraudulent calls"),
    "not_answered": ("応答なし", "not answered"),
    "reading": ("数え方", "How it is counted"),
    "reading_1": (
        "本人確認と保留は、その時刻から4時間、範囲内の国際通話を止めます。不正発信者は本人確認に答えられません。",
        "An ask or hold stops international calls within its scope for four hours. A thief cannot answer an ask.",
    ),
    "reading_2": (
        "通話中のものは切れ、1秒後までに始まった課金単位の料金がかかります。呼出中のものは料金がかかりません。",
        "A call in progress is cut and costs the units it has begun one second later; one that rings costs nothing.",
    ),
    "reading_3": (
        "誤りは、事案の始まりから終わりの24時間後までの間に入らない本人確認と保留です。被害回線のものも数えます。",
        "False: each ask or hold outside an incident's time and the 24 hours behind it, on victims' lines too.",
    ),
    "reading_4": (
        "国際回線日は、正当な国際通話が1回でもあった回線の1日 (日本の日付) です。",
        "An international line-day is a day in Japan of a line with at least one honest international call.",
    ),
    "nats": (
        "nat は証拠の単位です。スコアは、不正がある場合とない場合の確からしさの比の自然対数です。",
        "A nat is a unit of evidence: the score is the natural logarithm of how much likelier a thief is than none.",
    ),
    "yen": ("{amount}円", "{amount} yen"),
    "no_delay": ("—", "—"),
}

# Kinds of attack the simulator knows; others are shown by their name alone.
KINDS_JA: Final = {
    "flood": "短い通話の連発",
    "blitz": "短期間の大量発信",
    "wide": "多数の国へ一斉に",
    "one-number": "一つの番号へ一晩中",
    "weekend": "週末の多重発信",
    "small-pbx": "小規模PBXで数日",
    "small": "週末に少しだけ",
    "probe-pump": "試したあとに集中",
    "sequence": "番号の順送り",
    "slow": "一通話ずつ数日",
    "daytime": "昼間の発信",
    "hidden": "多い通話に紛れる",
    "dial-through": "外線からの転送発信",
    "campaign": "多数の回線で少しずつ",
    "midnight": "日や月をまたぐ",
    "dialling": "変わったダイヤル方法",
    "enumeration": "先頭番号の総当たり",
    "mimic": "普段の通話をまねる",
    "all": "全体",
}


def text(key: str, language: str, **facts: object) -> str:
    """The words of `key` in `language` (ja or en), with their facts in place."""
    return TEXTS[key][LANGUAGES.index(language)].format(**facts)


def yen(milliyen: float | None, language: str) -> str:
    """Whole yen, rounded to the nearest; a dash where there is no sum."""
    if milliyen is None:
        return text("no_delay", language)
    return text("yen", language, amount=f"{round(milliyen / MILLIYEN):,}")


def share(value: float) -> str:
    """A share of one as a percentage with enough digits to tell small ones apart."""
    percent = 100 * value
    return f"{percent:.0f}%" if percent in (0, 100) else f"{percent:.{1 if percent >= 10 else 2}f}%"  # noqa: PLR2004


def duration(seconds: float | None, language: str) -> str:
    """A delay: `0.3 s`, `12 s`, `4 min 10 s`, `3 h 20 min`, `2 d 4 h`; a dash where there is none."""
    if seconds is None:
        return text("no_delay", language)
    second, minute, hour, day = ("秒", "分", "時間", "日") if language == "ja" else (" s", " min", " h", " d")
    if seconds < _MINUTE_S:
        return f"{seconds:.1f}{second}" if seconds < 10 else f"{seconds:.0f}{second}"  # noqa: PLR2004
    for size, name, part, part_name in (
        (_DAY_S, day, _HOUR_S, hour),
        (_HOUR_S, hour, _MINUTE_S, minute),
        (_MINUTE_S, minute, 1, second),
    ):
        if seconds >= size:
            rest = int(seconds % size // part)
            return f"{seconds // size:.0f}{name}" + (f" {rest}{part_name}" if rest else "")
    return ""


def power(value: float, language: str) -> str:
    """A power of ten at an axis, short."""
    return _POWERS[language].get(value, f"{value:g}")


@cache
def _territories(language: str) -> dict[str, str]:
    return dict(Locale(language).territories)


def country(code: int, language: str) -> str:
    """A country's name from its small integer; a global service as its code; a dash for none."""
    letters = country_text(code)
    return _territories(language).get(letters, letters) or text("no_delay", language)
