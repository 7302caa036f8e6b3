"""The form to give: one sum, reviewed before it counts where no script showed it, and nothing chosen beforehand."""

import html
import re
from typing import Any

import pytest
from cast import Cast
from page_forms import form_of, hidden_of

from charity.db import reading
from charity.giving import suggested
from charity.giving.pledges.screens import AMOUNTS_FEN

GIVE = "/campaigns/one-day-2026/give"
WHO = {"kind": "person", "name": "林小溪", "channel": "bank"}


async def sent(web: Any, **fields: str) -> Any:
    client = web.as_()
    return await client.post(GIVE, data={**await form_of(client, GIVE), **WHO, **fields})


async def pledged() -> list[int]:
    return [int(row["amount_fen"]) for row in await reading.rows("SELECT amount_fen FROM pledge ORDER BY amount_fen")]


async def test_nothing_that_costs_or_publishes_is_chosen_beforehand(web: Any) -> None:
    page = (await web.as_().get(GIVE)).text
    assert re.findall(r'name="amount" value="(\d+)"', page) == [str(fen) for fen in AMOUNTS_FEN]
    chosen = re.findall(r'name="(\w+)" value="(\w*)"[^>]* checked', page)
    assert chosen == [("kind", "person"), ("fund", "")]
    # five folds show what is so, and none is open
    rows = re.findall(r'<summary><span>(.*?)</span><span data-none="(.*?)">(.*?)</span>', page)
    assert [(row, now) for row, none, now in rows if none == now] == [
        ("用在哪里", "由慈善会按活动用途安排"),
        ("公开什么", "姓名隐去，不公开金额"),
        ("抵税票据", "不需要"),
        ("所在单位", "不属于单位捐款"),
        ("留言", "不填"),
    ]
    assert '<details class="folded" open' not in page


@pytest.mark.parametrize(
    ("fields", "fen"),
    [
        ({"amount": "10000"}, 10_000),
        ({"amount_yuan": "325.04"}, 32_504),
        ({"amount": "10000", "amount_yuan": "100.00"}, 10_000),
        ({"amount_yuan": "¥50"}, 5_000),
        ({"amount_yuan": "100元"}, 10_000),
        ({"amount_yuan": "１，０００．５"}, 100_050),
        ({"amount_yuan": "￥1,234.50 元"}, 123_450),
    ],
)
async def test_a_sum_is_reviewed_and_then_counts_once(web: Any, fields: dict[str, str], fen: int) -> None:
    """Without a script no sum stood above the button: it is shown, in capitals too, before anything is kept."""
    client = web.as_()
    first = await form_of(client, GIVE)
    review = await client.post(GIVE, data={**first, **WHO, **fields, "public_amount": "1", "message": "加油"})
    assert review.status_code == 200
    assert await pledged() == []
    for words in ("现在还没有登记", f"¥{fen / 100:,.2f}", "人民币", "林小溪", "银行转账", "公开我的金额", "加油"):
        assert words in review.text, words
    kept = {name: html.unescape(value) for name, value in hidden_of(review.text).items()}
    assert kept["idem"] == first["idem"]
    done = [await client.post(GIVE, data=kept) for _ in range(2)]
    assert [answer.status_code for answer in done] == [303, 303]
    assert await pledged() == [fen]
    assert await reading.value("SELECT COUNT(*) FROM pledge WHERE public_amount AND NOT public_name") == 1


async def test_two_different_sums_are_refused_beside_the_field(web: Any) -> None:
    """The finding: 325.04 typed, 100 chosen, and a pledge of 100 was kept."""
    answer = await sent(web, amount="10000", amount_yuan="325.04", seen_fen="10000")
    assert answer.status_code == 422
    assert '<p class="error" id="e-amount">' in answer.text
    assert answer.text.count("您选了 ¥100.00，又填了 ¥325.04，请只留一个") == 2  # above the form and beside the field
    assert 'value="325.04"' in answer.text
    assert 'name="amount" value="10000" checked' in answer.text
    assert "有一处要改" in answer.text
    assert await pledged() == []


@pytest.mark.parametrize("seen", ["", "10001", "1e4", "free"])
async def test_another_sum_than_the_one_shown_does_not_count(web: Any, seen: str) -> None:
    answer = await sent(web, amount="10000", seen_fen=seen)
    assert (answer.status_code, "现在还没有登记" in answer.text) == (200, True)
    assert await pledged() == []
    assert (await sent(web, amount="10000", seen_fen="10000")).status_code == 303


