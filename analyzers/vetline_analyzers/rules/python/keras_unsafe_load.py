"""A Keras model that may carry code."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around import without
from vetline_analyzers.syntax.python_web import FALSE
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    if hit.name.endswith("enable_unsafe_deserialization"):
        return Report(_MESSAGE)
    safe = hit.keyword("safe_mode")
    if safe is not None and hit.text(safe) in FALSE:
        drop = without(hit, safe.parent) if safe.parent is not None else None
        fix = Fix("Load in safe mode", (drop,), safe=False) if drop is not None else None
        return Report(_MESSAGE, fix=fix)
    path = hit.argument(0)
    text = hit.string(path) if safe is None else None
    if text is not None and text.endswith((".h5", ".hdf5")):
        return Report(
            "A .h5 model may hold lambda layers, which are code and run when it is loaded: save it as .keras.",
            confidence=Confidence.MEDIUM,
            tentative=True,
        )
    return None


_MESSAGE = (
    "Without safe mode a model's lambda layers are code that runs on loading: leave safe_mode on."
)
_PLACES = ("keras.models", "keras.saving", "tensorflow.keras.models", "tf.keras.models")

RULE = PatternRule(
    id="python/keras-unsafe-load",
    title="Keras model loaded without safe mode",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(502, 94),
    page="""
A Keras model can hold lambda layers, which are marshalled Python. Safe mode refuses them;
`safe_mode=False` and `enable_unsafe_deserialization()` run them, and the old HDF5 format knows no safe
mode at all. A downloaded model is then a program.
""",
    attack="Shares a model whose lambda layer opens a shell when somebody loads it.",
    advice="Leave `safe_mode` on and use the `.keras` format; register your own layers with "
    "`keras.saving.register_keras_serializable`.",
    bad=(
        """\
from keras.models import load_model

model = load_model(path, safe_mode=False)
""",
        """\
import tensorflow as tf

model = tf.keras.models.load_model("m.keras", custom_objects={}, safe_mode=False)
""",
        """\
import keras

keras.config.enable_unsafe_deserialization()
""",
        """\
from tensorflow.keras.models import load_model

model = load_model("classifier.h5")
""",
    ),
    good=(
        """\
from keras.models import load_model

model = load_model(path)
""",
        """\
import keras

model = keras.models.load_model("m.keras", safe_mode=True)
""",
    ),
    url="https://keras.io/api/models/model_saving_apis/model_saving_and_loading/",
    names=(
        *(f"{place}.load_model" for place in _PLACES),
        "keras.config.enable_unsafe_deserialization",
        "keras.src.config.enable_unsafe_deserialization",
    ),
    check=_check,
)
