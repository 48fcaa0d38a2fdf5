"""Rules of the house, each of which first shows that it can fail."""

import ast
import re
import subprocess
import sys
from pathlib import Path

from models.engine.events import SENTENCES
from models.engine.evolve import EVENT_TYPES
from models.engine.transitions import as_markdown
from ui.i18n import WORDS

ROOT = Path(__file__).parents[2]
CODE = [
    path for folder in ("models", "integrations", "flows", "ui") for path in (ROOT / folder).rglob("*.py") if "versions" not in path.parts
]


def too_long(text, limit_file=300, limit_function=50):
    found = [f"{text.count(chr(10))} lines"] if text.count("\n") > limit_file else []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= limit_function:
            found.append(node.name)
    return found


def test_no_file_and_no_function_grows_too_long():
    assert too_long("x = 1\n" * 301) == ["301 lines"]
    assert too_long("def f():\n" + "    x = 1\n" * 60) == ["f"]
    assert {str(path.relative_to(ROOT)): found for path in CODE if (found := too_long(path.read_text()))} == {}


def test_nothing_about_the_programme_is_in_the_code():
    named = re.compile(r"\bp[1-7]\.[a-z]|IUMK|ok_oce|okoce", re.IGNORECASE)
    assert named.search('step == "p4.apply"')
    allowed = {
        "integrations/sandbox/script.py",
        "ui/shipped.py",
    }
    found = {str(path.relative_to(ROOT)) for path in CODE if named.search(path.read_text())}
    assert found - allowed == set(), "the sandbox may know what its partners are asked for, nothing else"


def test_every_event_has_a_sentence_in_both_languages():
    assert set(SENTENCES) == EVENT_TYPES
    assert all(indonesian and english for indonesian, english in SENTENCES.values())


def test_every_word_that_a_page_asks_for_is_there_in_both_languages():
    asked = {key for path in (ROOT / "ui").rglob("*.py") for key in re.findall(r"\bdesk\.t\(\s*\"([a-z_0-9]+)\"", path.read_text())}
    assert len(asked) > 40
    assert asked - set(WORDS) == set()
    braces = re.compile(r"\{(\w+)\}")
    assert [key for key, (a, b) in WORDS.items() if set(braces.findall(a)) != set(braces.findall(b))] == []


def test_a_planted_import_against_the_grain_is_found(tmp_path):
    for folder in ("models", "integrations", "flows", "ui"):
        for path in (ROOT / folder).rglob("*.py"):
            target = tmp_path / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path.read_text())
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, env={"PYTHONPATH": str(tmp_path)}).returncode == 0
    with (tmp_path / "models" / "engine" / "case.py").open("a") as file:
        file.write("\nimport sqlalchemy\n")
    planted = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env={"PYTHONPATH": str(tmp_path)})
    assert planted.returncode != 0
    assert "models.engine.case -> sqlalchemy" in planted.stdout


def test_the_printed_transition_table_is_that_of_the_code():
    assert (ROOT / "docs" / "transitions.md").read_text() == as_markdown()
