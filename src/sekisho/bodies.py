"""Tables as bodies of messages: Arrow IPC streams, compressed, for the log keeps them long."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

# One thread: to share out a body's columns among several costs more than it saves.
_PACKED: Final = pa.ipc.IpcWriteOptions(compression="zstd", use_threads=False)
_PLAIN: Final = pa.ipc.IpcWriteOptions(use_threads=False)
_FEW_ROWS: Final = 8  # packed they would be larger


def body_of(batches: list[pa.RecordBatch], schema: pa.Schema) -> bytes:
    """Batches of one schema as one body; dictionaries may differ between them."""
    table = pa.Table.from_batches(batches, schema=schema)
    if len(batches) > 1:
        table = table.unify_dictionaries()  # a stream cannot replace a dictionary by one that is not longer
    sink = pa.BufferOutputStream()
    options = _PLAIN if table.num_rows < _FEW_ROWS else _PACKED
    with pa.ipc.new_stream(sink, schema, options=options) as stream:
        stream.write_table(table.combine_chunks())
    return bytes(sink.getvalue())


def batches_of(body: bytes) -> list[pa.RecordBatch]:
    """The batches that a body holds."""
    with pa.ipc.open_stream(body) as stream:
        return list(stream)
