"""The words of `sekisho demo`, Japanese and English; braces are filled in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoTexts:
    """One language's words."""

    language: str
    yen: str
    home: str
    moved: str
    office: str
    making: str
    loading: str
    kernels: str
    starting: str
    loaded: str
    goes_on: str
    pages: str
    same_word: str
    logins: str
    look: tuple[str, ...]
    stop: str
    status: str
    silent: str
    untold: str
    happened: dict[str, str]
    hanging_up: str
    account: str
    all_in_all: str
    no_attack: str


TEXTS = {
    "ja": DemoTexts(
        language="ja",
        yen="円",
        home="データの場所: {home}",
        moved="{setting} の {wanted} は使用中のため {port} を使います",
        office="契約者・回線・利用者を登録",
        making="{days}日分の通話記録を作成",
        loading="通話記録を取り込み、判定",
        kernels="(初回だけ計算部のコンパイルに1〜2分)",
        starting="各部を起動",
        loaded="通話記録 {calls:,}件を作成 {made:.0f}秒、取り込み {took:.0f}秒",
        goes_on="前回の続きから始めます (最初から始めるには --fresh)",
        pages="画面        {address}",
        same_word="パスワード  {password}  (全員共通)",
        logins="{company}      窓口 operator-{key}  責任者 supervisor-{key}  監査 auditor-{key}  "
        "お客さま customer-{key} ({customer})",
        look=(
            "見どころ",
            " 1 まもなく両社で、小さな事務所のPBXが乗っ取られ、国際発信が始まります。",
            " 2 東日本の約款には自動保留があります。数件で回線 {east} が自動で保留されます (operator-east)。",
            " 3 西日本の約款には自動保留がなく、警報だけが出ます。operator-west で事案を開き",
            "   「国際発信を規制」を押すと、回線 {west} の次の国際発信から断られます。確かめるには:",
            "     {call}",
            " 4 お客さまの画面 (customer-west) に、今日の通話料と規制の理由が出ます。",
        ),
        stop="止めるには Ctrl-C",
        status="{clock}  通話 {ordinary:,}件  不正: 東 通過{east_on}/拒否{east_no}  西 通過{west_on}/拒否{west_no}  "
        "通話中{open}  被害 {cost}  防いだ額 {saved}",
        silent="  関門の応答なし {count}回",
        untold="  通話記録の送信待ち: {why}",
        happened={
            "alert": "警報    {company} {line}",
            "ask": "本人確認 {company} {line}  国際発信の前に暗証番号を求めます",
            "hold": "自動保留 {company} {line}  国際発信を止めました",
            "bar": "発信規制 {company} {line}  関門で効いています",
            "lifted": "規制解除 {company} {line}",
            "release": "保留解除 {company} {line}",
        },
        hanging_up="通話を終了し、各部を止めています",
        account="{company}: 不正発信 {tried}件のうち {went_on}件が通り、通話料は{cost}。"
        "{refused}件を断り、{saved}を防ぎました。",
        all_in_all="合わせて被害は{cost}、防いだ額は{saved}。ふつうの通話 {ordinary:,}件のうち断ったのは {stopped}件。",
        no_attack="{company}: 不正発信が始まる前に終わりました。",
    ),
    "en": DemoTexts(
        language="en",
        yen="yen",
        home="Data in {home}",
        moved="{setting}: {wanted} is taken, {port} is used instead",
        office="entering customers, lines, users",
        making="making {days} days of calls",
        loading="taking calls in, judging them",
        kernels="(the first run ever compiles the kernels: one to two minutes)",
        starting="starting the parts",
        loaded="{calls:,} calls made in {made:.0f} s, taken in and judged in {took:.0f} s",
        goes_on="Goes on where it was left (--fresh begins anew)",
        pages="Pages     {address}",
        same_word="Password  {password}  (everybody's)",
        logins="{company}  operator-{key}  supervisor-{key}  auditor-{key}  customer-{key} ({customer})",
        look=(
            "What to look at",
            " 1 In a moment, in each company, a small office's hacked PBX begins to ring abroad.",
            " 2 East's terms have an automatic hold: line {east} is held by itself within a few calls (operator-east).",
            " 3 West's terms have none: the desk is alerted. As operator-west open the case and press",
            "   'Bar calls abroad': the next international call of {west} is refused. To see it:",
            "     {call}",
            " 4 The customer (customer-west) sees what the line costs today, and why it is barred.",
        ),
        stop="Ctrl-C stops it",
        status="{clock}  {ordinary:,} calls  fraud: east {east_on} on/{east_no} refused  "
        "west {west_on} on/{west_no} refused  {open} up  cost {cost}  saved {saved}",
        silent="  gate silent {count} times",
        untold="  events wait: {why}",
        happened={
            "alert": "alert    {company} {line}",
            "ask": "asked    {company} {line}  calls abroad go on only with the PIN",
            "hold": "HELD     {company} {line}  international calls are stopped",
            "bar": "barred   {company} {line}  in force at the gate",
            "lifted": "lifted   {company} {line}",
            "release": "released {company} {line}",
        },
        hanging_up="Hanging up, stopping the parts",
        account="{company}: of {tried} fraudulent calls {went_on} went on and cost {cost}; "
        "{refused} were refused, which saved {saved}.",
        all_in_all="Together: cost {cost}, saved {saved}. Of {ordinary:,} ordinary calls {stopped} were refused.",
        no_attack="{company}: ended before the attack began.",
    ),
}
