"""The words of a msgid in the language of a task: what is translated, filled in, counted, and what stays Chinese."""

import asyncio

import pytest
from jinja2 import Environment

from charity import texts, words
from charity.web import formats


@pytest.fixture(autouse=True)
def catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    english = {"捐赠": "gift", "{n} 笔": "{n} gifts", "一笔": "one gift", "；": "; ", "%(n)s 笔": "%(n)s gifts"}
    monkeypatch.setattr(words, "catalog", lambda code: english if code == "en" else {})


def test_a_msgid_is_said_in_the_language_of_the_moment() -> None:
    assert words.language() == "zh"
    assert words.translate("捐赠") == "捐赠"
    with words.speaking("en"):
        assert words.language() == "en"
        assert (words.translate("捐赠"), words.translate("没有的"), words.translate("")) == ("gift", "没有的", "")
        assert words.say("{n} 笔", n=3) == "3 gifts"
        assert words.say("{n}") == "{n}", "a text without facts is not looked into"
        with words.speaking("zh"):
            assert words.say("{n} 笔", n=3) == "3 笔"
        assert words.language() == "en"
    assert words.language() == "zh"


def test_a_language_that_we_do_not_have_is_chinese() -> None:
    with words.speaking("en"), words.speaking("fr"):
        assert words.language() == "zh"
    assert words.LANGUAGES == ("zh", "en")


async def test_a_task_speaks_its_own_language() -> None:
    async def task(code: str) -> str:
        words.speak(code)
        await asyncio.sleep(0)
        return words.language()

    assert await asyncio.gather(task("en"), task("zh"), task("fr")) == ["en", "zh", "zh"]
    assert words.language() == "zh"


def test_a_template_translates_and_counts() -> None:
    environment = Environment(autoescape=True)
    words.install(environment)
    template = environment.from_string("{{ _('捐赠') }} {% trans n=n %}一笔{% pluralize %}{{ n }} 笔{% endtrans %}")
    with words.speaking("en"):
        assert [template.render(n=n) for n in (1, 2, 0)] == ["gift one gift", "gift 2 gifts", "gift 0 gifts"]
    assert template.render(n=1) == "捐赠 一笔"


def test_a_word_among_the_facts_is_translated_when_it_is_shown() -> None:
    term, terms = words.Term("捐赠"), words.Terms(["捐赠", "一笔"])
    assert (words.say("“{x}”", x=term), words.say("“{x}”", x=terms)) == ("“捐赠”", "“捐赠；一笔”")
    with words.speaking("en"):
        assert (f"{term}", f"{term:>6}", f"{terms}") == ("gift", "  gift", "gift; one gift")


@pytest.mark.parametrize(
    ("text", "area", "refused"),
    [
        ("捐赠 gift", False, None),
        ("\x00a", False, (1, "U+0000")),
        ("ab\n", False, (3, "U+000A")),
        ("ab\n", True, None),
        ("ab\r\n", True, (3, "U+000D")),
        ("x\u200by", False, (2, "U+200B")),
        ("x\u200by", True, (2, "U+200B")),
        ("\U000e0100", False, (1, "U+E0100")),
    ],
)
def test_the_first_refused_character_is_named_by_its_place(
    text: str,
    area: bool,  # noqa: FBT001 - a parameter of the test
    refused: tuple[int, str] | None,
) -> None:
    assert texts.refused(text, area=area) == refused


def test_a_text_is_cleaned_and_its_lines_end_in_one_way() -> None:
    assert texts.cleaned("a\u200bb\nc") == "abc"
    assert texts.line_feeds("a\r\nb\rc\nd") == "a\nb\nc\nd"
    assert texts.line_feeds("a\nb") == "a\nb"


def test_a_sum_is_spelled_in_capitals_for_readers_of_chinese_alone() -> None:
    with words.speaking("zh"):
        assert formats.in_capitals(8_860) == "人民币捌拾捌元陆角整"
    with words.speaking("en"):
        assert formats.in_capitals(8_860) == ""
