"""The examples of the documents are run."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[3]


def run(document, read):
    names = {"old": read("recovery/before/ITLFile.tlv"), "new": read("recovery/after-callmanager/ITLFile.tlv")}
    names |= {"testdata": ROOT / "testdata"}
    blocks = re.findall(r"^```python\n(.*?)^```$", document.read_text(), re.M | re.S)
    for block in blocks:
        exec(compile(block, str(document), "exec"), names)
    return len(blocks)


def test_the_guide_for_programs(read, capsys):
    assert run(ROOT / "docs/embedding.md", read) >= 6
    assert "YES: " in capsys.readouterr().out


def test_the_readme_of_the_package(read):
    assert run(ROOT / "crates/python/README.md", read) == 1
