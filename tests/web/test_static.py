"""Pages and their files hold together: nothing inline, nothing foreign, nothing missing, nothing left over."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Documents are printed by WeasyPrint, which reads no CSP; their styles stand in their own sheets.
SCREENS = [path for path in TEMPLATES if "printing" not in path.relative_to(ROOT / "templates").parts]
OURS = sorted(p for p in STATIC.rglob("*") if p.suffix in {".css", ".js", ".svg"} and "vendor" not in p.parts)
SHEETS = [path for path in OURS if path.suffix == ".css"]
SCRIPTS = [path for path in OURS if path.suffix == ".js"]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SCREENS, ids=named)
def test_a_page_has_no_inline_script_or_style(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"<style|\sstyle\s*=|javascript:", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("path", [*TEMPLATES, *OURS], ids=named)
def test_a_file_names_no_foreign_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://\w|[\"'(]//[a-z]", text)


def test_every_form_that_posts_carries_the_token() -> None:
    for path in SCREENS:
        for form in re.findall(r"<form[^>]*>.*?</form>", path.read_text(encoding="utf-8"), flags=re.DOTALL):
            if not re.search(r'method="(get|dialog)"', form.split(">", 1)[0]):  # a dialog closes and sends nothing
                assert "csrf" in form, (path.name, form[:120])


def test_every_behaviour_is_bound_and_used() -> None:
    known = set(re.findall(r'import\("\./([a-z-]+)\.js"\)', (STATIC / "js" / "app.js").read_text(encoding="utf-8")))
    helping = {
        name for path in SCRIPTS for name in re.findall(r'from "\./([a-z-]+)\.js"', path.read_text(encoding="utf-8"))
    }
    in_pages = {
        path.stem
        for path in SCRIPTS
        if any(f'asset("js/{path.name}")' in page.read_text(encoding="utf-8") for page in SCREENS)
    }
    assert "app" in in_pages
    assert known | helping | in_pages == {path.stem for path in SCRIPTS}
    everything = " ".join(path.read_text(encoding="utf-8") for path in SCREENS)
    used = set()
    for words in re.findall(r'(?:data-)?behaviour=\\?["\']([a-z -]+)', everything):
        used |= set(words.split())
    assert used <= known
    assert known <= {word for word in known if re.search(rf"\b{word}\b", everything)}


def test_every_class_of_a_sheet_is_used_somewhere() -> None:
    everything = " ".join(path.read_text(encoding="utf-8") for path in [*TEMPLATES, *SCRIPTS])
    everything += " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "charity").rglob("*.py"))
    unused = set()
    for path in SHEETS:
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for name in set(re.findall(r"\.(-?[a-z][a-z0-9-]*)", re.sub(r"url\([^)]*\)", "", text))):
            # Half of a name may be made of a kind or a tone: is-money, tone-good.
            begun = name.rsplit("-", 1)[0] + "-"
            if name not in everything and begun not in everything:
                unused.add(f"{path.name}: .{name}")
    assert unused == set()


def test_every_colour_and_measure_of_a_sheet_is_defined() -> None:
    text = {path: path.read_text(encoding="utf-8") for path in SHEETS}
    defined = {name for each in text.values() for name in re.findall(r"(--[a-z0-9-]+)\s*:", each)}
    for path, each in text.items():
        assert set(re.findall(r"var\((--[a-z0-9-]+)", each)) <= defined, path.name


def test_every_template_that_is_asked_for_exists() -> None:
    env = Environment(loader=FileSystemLoader(ROOT / "templates"), extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    wanted = set()
    for path in TEMPLATES:
        tree = env.parse(path.read_text(encoding="utf-8"))
        for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            if isinstance(node.template, nodes.Const):  # type: ignore[attr-defined]
                wanted.add(node.template.value)  # type: ignore[attr-defined]
    for path in (ROOT / "charity").rglob("*.py"):
        wanted |= set(re.findall(r'"((?:[a-z_]+/)*[a-z_]+\.html)"', path.read_text(encoding="utf-8")))
    there = {str(path.relative_to(ROOT / "templates")) for path in TEMPLATES}
    there |= {path.name for path in TEMPLATES if "printing" in path.parts}
    assert wanted <= there
    used = wanted | {f"printing/{name}" for name in wanted}
    assert there - used - {path.name for path in TEMPLATES} == set()


def test_the_fetched_files_are_those_of_the_manifest() -> None:
    digests = json.loads((STATIC / "vendor" / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert digests
    for name, digest in digests.items():
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == digest, name


def test_the_gap_between_two_codes_is_the_same_before_and_after_the_scripts_are_there() -> None:
    """`early.js` is no module and cannot read it from `keys.js`."""
    gaps = [
        re.findall(r"APART_MS = (\d+)", (STATIC / "js" / name).read_text("utf-8")) for name in ("early.js", "keys.js")
    ]
    assert gaps[0] == gaps[1] != []
