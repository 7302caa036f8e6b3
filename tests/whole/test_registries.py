"""What stands in two places by hand stands in both: each test says what is missing and in which file to write it."""

import ast
import importlib
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from charity.errors import Rule
from charity.giving import campaigns, channels
from charity.giving.boxes import DENOMINATIONS
from charity.giving.channels import Channel
from charity.giving.donations.forms import DonationBody, ReceiveBody
from charity.giving.pledges.forms import PledgeBody
from charity.web.forms import Numbered

ROOT = Path(__file__).resolve().parents[2]
PACKAGE, TEMPLATES = ROOT / "charity", ROOT / "templates"
FIELD = re.compile(r'\bui\.\w+\(\s*"(\w+)"|\bname="(\w+)"|\bfree_name="(\w+)"')
HIDDEN = re.compile(r"hidden=\{([^}]*)\}")
INCLUDED = re.compile(r'{%-? include "([^"]+)"')
CARRIED = re.compile(r"hidden=(dict\()?carried\b")
"""A form that confirms what its page shows (charity/web/confirming.py)."""
NOT_DRAWN = {
    "email": "from the body of a call: a page asks for a telephone number, one way to reach a giver is enough",
    "parts": "the numbered fields of templates/giving/donations/_parts.html",
    "after": "the link to the next page carries it",
}
"""Fields that no page draws, and why."""


