"""The rules on members that are not there."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Rule, Severity

_WHY = (
    "Language models make up functions that sound as if a library had them, and mix up languages. The code fails when "
    "that line is reached, often in a branch that no test runs, such as the one that handles an error."
)

UNKNOWN = Rule(
    id="member/unknown",
    title="Member that the module or class does not have",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    page="The module or class is known, and no version of it that was looked at has a member of this name.\n\n"
    + _WHY
    + "\n\nNothing is imported to find this out: an index of the standard library (Python 3.8 and later) and of some two "
    "hundred much used libraries tells, or, where it is installed, the type checker `ty`. Modules that make up members "
    "when they are asked for are passed over, as is code that asks first or catches the error.",
    advice="Look up what the library offers; if it is newer than the index, install it in the project's environment.",
    bad=(
        "import os\n\nprint(os.get_user_name())\n",
        "from shutil import copy_folder\n",
        "import subprocess\n\ndone = subprocess.run(['ls'])\nprint(done.text_of_all)\n",
    ),
    good=(
        "import os\n\nprint(os.getlogin())\n",
        "from shutil import copytree\n",
        "import os\n\nif hasattr(os, 'get_user_name'):\n    print(os.get_user_name())\n",
    ),
)
SLIP = Rule(
    id="member/slip",
    title="Member of another language, or of an older Python",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    page="The object has no such member; in another language, or in an older Python, a similar one has.\n\n"
    + _WHY,
    advice="Write what this language has for it.",
    bad=(
        "import json\n\ndata = json.parse(text)\n",
        "items = []\nitems.push(1)\n",
        "from collections import Mapping\n",
        "found = 'abc'.contains(part)\n",
    ),
    good=(
        "import json\n\ndata = json.loads(text)\n",
        "items = []\nitems.append(1)\n",
        "from collections.abc import Mapping\n",
        "found = part in 'abc'\n",
    ),
)
SCRIPT_SLIP = Rule(
    id="member/script-slip",
    title="Member of Python in a script",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    page="The object has no such member: Python has one, JavaScript another for the same.\n\n"
    + _WHY,
    advice="Write what this language has for it.",
    language="javascript",
    bad=("const data = JSON.loads(text);\n", "const all = [1, 2].append(3);\n"),
    good=("const data = JSON.parse(text);\n", "const all = [1, 2].concat(3);\n"),
)
RULES = (UNKNOWN, SLIP, SCRIPT_SLIP)
