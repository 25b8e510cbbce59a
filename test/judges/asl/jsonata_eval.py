"""JSONata for the interpreter, which by itself would download a Java library: jsonata-python with Step Functions' own
functions and the virtual time.

Source: Step Functions developer guide, "Transforming data with JSONata": $partition, $range, $hash, $random, $uuid and
$parse are added, $eval is refused, $now and $millis are the same throughout one expression.
"""

import functools
import hashlib
import json
import random

from jsonata import Jsonata
from jsonata.jexception import JException
from jsonata.timebox import Timebox
from jsonata.utils import Utils

from run import current

HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}

Timebox.current_milli_time = staticmethod(lambda: round(current().clock.epoch() * 1000))


class EvaluationError(Exception):
    """What fails a state with States.QueryEvaluationError."""


def syntax_problem(expression: str) -> str | None:
    """What is wrong with an expression before it runs."""
    try:
        Jsonata(expression)
    except JException as error:
        return str(error)
    return "Step Functions has no $eval" if "$eval(" in expression.replace(" ", "") else None


def evaluate(expression: str, variables: dict) -> object:
    """The value as plain JSON, with None for null. Throws EvaluationError, also where the expression yields nothing."""
    try:
        compiled = _compiled(expression)
        Jsonata.CURRENT.jsonata = compiled  # whose timestamp $now and $millis read
        value = compiled.evaluate(None, {**_functions(), **variables})
    except (JException, ValueError) as error:  # its functions of time let errors of Python's through
        raise EvaluationError(f"The JSONata expression '{expression}' threw an error: {error}") from error
    if value is None:
        raise EvaluationError(f"The JSONata expression '{expression}' returned nothing (undefined).")
    return _plain(value, expression)


@functools.lru_cache(maxsize=1000)
def _compiled(expression: str) -> Jsonata:
    compiled = Jsonata(expression)
    compiled.set_output_convert_nulls(False)  # to tell null from nothing
    return compiled


def _plain(value: object, expression: str) -> object:
    if value is Utils.NULL_VALUE or value is None:
        return None
    if isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, dict):
        return {key: _plain(item, expression) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, expression) for item in value]
    raise EvaluationError(f"The JSONata expression '{expression}' returned an unsupported result type.")


@functools.cache
def _functions() -> dict:
    return {name: Jsonata.JLambda(function) for name, function in {
        "partition": lambda items, size: [items[at:at + size] for at in range(0, len(items), size)],
        "range": lambda first, last, step: list(range(first, last + (1 if step > 0 else -1), step)),
        "hash": _hash,
        "random": lambda seed=None: (current().random if seed is None else random.Random(seed)).random(),
        "uuid": lambda: current().uuid(),
        "parse": _parse,
        "distinct": _distinct,
    }.items()}


def _hash(text: str, algorithm: str = "SHA-256") -> str:
    if algorithm not in HASHES:
        raise EvaluationError(f"$hash knows {', '.join(HASHES)}, not {algorithm}")
    return hashlib.new(HASHES[algorithm], text.encode()).hexdigest()


def _parse(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise EvaluationError(f"$parse: {error}") from error


def _distinct(items: object) -> object:
    """The reference keeps a single item in its array; jsonata-python 0.7.1 takes it out."""
    if not isinstance(items, list):
        return items
    seen: list = []
    for item in items:
        if not any(Utils.is_deep_equal(item, other) for other in seen):
            seen.append(item)
    return seen
