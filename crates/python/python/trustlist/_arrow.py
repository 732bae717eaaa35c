"""Phones as Arrow record batches, of whatever library: pyarrow, polars, DuckDB, Spark, Ray.

Batches come in and go out by the Arrow PyCapsule interface; columns that are not asked about are handed on as they are. Only
the distinct combinations of a batch become values of Python.
"""

from collections.abc import Iterator

import pyarrow as pa  # type: ignore  # has no stubs, and need not be there
import pyarrow.compute as pc  # type: ignore

from ._fleet import ArrowStream, Judge, Phone

ANSWERS = ["answer", "ctl_outcome", "itl_outcome", "config_outcome", "leans", "file", "code", "hands"]
"""The columns of the answers, behind those of the phones."""


def judged(phones: ArrowStream, judge: Judge) -> ArrowStream:
    """The same batches with the answers."""
    reader = pa.RecordBatchReader.from_stream(phones)
    schema = reader.schema
    taken = [name for name in ANSWERS if name in schema.names]
    if taken:
        raise ValueError(f"phones: a column is called {taken[0]}, which is one of the answers")
    answers = [pa.field(name, pa.dictionary(pa.int32(), pa.string())) for name in ANSWERS]
    out = pa.schema([*schema, *answers])

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in reader:
            yield pa.RecordBatch.from_arrays([*batch.columns, *_answers(batch, judge)], schema=out)

    stream: ArrowStream = pa.RecordBatchReader.from_batches(out, batches())
    return stream


def _answers(batch: pa.RecordBatch, judge: Judge) -> list[pa.DictionaryArray]:
    keys = [name for name in ("model", "itl", "ctl", "cm_group") if name in batch.schema.names]
    columns = [_encoded(batch.column(name)) for name in keys]
    # One number for each combination: the numbers of its values, written with the sizes of their tables as digits. Checked: a
    # batch with too many distinct values for 64 bits is an error, not another combination.
    numbers = pa.array([0] * len(batch), pa.int64()) if not columns else None
    for column in columns:
        digit = pc.cast(column.indices, pa.int64())
        digit = pc.fill_null(digit, len(column.dictionary))
        base = pa.scalar(len(column.dictionary) + 1, pa.int64())
        numbers = digit if numbers is None else pc.add_checked(pc.multiply_checked(numbers, base), digit)
    combined = pc.dictionary_encode(numbers)
    distinct = [_phone(keys, columns, number) for number in combined.dictionary.to_pylist()]
    words = judge.words(distinct)
    return [_column(combined.indices, [row[index] or None for row in words]) for index in range(len(ANSWERS))]


def _encoded(column: pa.Array) -> pa.DictionaryArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_nested(column.type):
        # A group as a list of servers: told apart by its text.
        column = pa.array([None if names is None else ",".join(names) for names in column.to_pylist()], pa.string())
    return pc.dictionary_encode(column)


def _phone(keys: list[str], columns: list[pa.DictionaryArray], number: int) -> Phone:
    values: dict[str, object] = {}
    for name, column in zip(reversed(keys), reversed(columns)):
        number, digit = divmod(number, len(column.dictionary) + 1)
        values[name] = column.dictionary[digit].as_py() if digit < len(column.dictionary) else None
    group = values.get("cm_group")
    itl, ctl, model = values.get("itl"), values.get("ctl"), values.get("model")
    return Phone(
        model=str(model) if model else None,
        itl=itl or None,  # type: ignore[arg-type]  # text or bytes, by the type of the column
        ctl=ctl or None,  # type: ignore[arg-type]
        cm_group=[name.strip() for name in str(group).split(",")] if group else None,
    )


def _column(places: pa.Array, words: list[str | None]) -> pa.DictionaryArray:
    """The word of each distinct combination, at the place of each phone."""
    encoded = pc.dictionary_encode(pa.array(words, pa.string()))
    return pa.DictionaryArray.from_arrays(pc.take(encoded.indices, places), encoded.dictionary)