@lru_cache(maxsize=1)
def sources() -> list[tuple[ModuleType, ast.Module]]:
    """Every module of the package and its syntax tree."""
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if path.name != "__main__.py"]
    return [
        (
            importlib.import_module(
                ".".join(("charity", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
            ),
            ast.parse(path.read_text(encoding="utf-8")),
        )
        for path in paths
    ]


def file_of(module: ModuleType) -> str:
    """As a person opens it."""
    return str(Path(str(module.__file__)).relative_to(ROOT))


# -- channels -------------------------------------------------------------------------------------------


def test_every_file_of_a_channel_has_its_line() -> None:
    folder = Path(str(channels.__file__)).parent
    for path in sorted(folder.glob("*.py")):
        module = importlib.import_module(f"charity.giving.channels.{path.stem}".removesuffix(".__init__"))
        channel = vars(module).get("CHANNEL")
        assert channel is not None or path.stem in {"__init__", "channel"}, (
            f"charity/giving/channels/{path.name}: has no CHANNEL: write `CHANNEL = Channel(...)` in it"
        )
        assert channel is None or channel is channels.CHANNELS.get(channel.code), (
            f"charity/giving/channels/{path.name}: the channel has no line of its own: write "
            f"`{path.stem}.CHANNEL` into CHANNELS of charity/giving/channels/__init__.py"
        )
    assert len(channels.CHANNELS) == len(list(folder.glob("*.py"))) - 2, "two channels bear one code"


def test_a_program_reads_every_channel_and_when_a_reference_is_needed_in_the_document() -> None:
    for body in (DonationBody, ReceiveBody):
        offered = body.model_json_schema()["properties"]
        assert offered["channel"]["enum"] == list(channels.CHANNELS)
        named = {
            code for code in channels.CHANNELS if code in re.findall(r"\w+", offered["channel_ref"]["description"])
        }
        assert named == {code for code, channel in channels.CHANNELS.items() if channel.needs_ref}
    assert isinstance(channels.known("bank"), Channel)


def test_a_program_is_offered_for_a_promise_what_a_page_offers() -> None:
    offered = PledgeBody.model_json_schema()["properties"]["channel"]["enum"]
    assert offered == [code for code, channel in channels.CHANNELS.items() if channel.paid]
    assert {"box", "sandbox"}.isdisjoint(offered)


# -- forms ----------------------------------------------------------------------------------------------


def fields_of(template: Path) -> set[str]:
    """The names of what a page sends: its fields, hidden ones and those of the templates it includes."""
    text = template.read_text(encoding="utf-8")
    names = {name for match in FIELD.findall(text) for name in match if name}
    names |= {name for keys in HIDDEN.findall(text) for name in re.findall(r'"(\w+)":', keys)}
    names |= set(re.findall(r'ask\.(?:sums|picks)\("(\w+)"', text)) | (
        {"amount_yuan"} if "ask.sums(" in text else set()
    )
    names |= {"scan"} if "till.scan(" in text else set()
    names |= {"content_hash"} if CARRIED.search(text) else set()
    names |= {"reason"} if "reason=true" in text else set()  # ui.confirm
    names |= {fact.field for fact in campaigns.KEPT} if "field in fields" in text else set()  # screens.plan_fields
    names |= {f"sheets_{fen}" for fen in DENOMINATIONS} if "ui.field(one.name" in text else set()  # notes and coins
    for included in INCLUDED.findall(text):
        names |= fields_of(TEMPLATES / included)
    return names


def forms_read() -> Iterator[tuple[ModuleType, type[BaseModel]]]:
    """Every model by which a page judges its form, and the module of the page."""
    for module, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"forms.read", "forms.data", "web_forms.read"}:
                for argument in node.args:
                    model = vars(module).get(ast.unparse(argument))
                    if isinstance(model, type) and issubclass(model, BaseModel) and model is not Numbered:
                        yield module, model


def test_every_field_of_a_form_stands_in_its_page() -> None:
    seen = set()
    for module, model in forms_read():
        seen.add(model)
        wanted = {info.alias or name for name, info in model.model_fields.items()} - NOT_DRAWN.keys()
        room = module.__name__.split(".")[1]
        pages = {path: wanted - fields_of(path) for path in sorted((TEMPLATES / room).rglob("*.html"))}
        best = min(pages, key=lambda path: len(pages[path]))
        assert not pages[best], (
            f"{model.__module__}.{model.__name__}: no page of {room} offers all of its fields: write "
            f'`ui.field("{min(pages[best])}", ...)` into {best.relative_to(ROOT)} (lacks {sorted(pages[best])})'
        )
    assert len(seen) > 15


# -- refusals -------------------------------------------------------------------------------------------


def mentioned(module: ModuleType, tree: ast.Module) -> Iterator[Any]:
    """What the names and the dotted names of a module mean; a function may import for itself."""
    known = dict(vars(module))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            origin = importlib.import_module(node.module)
            known |= {name.asname or name.name: getattr(origin, name.name, None) for name in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield known.get(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield getattr(known.get(node.value.id), node.attr, None)


def test_no_two_kinds_of_documents_share_a_prefix() -> None:
    """A number says what it is of: ZS-2026-000001 is one thing, whoever reads it out."""
    stated = [
        prefix
        for path in sorted((ROOT / "charity").rglob("*.py"))
        for prefix in re.findall(r'^PREFIX\b[^=]*= "([A-Z]{2})"', path.read_text(), re.MULTILINE)
    ]
    assert len(stated) > 10
    assert sorted(set(stated)) == sorted(stated)


def test_every_refusal_is_raised_somewhere() -> None:
    raised = {id(thing) for module, tree in sources() for thing in mentioned(module, tree) if isinstance(thing, Rule)}
    for module, tree in sources():
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                rule = vars(module)[node.targets[0].id]
                assert not isinstance(rule, Rule) or id(rule) in raised, (
                    f"{file_of(module)}: {node.targets[0].id} ({rule.code}) is raised nowhere: "
                    "raise it in the verb that refuses, or delete it and its words"
                )


def test_a_program_tells_refusals_apart_by_their_codes() -> None:
    # What one code stands for may be said in several ways (why a period is refused), but by one module only.
    modules: dict[str, set[str]] = {}
    for module, tree in sources():
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                rule = vars(module)[node.targets[0].id]
                if isinstance(rule, Rule):
                    modules.setdefault(rule.code, set()).add(file_of(module))
    shared = {code: sorted(files) for code, files in modules.items() if len(files) > 1}
    assert not shared, f"two rooms give one code to different refusals: {shared}: rename one"
