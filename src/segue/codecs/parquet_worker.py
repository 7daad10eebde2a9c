"""The process in which foreign Parquet is decoded (docs/adr/0022): whatever a file does to it, only this process ends.

One request per line of standard input, one answer per line of standard output, both JSON. `segue.codecs.parquet_guard` is the other end.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

_SPARE = 768 << 20
"""Bytes of memory beyond the output: row groups that are being decoded."""


def serve() -> None:
    """Answer until the input ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)  # nothing but answers may come out
    _no_core_dumps()
    import polars as pl

    answer(answers, {"ready": pl.__version__})
    for line in requests:
        try:
            found = _facts(json.loads(line)) if b'"facts"' in line[:20] else _table(json.loads(line))
        except (KeyboardInterrupt, SystemExit):
            return
        except BaseException as error:
            found = {"error": str(error).split("\n", 1)[0][:300]}
        answer(answers, found)


def answer(file: Any, value: dict[str, Any]) -> None:
    file.write(json.dumps(value).encode() + b"\n")
    file.flush()


def _facts(request: dict[str, Any]) -> dict[str, Any]:
    """Names and types of the columns, and the texts of the key-value metadata."""
    import polars as pl

    _limit(request["limit"])
    schema = pl.scan_parquet(request["facts"], glob=False, hive_partitioning=False).collect_schema()
    return {"schema": [[name, str(dtype)] for name, dtype in schema.items()], "metadata": pl.read_parquet_metadata(request["facts"])}


def _table(request: dict[str, Any]) -> dict[str, Any]:
    """The table, or some columns of it, as an Arrow file at ``out``, written row group by row group; of no columns only what they are."""
    import polars as pl
    import polars.selectors as cs

    _limit(request["limit"])
    frame = pl.scan_parquet(request["table"], glob=False, hive_partitioning=False, use_statistics=False)
    schema = frame.collect_schema()
    there = {name: nth for nth, name in enumerate(schema)}
    asked, without = there if request["columns"] is None else request["columns"], set(request["without"])
    wanted = [there[name] for name in asked if name not in without]
    facts: dict[str, Any] = {"schema": [[name, str(dtype)] for name, dtype in schema.items()]}
    if not wanted:
        return facts | {"bytes": 0, "rows": frame.select(pl.len()).collect().item()}
    # a name such as ^a$ is a pattern to some versions
    frame.select(cs.by_index(*wanted)).sink_ipc(request["out"], compression="uncompressed")
    return facts | {"bytes": Path(request["out"]).stat().st_size}


def _limit(most: int) -> None:
    """No file larger than ``most``, and no more memory than that and some; on systems that know such limits."""
    if sys.platform == "win32":
        return
    import resource

    _set(resource.RLIMIT_FSIZE, most)
    state = Path("/proc/self/status")
    if state.exists():
        data = next((int(line.split()[1]) for line in state.read_text(encoding="ascii").splitlines() if line.startswith("VmData")), 0)
        _set(resource.RLIMIT_DATA, data * 1024 + most + _SPARE)


def _set(which: int, value: int) -> None:
    import resource

    hard = resource.getrlimit(which)[1]
    resource.setrlimit(which, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _no_core_dumps() -> None:
    if sys.platform != "win32":
        import resource

        _set(resource.RLIMIT_CORE, 0)
