"""The words of `sekisho replay`, Japanese and English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Texts:
    """One language's words; braces are filled in."""

    language: str
    yen: str
    wait: str
    title: str
    columns: tuple[str, str, str, str, str, str]
    parts: dict[str, str]
    hold: str
    ask: str
    alert: str
    nats: str
    stopped: str
    refused: str
    more: str
    first: str
    never: str
    sum: str


TEXTS = {
    "ja": Texts(
        language="ja",
        yen="円",
        wait="実記録を判定しています(初回だけ準備に1分ほどかかります)",
        title="乗っ取られたPBXの実記録: 1回線の64通話を、起きた順に判定",
        columns=("時刻", "場面", "ダイヤル番号", "通話先", "通話料", "累計"),
        parts={
            "normal": "正規の通話",
            "fraud1_cracked_ext": "事象1 内線なりすまし",
            "fraud2_disa": "事象2 外部から転送",
            "barred": "発信規制中",
        },
        hold="自動保留: 国際発信をすべて止めました",
        ask="本人確認: 暗証番号を求めます",
        alert="警告",
        nats="(スコア {score:.1f} nat)",
        stopped="保留で止まった通話",
        refused="実際にも規制で断られた通話",
        more="ほか{count}通話 {money}",
        first="不正発信{total}件のうち{place}件目、最初の不正から{delay:.1f}秒で保留。止めた正規の通話は{honest}件。",
        never="保留はありませんでした。",
        sum="通話料は記録どおりで{cost}、保留があれば{kept}。防げた額は{saved}({share:.0%})。",
    ),
    "en": Texts(
        language="en",
        yen="yen",
        wait="Judging the recorded calls (the first run compiles the kernels: about a minute)",
        title="A hacked PBX, as recorded: 64 calls of one line, judged in the order they happened",
        columns=("time", "part", "number dialled", "to", "charge", "sum"),
        parts={
            "normal": "honest",
            "fraud1_cracked_ext": "1 cracked extension",
            "fraud2_disa": "2 dial-through",
            "barred": "barred",
        },
        hold="HOLD: all international calls stopped",
        ask="ASK: the caller must enter the PIN",
        alert="alert",
        nats="(score {score:.1f} nats)",
        stopped="calls the hold stops",
        refused="refused by the carrier's bar, then too",
        more="{count} more calls, {money}",
        first="Held at fraudulent call {place} of {total}, {delay:.1f} s after the first. Honest calls held: {honest}.",
        never="The judge held nothing.",
        sum="As recorded the calls cost {cost}; with the hold {kept}. Saved: {saved} ({share:.0%}).",
    ),
}
