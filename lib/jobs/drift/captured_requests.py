"""Rows out of captured requests: SageMaker's data capture and Vertex AI's request-response log.

SageMaker writes JSON lines: captureData.endpointInput and endpointOutput, each with data, encoding (CSV, JSON, BASE64)
and observedContentType; eventMetadata with eventId, inferenceTime and, where the caller set it, inferenceId.
Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
Vertex AI writes a table of BigQuery: request_id, logging_time, and request_payload and response_payload, each a list of
JSON texts. Exported, it is Parquet or JSON lines.
Source: https://cloud.google.com/vertex-ai/docs/predictions/online-prediction-logging

An answer that cannot be read leaves its request's rows as they are, without a prediction.

The id of a row is what it has under requestField. Without that it is the id of its request, and a request of several
rows gives them `<id>/0`, `<id>/1` and so on. Vertex AI makes up that id itself; SageMaker takes the caller's.
"""

from __future__ import annotations

import json
from typing import Callable

from batches import RowBuffer, Unreadable
from cells import UNREADABLE, listed
from configuration import Configuration
from flat_files import arrow_batches, json_lines
from ids import id_text
from instants import parse_instant
from payloads import UnreadablePayload, answer_cells, body, request_rows

VERTEX_COLUMNS = ["request_id", "logging_time", "request_payload", "response_payload"]


def read_captured(path: str, flat: str, configuration: Configuration, names: list, unreadable: Unreadable):
    """Batches of the columns with these names."""
    records = (
        _sagemaker(path, unreadable) if configuration.format == "sagemaker-capture" else _vertex(path, flat, unreadable)
    )
    types = {column.name: column.type for column in configuration.features}
    buffer = RowBuffer(names)
    for where, record in records:
        asked = _tried(lambda: _asked(record, configuration, types), lambda why: unreadable.add(where, why))
        if asked is None:
            continue
        rows, ids, time, answer = asked
        if configuration.prediction is not None and answer is not None:
            cells = _tried(
                lambda: _answers(answer, len(rows), configuration), lambda why: unreadable.add_answer(where, why)
            )
            rows = _with_answers(rows, cells, configuration.prediction.name)
        for row, row_id in zip(rows, ids):
            buffer.add(row, row_id, time)
        if buffer.full():
            yield buffer.flush()
    yield buffer.flush()


def _tried(read: Callable, tell: Callable) -> object:
    """Callers send whatever they like: what reading it throws is told of the record, and never ends the job."""
    try:
        return read()
    except Exception as problem:
        tell(problem)
        return None


def _asked(record: Callable, configuration: Configuration, types: dict) -> tuple:
    id_, time, request, answer = record()
    rows = request_rows(request(), configuration.columns, types)
    return rows, _ids(rows, id_, configuration.request_field), time, answer


def _answers(answer: Callable, count: int, configuration: Configuration) -> list:
    return answer_cells(answer(), configuration.prediction.name, configuration.prediction.index, count)


def _with_answers(rows: list[dict], cells: list | None, name: str) -> list[dict]:
    cells = [UNREADABLE] * len(rows) if cells is None else cells
    return [{**row, name: cell} for row, cell in zip(rows, cells)]


def _ids(rows: list[dict], id_: str | None, field: str | None) -> list:
    if field is not None:
        return [id_text(row.get(field)) for row in rows]
    if id_ is None or len(rows) == 1:
        return [id_] * len(rows)
    return [f"{id_}/{index}" for index in range(len(rows))]


def _sagemaker(path: str, unreadable: Unreadable):
    for number, line in json_lines(path, unreadable):
        yield f"{path}:{number}", lambda line=line: _sagemaker_record(line)


def _sagemaker_record(line: dict) -> tuple:
    data, event = line.get("captureData"), line.get("eventMetadata")
    if not isinstance(data, dict) or not isinstance(event, dict):
        raise UnreadablePayload("no captureData and eventMetadata")
    request, answer = data.get("endpointInput"), data.get("endpointOutput")
    if request is None:
        raise UnreadablePayload("no endpointInput: the endpoint must capture requests and answers")
    id_ = event.get("inferenceId") or event.get("eventId")
    return (
        id_text(id_),
        parse_instant(event.get("inferenceTime")),
        lambda: _body(request),
        None if answer is None else lambda: _body(answer),
    )


def _body(part: object) -> object:
    if not isinstance(part, dict):
        raise UnreadablePayload(f"a request or answer of {type(part).__name__}, which should have data and encoding")
    return body(part.get("data"), str(part.get("encoding", "")), str(part.get("observedContentType", "")))


def _vertex(path: str, flat: str, unreadable: Unreadable):
    if flat == "jsonl":
        for number, row in json_lines(path, unreadable):
            yield f"{path}:{number}", lambda row=row: _vertex_record(row)
        return
    number = 0
    for batch in arrow_batches(path, flat, VERTEX_COLUMNS, unreadable):
        columns = {name: listed(cells) for name, cells in batch.columns.items()}
        for index in range(batch.rows):
            number += 1
            row = {name: cells[index] for name, cells in columns.items()}
            yield f"{path}:{number}", lambda row=row: _vertex_record(row)


def _vertex_record(row: dict) -> tuple:
    requests, answers = _texts(row.get("request_payload")), _texts(row.get("response_payload"))
    if not requests:
        raise UnreadablePayload("no request_payload")
    id_ = id_text(row.get("request_id"))
    return (
        id_,
        parse_instant(row.get("logging_time")),
        lambda: _joined(requests),
        (lambda: _joined(answers)) if answers else None,
    )


def _joined(texts: list) -> object:
    """Of one text its value. Several texts are one row (or answer) each."""
    try:
        values = [json.loads(text) for text in texts]
    except ValueError as error:
        raise UnreadablePayload(f"no JSON: {error}") from error
    return values[0] if len(values) == 1 else values


def _texts(value: object) -> list:
    """However deep a writer of Parquet nests the elements of a list."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for item in value for text in _texts(item)] if isinstance(value, list) else []
