"""What a scan is, as one table: everything a scanner, a phone or a person sends, and what it means."""

from datetime import date, datetime

import pytest
from goods.given import RICE, SALT
from hypothesis import given, settings
from hypothesis import strategies as st

from charity import clock, tokens
from charity.errors import Refusal
from charity.goods import barcodes
from charity.goods.limits import QUANTITY_MAX
from charity.goods.scanning import codes
from charity.goods.scanning.codes import COMMANDS, SCAN_MAX, Scan, read_scan
from charity.goods.till.documents import commands

LOT, CARD = (body + tokens.check_character(body) for body in ("B7K3MQ8CP2", "C9XW4HT6N5"))
NUT = "6901234567892"
FINISH, UNDO, CLEAR = COMMANDS
WIDE = str.maketrans("0123456789*", "０１２３４５６７８９＊")


def item(code: str, quantity: int = 1, expires_on: date | None = None, batch: str = "") -> Scan:
    return Scan("item", code, quantity, expires_on, batch)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (RICE, item(RICE)),
        (f"  {RICE}\t\r\n", item(RICE)),
        (RICE.translate(WIDE), item(RICE)),
        ("2001-0001 00002", item(RICE)),
        ("96385074", item("0000096385074")),
        ("012345000065", item("0012345000065")),
        ("01234565", item("0012345000065")),
        ("0012345000065", item("0012345000065")),
        ("00012345000065", item("0012345000065")),
        ("12345670", item("0000012345670")),
        (f"0{NUT}", item(NUT)),
        ("9787111128069", item("9787111128069")),
        (f"]E0{NUT}", item(NUT)),
        (f"］Ｅ０{NUT}", item(NUT)),
        (f"】E0{NUT}", item(NUT)),
        ("]E496385074", item("0000096385074")),
        (f"]C0{LOT}", Scan("lot", LOT)),
        (f"]Q1{CARD}", Scan("card", CARD)),
        (LOT, Scan("lot", LOT)),
        (LOT.lower(), Scan("lot", LOT)),
        (f"{LOT[:4]} {LOT[4:8]} {LOT[8:]}", Scan("lot", LOT)),
        (CARD, Scan("card", CARD)),
        (f"{CARD[:4]}－{CARD[4:]}", Scan("card", CARD)),
        (FINISH, Scan("command", "finish")),
        (UNDO.translate(WIDE), Scan("command", "undo")),
        (f"]C0{CLEAR}", Scan("command", "clear")),
        # A count before it.
        (f"12*{RICE}", item(RICE, 12)),
        (f"3x{RICE}", item(RICE, 3)),
        (f"3X{RICE}", item(RICE, 3)),
        (f"3 × {RICE}", item(RICE, 3)),
        (f"3＊{RICE}", item(RICE, 3)),
        (f"3*{RICE}".translate(WIDE), item(RICE, 3)),
        (f"3ｘ{RICE}", item(RICE, 3)),
        (f"007*{RICE}", item(RICE, 7)),
        (f"3*]E0{NUT}", item(NUT, 3)),
        (f"{QUANTITY_MAX}*{RICE}", item(RICE, QUANTITY_MAX)),
        (f"3*{LOT}", Scan("lot", LOT, 3)),
        (f"2*(01)0{NUT}(10)A", item(NUT, 2, batch="A")),
        # GS1: in brackets, with FNC1, without, and as a link.
        (f"(01)0{NUT}", item(NUT)),
        (f"（01）0{NUT}（17）270131（10）A-1", item(NUT, 1, date(2027, 1, 31), "A-1")),
        (f"(01) 0{NUT} (15) 270200", item(NUT, 1, date(2027, 2, 28))),
        (f"(01)0{NUT}(15)270101(17)280229", item(NUT, 1, date(2028, 2, 29))),
        (f"(11)260101(01)0{NUT}(3103)001250(10)A*1", item(NUT, batch="A*1")),
        (f"]C1010{NUT}17270131\x1d10A1", item(NUT, 1, date(2027, 1, 31), "A1")),
        (f"]d2\x1d010{NUT}10A1\x1d17270131", item(NUT, 1, date(2027, 1, 31), "A1")),
        (f"]Q3010{NUT}10A1<GS>17270131", item(NUT, 1, date(2027, 1, 31), "A1")),
        (f"]e0010{NUT}", item(NUT)),
        (f"010{NUT}", item(NUT)),
        (f"010{NUT}1727013110A1", item(NUT, 1, date(2027, 1, 31), "A1")),
        (f"17270131\x1d010{NUT}10A*1", item(NUT, 1, date(2027, 1, 31), "A*1")),
        (f"3*\x1d010{NUT}10A*1", item(NUT, 3, batch="A*1")),
        (f"010{NUT}1727013110A*1", item(NUT, 1, date(2027, 1, 31), "A*1")),
        (f"010{NUT}21SN7\x1d15270131", item(NUT, 1, date(2027, 1, 31))),
        (f"17270131\x1d010{NUT}", item(NUT, 1, date(2027, 1, 31))),
        ("]C10100012345000065", item("0012345000065")),
        (f"https://id.gs1.org/01/0{NUT}/10/A%2F1?17=270131&x=1", item(NUT, 1, date(2027, 1, 31), "A/1")),
        (f"]Q1HTTPS://shop.cn/a/gtin/{NUT}?15=270131", item(NUT, 1, date(2027, 1, 31))),
        ("https://id.gs1.cn/01/96385074/21/7", item("0000096385074")),
    ],
)
def test_a_scan_is_one_code_with_its_count_and_what_gs1_says_of_it(text: str, meant: Scan) -> None:
    with clock.fixed(datetime.fromisoformat("2026-11-27T08:00:00+08:00")):
        assert read_scan(text) == (meant,)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "scan.empty"),
        (" \t", "scan.empty"),
        ("3*", "scan.empty"),
        ("9" * (SCAN_MAX + 1), "scan.long"),
        ("9" * SCAN_MAX, "scan.glued"),
        (f"0*{RICE}", "till.count"),
        (f"{QUANTITY_MAX + 1}*{RICE}", "till.count"),
        (f"{'9' * 200}*{RICE}", "till.count"),
        (f"-1*{RICE}", "till.count"),
        (f"1.5*{RICE}", "till.count"),
        (f"1,000x{RICE}", "till.count"),
        (f"①*{RICE}", "till.count"),
        (f"*{RICE}", "till.count"),
        (f"{RICE}*3", "till.count"),
        (f"3*{CARD}", "scan.count"),
        (f"3*{FINISH}", "scan.count"),
        ("2001000100003", "barcode.check_digit"),
        ("96385073", "barcode.check_digit"),
        ("012345000066", "barcode.check_digit"),
        (f"3*{RICE[:-1]}3", "barcode.check_digit"),
        ("16901234567899", "barcode.case"),
        ("(01)16901234567899", "barcode.case"),
        ("(01)06901234567893", "barcode.check_digit"),
        ("(00)123456789012345675", "scan.logistics"),
        ("(02)06901234567892(37)24", "scan.logistics"),
        ("(10)A1", "scan.elements"),
        (f"(01)0{NUT}(17)271301", "scan.elements"),
        (f"(01)0{NUT}(17)270230", "scan.elements"),
        (f"(01)0{NUT}(17)27013", "scan.elements"),
        (f"(01)0{NUT}(10){'A' * 21}", "scan.elements"),
        (f"(01){NUT}", "scan.elements"),
        (f"]C1{NUT}", "scan.elements"),
        (f"]d2010{NUT}1727", "scan.elements"),
        ("https://id.gs1.org/01/16901234567899", "barcode.case"),
        ("123456", "barcode.unreadable"),
        ("2001000", "barcode.unreadable"),
        ("³" * 13, "scan.other"),
        (f"{LOT[:-1]}{'2' if LOT[-1] != '2' else '3'}", "lot.unreadable"),
        ("B7K2", "lot.unreadable"),
        (f"{CARD[:-1]}{'2' if CARD[-1] != '2' else '3'}", "card.unreadable"),
        ("9900100101", "scan.command"),
        ("https://charity.example.cn/r/7K3MQ8CP2B7K3MQ8CP2B7K3MQ8", "scan.receipt"),
        ("https://charity.example.cn/v/AB?hash=1", "scan.receipt"),
        ("https://example.cn/goods", "scan.address"),
        ("wxp://f2f0abc", "scan.address"),
        ("http://[", "scan.address"),
        ("13800138000", "scan.phone"),
        ("+86 138 0013 8000", "scan.phone"),
        ("8613800138000", "scan.phone"),
        ("15042619900101123x", "scan.identity"),
        ("150426199001011234", "scan.identity"),
        ("大米", "scan.other"),
        ("RK-LX01-2026-00017", "scan.other"),
        (f"200{RICE}{RICE}", "scan.glued"),
        (f"{RICE}2001000100003", "scan.glued"),
    ],
)
def test_what_a_scan_is_not_is_named(text: str, code: str) -> None:
    with clock.fixed(datetime.fromisoformat("2026-11-27T08:00:00+08:00")), pytest.raises(Refusal) as caught:
        read_scan(text)
    assert caught.value.code == code


