"""Types of values, and the operators of expressions with Workflows' strictness instead of Python's."""

import operator

from errors import error

TYPES = {"string": (str,), "int": (int,), "number": (int, float), "bool": (bool,), "list": (list,), "map": (dict,),
         "bytes": (bytes,)}
NAMES = {bool: "bool", bytes: "bytes", float: "double", int: "int", list: "list", dict: "map", str: "string",
         type(None): "null"}
ARITHMETIC = {"Add": operator.add, "Sub": operator.sub, "Mult": operator.mul, "Div": operator.truediv,
              "FloorDiv": operator.floordiv, "Mod": operator.mod}
COMPARISON = {"Eq": operator.eq, "NotEq": operator.ne, "Lt": operator.lt, "LtE": operator.le, "Gt": operator.gt,
              "GtE": operator.ge}


def name(value) -> str:
    return NAMES.get(type(value), type(value).__name__)


def is_a(value, kind: str) -> bool:
    return kind == "any" or (isinstance(value, TYPES[kind]) and (kind == "bool" or not isinstance(value, bool)))


def arithmetic(op: str, left, right):
    texts = op == "Add" and is_a(left, "string") and is_a(right, "string")
    if not texts and not (is_a(left, "number") and is_a(right, "number")):
        raise error("TypeError", f"unsupported operand types for {op}: {name(left)} and {name(right)}")
    try:
        return ARITHMETIC[op](left, right)
    except ZeroDivisionError as zero:
        raise error("ZeroDivisionError", "division by zero") from zero


def compare(op: str, left, right) -> bool:
    if op in ("In", "NotIn"):
        if not is_a(right, "list") and not is_a(right, "map"):
            raise error("TypeError", f"in needs a list or a map, not {name(right)}")
        return (left in right) == (op == "In")
    ordered = all(is_a(side, "number") for side in (left, right)) or all(is_a(side, "string") for side in (left, right))
    if op not in ("Eq", "NotEq") and not ordered:
        raise error("TypeError", f"cannot order {name(left)} and {name(right)}")
    same = is_a(left, "bool") == is_a(right, "bool")  # Python's True == 1
    return COMPARISON[op](left, right) if same else op == "NotEq"


def boolean(value, where: str) -> bool:
    if not is_a(value, "bool"):
        raise error("TypeError", f"{where} needs a bool, not {name(value)}")
    return value


def member(of, key):
    """`of.key`, `of["key"]` and `of[0]`."""
    if is_a(of, "map"):
        if not is_a(key, "string"):
            raise error("TypeError", f"a key of a map is a string, not {name(key)}")
        if key not in of:
            raise error("KeyError", f"key not found: {key}")
        return of[key]
    if is_a(of, "list"):
        if not is_a(key, "int"):
            raise error("TypeError", f"an index is an int, not {name(key)}")
        if not 0 <= key < len(of):
            raise error("IndexError", f"index out of range: {key} of {len(of)}")
        return of[key]
    raise error("TypeError", f"{name(of)} has no {key!r}: only maps and lists have members")
