# ruff: noqa: Q003, S106, S604 - a table of words
"""Slips between languages and versions: members that another language, or an older Python, has, and what is meant.

What is meant is a member of the same owner when it begins with a dot; else a template in which `{0}` is the object,
`{1}` the one argument of the call and `{}` all arguments. An entry without a template only says what to do.
"""

from __future__ import annotations

from typing import NamedTuple


class Slip(NamedTuple):
    """What is meant by a member that is not there.

    Attributes:
        says: what is meant, for people: "`json.loads`".
        means: ".name", a template, or "" where nothing can be put in the place.
        called: it is only meant so when it is called (True) or not called (False); None means either.
    """

    says: str
    means: str = ""
    called: bool | None = None


def _same(**members: str) -> dict[str, Slip]:
    """Other names for members of the same owner."""
    return {slip: Slip(f"`{meant}`", f".{meant}") for slip, meant in members.items()}


_LEN = {
    name: Slip("`len(…)`", "len({0})")
    for name in ("length", "size", "len", "getLength", "count_items")
}
_IN = {
    name: Slip("the operator `in`", "({1} in {0})", called=True)
    for name in ("contains", "includes", "has", "include")
}
_STR = {
    **_IN,
    **_same(
        toUpperCase="upper", toLowerCase="lower", to_upper="upper", to_lower="lower", upcase="upper"
    ),
    **_same(downcase="lower", toupper="upper", tolower="lower", trim="strip", trimStart="lstrip"),
    **_same(
        trimEnd="rstrip", trimLeft="lstrip", trimRight="rstrip", ltrim="lstrip", rtrim="rstrip"
    ),
    **_same(
        startsWith="startswith", endsWith="endswith", starts_with="startswith", ends_with="endswith"
    ),
    **_same(
        indexOf="find",
        lastIndexOf="rfind",
        index_of="find",
        replaceAll="replace",
        replace_all="replace",
    ),
    **_same(
        gsub="replace",
        padStart="rjust",
        padEnd="ljust",
        title_case="title",
        capitalise="capitalize",
    ),
    **_same(isNumeric="isnumeric", isDigit="isdigit", is_digit="isdigit", is_numeric="isnumeric"),
    **_same(trim_start="lstrip", trim_end="rstrip", toCharArray="split", split_lines="splitlines"),
    "strip_prefix": Slip("`removeprefix`", ".removeprefix"),
    "strip_suffix": Slip("`removesuffix`", ".removesuffix"),
    "charAt": Slip("an index", "{0}[{1}]", called=True),
    "char_at": Slip("an index", "{0}[{1}]", called=True),
    "concat": Slip("the operator `+`", "({0} + {1})", called=True),
    "repeat": Slip("the operator `*`", "({0} * {1})", called=True),
    "isEmpty": Slip("`not …`", "(not {0})", called=True),
    "is_empty": Slip("`not …`", "(not {0})", called=True),
    "substring": Slip("a slice `[a:b]`"),
    "substr": Slip("a slice `[a:b]`"),
    "slice": Slip("a slice `[a:b]`"),
    "reverse": Slip("the slice `[::-1]`", "{0}[::-1]", called=True),
    "reversed": Slip("the slice `[::-1]`", "{0}[::-1]", called=True),
    "chars": Slip("`list(…)`", "list({0})", called=True),
    "to_string": Slip("`str(…)`", "str({0})", called=True),
    "toString": Slip("`str(…)`", "str({0})", called=True),
    "to_i": Slip("`int(…)`", "int({0})"),
    "to_int": Slip("`int(…)`", "int({0})", called=True),
    "toInt": Slip("`int(…)`", "int({0})", called=True),
    "to_s": Slip("`str(…)`", "str({0})"),
    "match": Slip("`re.match(pattern, text)`"),
    "decode": Slip("nothing: text is decoded already; `encode` gives bytes"),
}
_LIST = {
    **_IN,
    **_same(push="append", add="append", push_back="append", append_all="extend", addAll="extend"),
    **_same(add_all="extend", concat="extend", unshift="insert", indexOf="index", index_of="index"),
    **_same(
        removeAt="pop",
        remove_at="pop",
        pop_back="pop",
        delete="remove",
        erase="remove",
        insertAt="insert",
    ),
    "shift": Slip("`pop(0)`", "{0}.pop(0)", called=True),
    "forEach": Slip("a `for` loop"),
    "for_each": Slip("a `for` loop"),
    "each": Slip("a `for` loop"),
    "map": Slip("a comprehension", "[({1})(item) for item in {0}]", called=True),
    "filter": Slip("a comprehension", "[item for item in {0} if ({1})(item)]", called=True),
    "reduce": Slip("`functools.reduce`"),
    "find": Slip("`next(… for … if …)`, or `index`"),
    "findIndex": Slip("`next(… for … if …)`, or `index`"),
    "some": Slip("`any(…)`", "any(({1})(item) for item in {0})", called=True),
    "every": Slip("`all(…)`", "all(({1})(item) for item in {0})", called=True),
    "join": Slip("the separator's `join`", "{1}.join({0})", called=True),
    "slice": Slip("a slice `[a:b]`"),
    "splice": Slip("an assignment to a slice"),
    "first": Slip("the index `[0]`", "{0}[0]", called=True),
    "last": Slip("the index `[-1]`", "{0}[-1]", called=True),
    "isEmpty": Slip("`not …`", "(not {0})", called=True),
    "is_empty": Slip("`not …`", "(not {0})", called=True),
    "flat": Slip("`itertools.chain.from_iterable`"),
    "flatten": Slip("`itertools.chain.from_iterable`"),
    "sum": Slip("`sum(…)`", "sum({0})", called=True),
    "max": Slip("`max(…)`", "max({0})", called=True),
    "min": Slip("`min(…)`", "min({0})", called=True),
    "split": Slip("a method of strings; a list is divided by slices"),
    "unique": Slip("`set(…)`", "set({0})", called=True),
    "uniq": Slip("`set(…)`", "set({0})", called=True),
}
_DICT = {
    "has_key": Slip("the operator `in`", "({1} in {0})", called=True),
    "hasKey": Slip("the operator `in`", "({1} in {0})", called=True),
    "contains_key": Slip("the operator `in`", "({1} in {0})", called=True),
    "containsKey": Slip("the operator `in`", "({1} in {0})", called=True),
    "hasOwnProperty": Slip("the operator `in`", "({1} in {0})", called=True),
    **_IN,
    **_same(
        iteritems="items", itervalues="values", iterkeys="keys", viewitems="items", viewkeys="keys"
    ),
    **_same(
        viewvalues="values", entries="items", merge="update", putAll="update", getOrDefault="get"
    ),
    **_same(get_or_default="get", fetch="get", keySet="keys", extend="update"),
    "put": Slip("an assignment `d[key] = value`"),
    "set": Slip("an assignment `d[key] = value`"),
    "add": Slip("an assignment `d[key] = value`"),
    "append": Slip("an assignment `d[key] = value`"),
    "push": Slip("an assignment `d[key] = value`"),
    "remove": Slip("`pop`", ".pop"),
    "delete": Slip("`pop`", ".pop"),
    "sort": Slip("`dict(sorted(….items()))`"),
    "map": Slip("a comprehension"),
    "forEach": Slip("a `for` loop over `items()`"),
}

