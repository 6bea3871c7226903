"""The world as equal tiles, one a country or region: our own arrangement, north up, neighbours near each other.

Each tile is its ISO 3166 letters; `..` is sea. Small countries are as large as big ones, which is the point: a thief
does not choose by area.
"""

from __future__ import annotations

from typing import Final

_MAP: Final = """
.. .. .. .. .. .. .. .. .. GL .. FO GB NO SE AX SJ FI EE .. .. .. .. .. .. .. .. ..
.. .. .. .. CA .. .. .. .. .. IS IM NL DE DK PL LT LV BY .. .. RU .. .. .. .. .. ..
.. .. .. .. .. .. .. .. .. .. IE JE BE LU AT CZ SK RO UA GE KZ .. .. .. .. .. .. ..
.. .. .. .. .. .. .. .. PM .. GG FR CH LI SI HU RS BG MD AM UZ KG MN .. .. .. .. ..
.. .. .. .. US .. .. .. .. .. PT ES MC SM HR BA ME MK TR AZ TM TJ .. .. KP .. .. ..
.. .. .. .. .. BS TC BM MF .. .. GI AD VA IT AL XK LB SY IR AF NP CN .. KR JP .. ..
.. .. .. .. MX CU DO VI BL AI EH MA DZ TN MT GR CY PS IQ KW PK BD BT MO TW .. .. ..
.. .. .. .. BZ KY HT VG SX MS CV MR .. .. LY EG IL JO QA BH AE IN LA HK .. .. .. ..
.. .. .. GT HN JM PR KN AG DM MQ SN ML NE .. TD SD ER SA OM .. MM TH VN .. MP .. ..
.. .. .. .. SV NI BQ GP LC BB GM GN BF TG NG .. .. DJ YE .. .. .. KH PH .. GU .. ..
.. .. .. .. CR AW CW GD TT VC GW SL CI BJ CM CF SS UG ET .. .. LK MY .. PW FM MH ..
.. .. .. .. .. PA CO VE GY GF .. LR GH GQ GA CD RW KE SO .. MV .. SG BN .. .. NR KI
WF TK .. .. .. EC PE .. SR BR .. AC .. ST CG .. BI TZ KM SC IO .. CX ID TL PG SB TV
WS AS PF .. .. .. .. BO .. .. .. SH .. .. AO ZM ZW MW YT MU .. .. CC .. .. .. VU FJ
TO NU CK .. .. .. .. .. PY .. .. .. .. .. NA BW SZ MZ MG RE .. .. .. .. AU .. NC ..
.. .. .. .. .. .. CL AR UY .. .. TA .. .. .. ZA LS .. .. .. .. .. .. .. .. .. NF NZ
.. .. .. .. .. .. .. .. FK .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..
"""

ROWS: Final = tuple(tuple(row.split()) for row in _MAP.strip().splitlines())
WIDTH: Final = len(ROWS[0])
HEIGHT: Final = len(ROWS)
SEA: Final = ".."
TILES: Final = {code: (x, y) for y, row in enumerate(ROWS) for x, code in enumerate(row) if code != SEA}