@pytest.mark.parametrize("text", ["13800138000", "15042619900101123X"])
def test_a_number_of_a_person_is_not_repeated(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_scan(text)
    assert caught.value.facts == {}


def test_two_codes_that_ran_together_are_two_where_there_is_one_way() -> None:
    assert read_scan(RICE + SALT) == (item(RICE), item(SALT))
    assert read_scan(f"3*{RICE}{LOT}") == (item(RICE, 3), Scan("lot", LOT))
    assert read_scan(CARD + RICE) == (Scan("card", CARD), item(RICE))
    assert read_scan(RICE + FINISH) == (item(RICE), Scan("command", "finish"))
    assert read_scan(f"{RICE}\t{SALT}") == (item(RICE), item(SALT))


def test_two_codes_that_can_be_parted_in_two_ways_are_refused() -> None:
    text = "937910383059502596242"
    assert [len(first.code) for first, _ in codes._ways(text)] == [13, 13]
    with pytest.raises(Refusal) as caught:
        read_scan(text)
    assert caught.value.code == "scan.glued"


@pytest.mark.parametrize(
    ("today", "short", "year"),
    [
        ("2026-11-27", "27", 2027),
        ("2026-11-27", "76", 2076),
        ("2026-11-27", "77", 1977),
        ("2026-11-27", "00", 2000),
        ("2060-01-01", "10", 2110),
        ("2060-01-01", "11", 2011),
        ("2060-01-01", "99", 2099),
    ],
)
def test_the_century_of_gs1_is_the_nearest(today: str, short: str, year: int) -> None:
    with clock.fixed(datetime.fromisoformat(f"{today}T08:00:00+08:00")):
        assert read_scan(f"(01)0{NUT}(17){short}0100") == (item(NUT, 1, date(year, 1, 31)),)


def test_command_codes_are_no_code_of_another_kind_and_check_themselves() -> None:
    assert sorted(COMMANDS.values()) == ["clear", "finish", "undo"]
    assert [command.code for command in commands()] == list(COMMANDS)
    for code in COMMANDS:
        assert barcodes.check_digit(f"00{code[:-1]}") == code[-1]
        assert code.isdigit()
        assert barcodes.unreadable(code) is not None
        for at in range(len(code)):
            other = f"{code[:at]}{(int(code[at]) + 1) % 10}{code[at + 1 :]}"
            assert codes.COMMANDS.get(other) is None


@given(st.from_regex(r"[0-9]{7}|[0-9]{11}|[0-9]{12}", fullmatch=True), st.integers(1, QUANTITY_MAX))
def test_every_length_of_a_number_is_the_same_item_with_a_true_check_digit(body: str, quantity: int) -> None:
    code = body + barcodes.check_digit(body)
    if len(code) == 8 and code[0] == "0":
        code = f"2{code[1:-1]}"
        code += barcodes.check_digit(code)
    kept = code.zfill(13)
    assert tokens.ean13_check(kept[:-1]) == kept[-1]
    assert read_scan(f"{quantity}*{code}") == read_scan(f"{quantity}x0{kept}") == (item(kept, quantity),)
    assert barcodes.kept(code) == barcodes.kept(kept) == kept
    wrong = f"{code[:-1]}{(int(code[-1]) + 1) % 10}"
    if len(code) > 8:
        assert barcodes.kept(wrong) == wrong


@given(st.from_regex(r"[01][0-9]{6}", fullmatch=True))
def test_a_upc_e_is_the_upc_a_whose_zeros_it_leaves_out(body: str) -> None:
    long = barcodes.upc_a(f"{body}0")
    code = body + barcodes.check_digit(long[:-1])
    full = barcodes.upc_a(code)
    assert len(full) == 12
    assert barcodes.unreadable(full) is None
    if body[0] == "0":
        assert barcodes.kept(code) == f"0{full}"


SIGNS = st.text(st.sampled_from("0123456789BCXx*×()]\x1d /:-A²三\t") | st.characters(), max_size=60)


@settings(max_examples=300)
@given(SIGNS | st.builds("{}{}".format, st.sampled_from(["(01)", "]C1", "https://a/01/", "3*", "01"]), SIGNS))
def test_whatever_is_scanned_is_read_or_refused(text: str) -> None:
    try:
        scans = read_scan(text)
    except Refusal:
        scans = ()
    assert len(scans) <= 2
    assert all(scan.code and 1 <= scan.quantity <= QUANTITY_MAX for scan in scans)
