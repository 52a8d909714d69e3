"""The figures sent to an OpenTelemetry collector, by the official SDK and its own environment variables.

`OTEL_EXPORTER_OTLP_ENDPOINT` (or `…_METRICS_ENDPOINT`) says where, `OTEL_EXPORTER_OTLP_HEADERS` with which headers,
`OTEL_EXPORTER_OTLP_TIMEOUT` how long at most: see https://opentelemetry.io/docs/specs/otel/protocol/exporter/. Without an
endpoint nothing is sent.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from vetline import __version__
from vetline.doors.metrics import UnsentError
from vetline.figures import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.metrics import CallbackOptions, Meter, Observation

    from vetline.metrics import Sheet

_WHERE = ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_UNITS = {Unit.SHARE: "1", Unit.SECONDS: "s"}  # as UCUM has them


def send(sheet: Sheet) -> None:
    """Send a sheet once.

    Raises:
        UnsentError: the SDK is not installed, nobody says where to, or the collector did not take it.
    """
    if not any(map(os.environ.get, _WHERE)):
        raise UnsentError(f"--otlp: set {_WHERE[1]} to the collector's address")
    try:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import (
            InMemoryMetricReader,
            MetricExportResult,
        )
        from opentelemetry.sdk.resources import Resource
    except ImportError:
        raise UnsentError("--otlp needs the SDK: pip install 'vetline[otel]'") from None
    # What it says has addresses in it.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    reader = InMemoryMetricReader()
    about = Resource.create({"service.name": "vetline", "service.version": __version__})
    provider = MeterProvider([reader], resource=about, shutdown_on_exit=False)
    _describe(provider.get_meter("vetline", __version__), sheet)
    try:
        exporter = OTLPMetricExporter()
        data = reader.get_metrics_data()
        taken = data is not None and exporter.export(data) is MetricExportResult.SUCCESS
        exporter.shutdown()
    except Exception:  # noqa: BLE001 - a variable of its own that it does not understand can raise anything
        taken = False
    finally:
        provider.shutdown()
    if not taken:
        raise UnsentError(
            "--otlp: the collector did not take the figures: see its address and its log"
        )


def _describe(meter: Meter, sheet: Sheet) -> None:
    """One gauge a figure, one for its parts, and one for alerts."""
    from opentelemetry.metrics import Observation

    def gauge(name: str, told: Sequence[Observation], unit: str, about: str) -> None:
        def observe(_: CallbackOptions) -> Sequence[Observation]:
            return told

        meter.create_observable_gauge(name, [observe], unit=unit, description=about)

    for one in sheet.measured:
        base = f"vetline.{one.figure.name.replace('-', '_')}"
        if one.value.value is not None:
            told = [Observation(one.value.value)]
            gauge(base, told, _UNITS.get(one.figure.unit, "1"), one.figure.about)
        parts = [Observation(number, {"part": part}) for part, number in one.value.parts.items()]
        if parts:
            gauge(f"{base}.part", parts, "1", f"Parts of: {one.figure.about}")
    alerts = [
        Observation(int(one.standing == "alert"), {"figure": one.figure.name})
        for one in sheet.measured
        if one.standing
    ]
    invented = [Observation(int(sheet.period.book.invented))]
    gauge("vetline.ledger.invented", invented, "1", "1 where the ledger is one of `vetline demo`.")
    gauge("vetline.alert", alerts, "1", "1 where a figure needs a look.")