async def test_what_was_not_chosen_is_said_at_its_place(web: Any) -> None:
    answer = await sent(web, channel="")
    assert answer.status_code == 422
    assert [words in answer.text for words in ('id="e-amount"', "请填写金额", 'id="e-channel"')] == [True] * 3
    assert "还有几处要改" in answer.text


async def test_back_from_the_review_loses_nothing(web: Any) -> None:
    typed = {"amount_yuan": "66.6", "phone": "13900000000", "public_name": "1", "fiscal_receipt": "1", "tax_id": "abc"}
    answer = await sent(web, **typed, message="早日康复", again="form")
    assert answer.status_code == 200
    for name, value in (typed | WHO).items():
        box = rf'name="{name}" value="{re.escape(value)}"[^>]* checked' if len(value) == 1 or name in WHO else ""
        field = rf'name="{name}"[^>]* value="{re.escape(value)}"'
        assert re.search(f"{box}|{field}" if box else field, answer.text), name
    rows = dict(re.findall(r'<summary><span>(.*?)</span><span data-none=".*?">(.*?)</span>', answer.text))
    assert rows["公开什么"] == "公开我的姓名或单位名称"
    assert rows["抵税票据"].startswith("需要公益事业捐赠票据")
    assert rows["留言"] == "早日康复"
    assert await pledged() == []


async def test_the_errors_above_the_form_follow_its_fields_down_the_page(web: Any) -> None:
    """A model lists the giver before the sum; the page does not."""
    page = await sent(web, name="", channel="", phone="1", message="好" * 201, fiscal_receipt="1")
    above = re.findall(r'<a href="#f-(\w+)">', page.text)
    assert above == ["amount", "channel", "name", "phone", "tax_id", "message"]
    assert above == [name for name in re.findall(r'id="f-(\w+)"', page.text) if name in above]
    assert page.text.count("请填写金额") == 2
    assert '<a href="#f-amount">请填写金额</a>' in page.text


async def test_the_number_is_called_needed_after_the_tick_and_the_consent_a_persons(web: Any) -> None:
    page = (await web.as_().get(GIVE)).text
    assert ">统一社会信用代码或身份证号</label>" in page
    assert "个人填身份证号；勾选后必填" in page
    assert ">个人：同意使用身份证号<" in page
    assert re.search(
        r'id="h-phone">凭后四位可看收据全本</p><[^>]*><input id="f-phone"', page.replace("\n", "").replace("  ", "")
    )


async def test_one_day_giving_suggests_by_rank_what_nobody_has_to_take(house: Cast, web: Any) -> None:
    desk = web.as_("accountant")
    plan = "/desk/campaigns/one-day-2026/plan"
    for typed, line in (("科级 300\n职员", "第 2 行"), ("科级 12..34", "第 1 行"), ("科 1\n" * 13, "最多 12 行")):
        page = await desk.post(plan, data={"suggested": typed})
        assert (page.status_code, line in page.text, "科" in page.text) == (422, True, True), "nothing typed is lost"
        call = await desk.put("/api/v1/campaigns/one-day-2026/plan", json={"suggested": typed})
        assert (call.status_code, call.json()["errors"][0]["field"]) == (422, "suggested")
    assert (await desk.post(plan, data={"suggested": "科级 300\n\n职员：200\n驾驶员 200.00"})).status_code == 303
    page = html.unescape((await web.as_().get(GIVE)).text)
    assert re.findall(r'name="amount" value="(\d+)"', page) == ["30000", "20000"], "each sum once"
    for words in ("科级 ¥300", "职员、驾驶员 ¥200", "仅供参考：多捐少捐不限"):
        assert words in page
    assert 'name="amount_yuan"' in page
    assert not re.search(r'name="amount" value="\d+"[^>]* checked', page)
    assert (await sent(web, amount_yuan="1")).status_code == 200, "any other sum is as good"
    public = (await web.as_().get("/campaigns/one-day-2026")).text
    assert "建议金额" not in public, "it is asked, not published"
    assert "建议金额" not in (await desk.get("/desk/campaigns/dream-2026/plan")).text
    assert await suggested.of("dream-2026") == []


async def test_a_day_of_wages_is_worked_out_where_nothing_is_sent(web: Any) -> None:
    page = (await web.as_().get(GIVE)).text
    field = re.search(r'<input id="f-wage"[^>]*>', page)
    assert field is not None
    assert " name=" not in field[0], "what has no name is sent by no form"
    assert 'form=""' in field[0], "and it is of none"
    assert "21.75" in page
    assert "f-wage" not in (await web.as_().get("/campaigns/everyday/give")).text
