"""A fund in one line: which figures of the equation stand in which column, and that lines add up."""

from charity.ledger import fund_lines
from charity.ledger.fund_lines import FundLine
from charity.ledger.statement import Amount, Statement

COLUMNS = ("carried", "received", "refunded", "aid", "bought", "advanced", "administration", "fundraising")
OTHERS = ("agency_in", "agency_out", "other", "transferred", "unspent")
FEN = {figure: 10**n for n, figure in enumerate((*COLUMNS, *OTHERS))}
FIGURES = Statement({figure: Amount(fen, 7) for figure, fen in FEN.items()}, Amount(), 0, 0, 0)


def columns(line: FundLine) -> tuple[int, ...]:
    return line.carried_fen, line.received_fen, line.used_fen, line.other_fen, line.unspent_fen


def test_each_figure_stands_in_one_column_and_goods_in_none() -> None:
    ends = (FEN["carried"], FEN["other"] + FEN["transferred"], FEN["unspent"])
    used = sum(FEN[figure] for figure in COLUMNS[2:])
    own = fund_lines.of("F-GEN", "非限定性基金", "unrestricted", FIGURES)
    agency = fund_lines.of("F-WC08", "代收款", fund_lines.AGENCY, FIGURES)
    assert columns(own) == (ends[0], FEN["received"], used, *ends[1:])
    assert columns(agency) == (ends[0], FEN["agency_in"], FEN["agency_out"], *ends[1:])
    both = fund_lines.together("", "合计", "", [own, agency])
    assert columns(both) == tuple(map(sum, zip(columns(own), columns(agency), strict=True)))


def test_a_fund_without_any_of_what_is_shown_has_nothing() -> None:
    for n in range(5):
        line = FundLine("F", "", "", *(int(at == n) for at in range(5)))
        assert line.has_any == (n != 3), "what is other alone came to nothing"
    assert not FundLine("F", "", "", 0, 0, 0, 0, 0).has_any
