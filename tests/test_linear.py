"""No line makes a detector of secrets slow: each is shown 200 KB of what should be worst for it."""

import re
import time
from functools import partial
from itertools import cycle, islice

import pytest

from vetline_analyzers import secrets, tokens
from vetline_analyzers.core import shelf
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.secret.detector import Passage

SIZE = 200_000
LIMIT = 0.05  # seconds of CPU; a nested repetition takes minutes
# Where nothing but its anchors stands, a detector has 25,000 values to weigh.
DENSE = 0.5
EACH = 5e-5  # for each secret that is really there

FORMATS = {f"{kind.name}-{number}": kind for number, kind in enumerate(tokens.formats())}
SHAPES = {
    f"{module}-{number}": detector
    for module, detectors in shelf.load("vetline_analyzers.shapes", "DETECTORS").items()
    for number, detector in enumerate(detectors)
}
BOMBS = (
    *(
        '"',
        "'",
        "`",
        '"a" ',
        "\\",
        '\\"',
        "=",
        "= ",
        "==",
        ":",
        "://",
        "://a:b",
        "//a@",
        "@",
        "{",
        "${",
        "{{",
    ),
    *(
        "<",
        "(",
        "[",
        "f(a,",
        "a(b(",
        ",",
        ";",
        "-",
        "--",
        "_",
        ".",
        "a.",
        "a-",
        " ",
        "\t",
        "| ",
        "a ",
        "aB9",
    ),
    *(
        "0",
        "9.",
        "a1b2",
        "Zk39dk3a",
        "Q7RZ2MQX5TBW4VLP",
        "eyJ",
        "eyJa.",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
    ),
    *(
        "-----",
        "é",
        "\U0001f600",
        "\\n",
        "%s",
        "&a=",
        "?a=1&",
        "/a",
        "/* ",
        "# ",
        "password=",
        'key: "',
        "A" * 39 + "=",
    ),
)
GLUES = (" ", '="', "='a' ", ": ", "(", ", -p ", "://a:b@", "-----BEGIN ")


PACER, PACED = re.compile(r"[a-z]{1,9}\d{2}x"), "abc12y " * (SIZE // 7)
PACE = 0.0035  # seconds that `pace` takes on the two cores that the limit was set on


def filled(parts, size=SIZE):
    """Some of each part in turn until the text is long enough."""
    total, pieces = 0, []
    for part in cycle(parts):
        pieces.append(part)
        total += len(part)
        if total >= size:
            return "".join(pieces)[:size]
    raise AssertionError


def taken(detector, text):
    """Seconds of CPU for a text, without those for secrets that are really there."""
    passage = Passage(text, 0, len(text), bare=True, path=".env")
    start = time.process_time()
    found = sum(1 for _ in detector.find(passage))
    return time.process_time() - start - found * EACH


def pace():
    """How many times as long as usual a piece of work takes just now: on a slow machine, or a busy one."""
    start = time.process_time()
    PACER.findall(PACED)
    return max(1.0, (time.process_time() - start) / PACE)


def slow(detector, text, limit=LIMIT):
    """Whether it takes longer in each of six tries: others use this machine, too."""
    return all(taken(detector, text) >= limit * pace() for _ in range(6))


def grows_slow(detector, make, limit=LIMIT):
    """Whether it is slow with 200 KB of what `make` gives, told from less where that tells it.

    Four times the text has to take less than five times as long, and ten times that fit into the limit. So what
    is quadratic by a tenth at these sizes is measured at the full one, and the rest in an eighth of the time.
    """
    taken(detector, make(100))  # its patterns are compiled
    few, many = (taken(detector, make(size)) for size in (SIZE // 40, SIZE // 10))
    if many < 5 * max(few, 0) and 10 * many < 0.8 * limit:
        return False
    return slow(detector, make(SIZE), limit)


def bombs():
    """Long runs of what patterns repeat, one after the other: a few KB of each are enough to blow up."""
    run = SIZE // len(BOMBS)
    return "".join(filled((part,), run) for part in BOMBS)


BOMB = bombs()


@pytest.mark.parametrize("name", FORMATS)
def test_no_line_makes_a_format_slow(name):
    kind = FORMATS[name]
    line = kind.example.format(kind.sample)
    half = line[: line.index(kind.sample) + len(kind.sample) // 2]
    tail = kind.sample[-9:]
    texts = {
        "anchors": partial(filled, [f"{anchor} " for anchor in kind.anchors]),
        "tokens": partial(filled, (f"{line} ",)),
        "halves": partial(filled, (half,)),
        "almost, and on and on": lambda size: (
            filled((kind.sample[:-1], "!"), size // 2) + half + filled((tail,), size // 2)
        ),
    }
    assert [of for of, make in texts.items() if grows_slow(kind.detector, make)] == []
    assert not slow(kind.detector, BOMB)


def long_value(anchor, size):
    """A name, and a value that does not end."""
    return f'{anchor}="' + filled(("a1b2.C3-d",), size)


@pytest.mark.parametrize("name", SHAPES)
def test_no_line_makes_a_shape_slow(name):
    detector = SHAPES[name]
    examples = [text.replace("\n", " ") for rule in secrets.rules() for text in rule.bad]
    texts = {
        "bombs": BOMB,
        "examples": filled(examples),
        "halves": filled(text[: len(text) // 2] for text in examples),
    }
    assert [kind for kind, text in texts.items() if slow(detector, text)] == []
    long = {anchor: partial(long_value, anchor) for anchor in islice(detector.anchors, 4)}
    assert [anchor for anchor, make in long.items() if grows_slow(detector, make)] == []
    glues = GLUES if detector.anchors else ()  # without, it is asked of lines by their file's name
    dense = {glue: partial(filled, [a + glue for a in detector.anchors]) for glue in glues}
    assert [glue for glue, make in dense.items() if grows_slow(detector, make, DENSE)] == []


@pytest.mark.parametrize("name", [name for name, detector in SHAPES.items() if detector.beyond])
def test_no_number_of_lines_makes_what_looks_around_slow(name):
    for glue in ("", " ", '": "', "-----\n", "=" + "a1B2" * 20):
        lines = [f"-----BEGIN {anchor}{glue}\n" for anchor in SHAPES[name].anchors]
        text = filled(lines, SIZE // 4)
        start = time.process_time()
        list(secrets.analyze(Snapshot("u", "text", 1, text, "a.txt"), Facts(), {}))
        # some thousand lines, each with its surroundings
        assert time.process_time() - start < 3 / 4, glue


def test_no_endless_line_makes_the_engine_slow():
    text = BOMB.replace("a", "password a") * 2
    start = time.process_time()
    list(secrets.analyze(Snapshot("u", "text", 1, text, "a.txt"), Facts(), {}))
    assert time.process_time() - start < 5
