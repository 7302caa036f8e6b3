"""The Chinese guide and README say as much as the English ones: the same tables, commands, names and headings."""

import re
from pathlib import Path

import guides
import pytest

CJK = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("name", ["running", "README"])
def test_both_languages_have_the_same_tables_commands_names_and_headings(name: str) -> None:
    english, chinese = (guides.guide(language, name) for language in guides.LANGUAGES)
    assert guides.rows(english) == guides.rows(chinese)
    assert guides.commands(english) == guides.commands(chinese)
    assert guides.names(english) ^ guides.names(chinese) == set(), "named in one of the two alone"
    headings = [re.findall(r"^(#+) ", text, re.MULTILINE) for text in (english, chinese)]
    assert headings[0] == headings[1]
    assert all(CJK.search(line) for line in re.findall(r"^#+ .*", chinese, re.MULTILINE) if "PostgreSQL" not in line)


def test_a_row_a_command_or_a_name_that_one_language_lacks_is_seen() -> None:
    text = guides.guide("zh")
    without = text.replace("| `writer` |", "| writer |", 1)
    assert guides.rows(without) != guides.rows(text)
    assert guides.commands(text.replace("cp var/head.json /backup/today/", "", 1)) != guides.commands(text)
    assert guides.names(text.replace("`staff_event`", "", 1)) != guides.names(text)


@pytest.mark.parametrize("language", guides.LANGUAGES)
@pytest.mark.parametrize("name", ["running", "README"])
def test_every_link_leads_to_a_file_and_to_a_heading_that_is_there(name: str, language: str) -> None:
    path = guides.FILES[name][language]
    links = re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    assert links
    for link in links:
        target, _, anchor = link.partition("#")
        page: Path = (path.parent / target).resolve() if target else path
        assert page.exists(), link
        if anchor:
            heads = re.findall(r"^#+ (.*)", page.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads}, link


def test_each_readme_leads_to_the_other_language_before_anything_else() -> None:
    assert "(README.zh.md)" in "".join(guides.guide("en", "README").splitlines()[:4])
    assert "(README.md)" in "".join(guides.guide("zh", "README").splitlines()[:4])
    assert "(docs/zh/running.md)" in guides.guide("zh", "README")