# By owner, as `Members` names it.
SLIPS: dict[str, dict[str, Slip]] = {
    "builtins.str": {**_LEN, **_STR},
    "builtins.bytes": {**_LEN, **_IN, "encode": Slip("nothing: bytes are encoded already; `decode` gives text")},
    "builtins.list": {**_LEN, **_LIST},
    "builtins.dict": {**_LEN, **_DICT},
    "builtins.set": {**_LEN, **_IN, **_same(append="add", push="add", insert="add", delete="discard", extend="update", subset="issubset", superset="issuperset")},
    "builtins.tuple": {
        **_LEN,
        **_IN,
        **_same(indexOf="index"),
        "append": Slip("a list, or the operator `+`: tuples do not change"),
        "push": Slip("a list, or the operator `+`: tuples do not change"),
    },
    "builtins.int": {
        "toString": Slip("`str(…)`", "str({0})", called=True),
        "to_string": Slip("`str(…)`", "str({0})", called=True),
        "to_s": Slip("`str(…)`", "str({0})"),
        "toFixed": Slip("an f-string: `f\"{x:.2f}\"`"),
    },
    "builtins.float": {
        "toFixed": Slip("an f-string: `f\"{x:.2f}\"`"),
        "toString": Slip("`str(…)`", "str({0})", called=True),
    },
    "json": _same(parse="loads", stringify="dumps", decode="loads", encode="dumps", serialize="dumps", deserialize="loads", to_string="dumps", from_string="loads", read="load", write="dump"),
    "os": {
        **_same(get_env="getenv", getEnv="getenv", get_environ="getenv", env="environ", environment="environ", get_cwd="getcwd", cwd="getcwd"),
        "pwd": Slip("`os.getcwd`", "getcwd"),
        **_same(getcwdu="getcwd", create_dir="mkdir", make_dir="mkdir", makedir="mkdir", make_dirs="makedirs", mkdirs="makedirs"),
        **_same(mkdir_p="makedirs", list_dir="listdir", readdir="listdir", ls="listdir", delete="remove", rm="remove", unlink_file="unlink"),
        **_same(move="rename", mv="rename", get_pid="getpid", set_env="putenv", setenv="putenv", process_id="getpid", cpus="cpu_count"),
        "exists": Slip("`os.path.exists`", ".path.exists"),
        "isfile": Slip("`os.path.isfile`", ".path.isfile"),
        "isdir": Slip("`os.path.isdir`", ".path.isdir"),
        "join": Slip("`os.path.join`", ".path.join"),
        "basename": Slip("`os.path.basename`", ".path.basename"),
        "dirname": Slip("`os.path.dirname`", ".path.dirname"),
        "abspath": Slip("`os.path.abspath`", ".path.abspath"),
        "errno": Slip("the module `errno`"),
    },
    "posixpath": _same(normalize="normpath", is_file="isfile", is_dir="isdir", is_absolute="isabs", resolve="realpath", extname="splitext", absolute="abspath", file_exists="exists", parent="dirname", filename="basename", name="basename", combine="join"),
    "shutil": _same(copy_tree="copytree", remove_tree="rmtree", rm_tree="rmtree", delete="rmtree", remove="rmtree", copy_file="copyfile", rmdir="rmtree"),
    "re": _same(find="search", find_all="findall", findAll="findall", replace="sub", replace_all="sub", test="search", exec="search", matchAll="finditer", match_all="finditer"),
    "math": {
        **_same(abs="fabs", power="pow", PI="pi", E="e", square_root="sqrt", ceiling="ceil", sqr="sqrt", ln="log", arctan="atan", arcsin="asin", arccos="acos"),
        "random": Slip("`random.random()` of the module `random`"),
        "round": Slip("the builtin `round`", "round({})", called=True),
        "max": Slip("the builtin `max`", "max({})", called=True),
        "min": Slip("the builtin `min`", "min({})", called=True),
        "clamp": Slip("`max(low, min(x, high))`"),
        "sum": Slip("the builtin `sum`, or `math.fsum`", ".fsum"),
        "sign": Slip("`math.copysign(1, x)`"),
        "Inf": Slip("`math.inf`", ".inf"),
        "infinity": Slip("`math.inf`", ".inf"),
        "INFINITY": Slip("`math.inf`", ".inf"),
        "NaN": Slip("`math.nan`", ".nan"),
    },
    "time": {**_same(now="time", clock="perf_counter", current="time", timestamp="time", wait="sleep", delay="sleep", currentTimeMillis="time", currentTime="time"), "sleep_ms": Slip("`time.sleep`, in seconds")},
    "datetime": {
        "now": Slip("`datetime.datetime.now`", ".datetime.now"),
        "utcnow": Slip("`datetime.datetime.now(datetime.timezone.utc)`"),
        "today": Slip("`datetime.datetime.today`", ".datetime.today"),
        "strptime": Slip("`datetime.datetime.strptime`", ".datetime.strptime"),
        "fromtimestamp": Slip("`datetime.datetime.fromtimestamp`", ".datetime.fromtimestamp"),
        "fromisoformat": Slip("`datetime.datetime.fromisoformat`", ".datetime.fromisoformat"),
        "combine": Slip("`datetime.datetime.combine`", ".datetime.combine"),
    },
    "datetime.datetime": {
        **_same(parse="fromisoformat", to_timestamp="timestamp", toISOString="isoformat", to_iso="isoformat", iso_format="isoformat", from_timestamp="fromtimestamp"),
        **_same(from_iso="fromisoformat", from_isoformat="fromisoformat", format="strftime", to_string="isoformat", from_string="strptime", current="now"),
        "timedelta": Slip("`datetime.timedelta` of the module"),
        "timezone": Slip("`datetime.timezone` of the module"),
    },
    "random": _same(random_int="randint", rand_int="randint", rand="random", int="randint", integer="randint", randomint="randint", choice_weighted="choices", weighted_choice="choices", rand_range="randrange", next="random", randfloat="uniform", random_float="uniform", random_choice="choice"),
    "string": {**_same(letters="ascii_letters", lowercase="ascii_lowercase", uppercase="ascii_uppercase", alphabet="ascii_letters"), "join": Slip("the separator's `join`"), "split": Slip("the text's `split`"), "replace": Slip("the text's `replace`"), "upper": Slip("the text's `upper`"), "lower": Slip("the text's `lower`"), "strip": Slip("the text's `strip`"), "format": Slip("the text's `format`")},
    "subprocess": _same(execute="run", exec="run", system="run", shell="run", spawn="Popen", open="Popen", popen="Popen", getoutput_status="getstatusoutput"),
    "collections": {
        **_same(DefaultDict="defaultdict", Orderdict="OrderedDict", ordereddict="OrderedDict", default_dict="defaultdict", Deque="deque", counter="Counter", NamedTuple="namedtuple"),
        **{name: Slip(f"`collections.abc.{name}`", f".abc.{name}") for name in ("Mapping", "MutableMapping", "Iterable", "Iterator", "Sequence", "MutableSequence", "Callable", "Hashable", "Set", "MutableSet", "Container", "Sized", "Generator", "Awaitable", "Coroutine", "AsyncIterable", "AsyncIterator", "KeysView", "ItemsView", "ValuesView", "MappingView", "ByteString")},
    },
    "itertools": {
        **_same(combine="chain", concat="chain", flatten="chain", permutation="permutations", combination="combinations", cartesian_product="product", izip_longest="zip_longest", ifilterfalse="filterfalse"),
        "imap": Slip("the builtin `map`", "map({})", called=True),
        "izip": Slip("the builtin `zip`", "zip({})", called=True),
        "ifilter": Slip("the builtin `filter`", "filter({})", called=True),
        "map": Slip("the builtin `map`", "map({})", called=True),
        "zip": Slip("the builtin `zip`", "zip({})", called=True),
        "window": Slip("`itertools.pairwise`"),
        "chunked": Slip("`itertools.batched` of Python 3.12"),
    },
    "functools": {**_same(memoize="cache", curry="partial"), "map": Slip("the builtin `map`"), "filter": Slip("the builtin `filter`")},
    "asyncio": {**_same(spawn="create_task", start="run", delay="sleep", all="gather", race="wait", join="gather", sleep_ms="sleep", parallel="gather", timer="sleep"), "async": Slip("`asyncio.create_task`", ".create_task"), "coroutine": Slip("`async def`")},
    "hashlib": {"hash": Slip("`hashlib.new(name, data)`", ".new"), "create_hash": Slip("`hashlib.new`", ".new"), "createHash": Slip("`hashlib.new`", ".new"), "sha": Slip("`hashlib.sha256`", ".sha256"), "SHA256": Slip("`hashlib.sha256`", ".sha256")},
    "base64": _same(encode64="b64encode", decode64="b64decode", base64encode="b64encode", base64decode="b64decode", encode_base64="b64encode", decode_base64="b64decode", encodestring="encodebytes", decodestring="decodebytes"),
    "sys": {**_same(args="argv", arguments="argv", get_recursion_limit="getrecursionlimit", maxint="maxsize", size_of="getsizeof"), "env": Slip("`os.environ`"), "cwd": Slip("`os.getcwd()`"), "sleep": Slip("`time.sleep`")},
    "logging": _same(get_logger="getLogger", log_error="error", warn_once="warning", err="error", basic_config="basicConfig"),
    "threading": _same(thread="Thread", lock="Lock", spawn="Thread", mutex="Lock", Mutex="Lock", current="current_thread"),
    "pathlib.Path": {**_same(makedirs="mkdir", mkdirs="mkdir", list_dir="iterdir", listdir="iterdir", read="read_text", write="write_text", basename="name", extension="suffix", filename="name", dirname="parent", isfile="is_file", isdir="is_dir", delete="unlink", remove="unlink", move="rename", join="joinpath", abspath="absolute", rm="unlink", expand="expanduser"), "copy_to": Slip("`shutil.copy`"), "rmtree": Slip("`shutil.rmtree`"), "endswith": Slip("`….name.endswith`, or `suffix`")},
    "urllib.parse": _same(parse="urlparse", encode="urlencode", url_encode="urlencode", url_parse="urlparse", decode="unquote", join="urljoin"),
    "uuid": _same(v4="uuid4", generate="uuid4", random="uuid4", new="uuid4", uuid="uuid4", v1="uuid1", randomUUID="uuid4"),
    "secrets": _same(generate_token="token_hex", token="token_hex", random_bytes="token_bytes", generate="token_hex", randint="randbelow", random_int="randbelow", generate_secret="token_hex"),
    "csv": _same(read="reader", write="writer", DictReaders="DictReader", parse="reader", dict_reader="DictReader", dict_writer="DictWriter"),
    "copy": _same(deep_copy="deepcopy", clone="copy", deepclone="deepcopy"),
    "glob": _same(find="glob", rglob="glob", recursive="glob"),
    "sqlite3": _same(open="connect", Connect="connect", create="connect"),
    "typing": _same(Array="List", Function="Callable", Maybe="Optional", Nullable="Optional"),
    "yaml": _same(loads="safe_load", dumps="safe_dump", read="safe_load", stringify="safe_dump", decode="safe_load", encode="safe_dump"),
    "requests": _same(fetch="get", send="request", GET="get", POST="post", del_="delete", getJSON="get"),
    "pandas": _same(read_jsonl="read_json", read_tsv="read_csv", load_csv="read_csv", from_csv="read_csv", dataframe="DataFrame", Dataframe="DataFrame", to_date="to_datetime"),
    "numpy": _same(clamp="clip", concat="concatenate", rand="random", average_all="average", len="size"),
}  # fmt: skip
