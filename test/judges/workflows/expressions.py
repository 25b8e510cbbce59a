"""Evaluates expressions with Workflows' meaning. Python's parser reads them; nothing of them runs as Python.

The emulator evaluates them as Python: `null` is unknown to it, `x.items` is a method, a missing key cannot be caught.
"""

import ast
import copy
import functools
import re

import library
import values
from errors import error
from run import Rejected

LONGEST = 400
"""Source: Workflows, "Quotas and limits": characters of an expression."""
TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|\s+|.', re.S)
WORD = re.compile(r"[A-Za-z_]\w*")
WHOLE = re.compile(r"\$\{(.*)\}", re.S)
LITERALS = {"null": None, "true": True, "false": False}
OPERATORS = {"and", "or", "not", "in"}
PREFIX = "n_"
"""Before every name, so that one may be a word of Python's, such as `if` or `from`."""


def render(text: str, variables: dict):
    """A text of a document: an expression as a whole, or plain."""
    if "${" not in text:
        return text
    whole = WHOLE.fullmatch(text)
    if not whole:
        raise Rejected(f"{text!r} mixes an expression with text")
    return evaluate(whole[1], variables)


def evaluate(code: str, variables: dict):
    if len(code) > LONGEST:
        raise Rejected(f"an expression of {len(code)} characters, {LONGEST} are allowed: {code}")
    return copy.deepcopy(_Evaluation(code, variables).of(_parse(code)))


def target(name: str, variables: dict) -> tuple[str, list]:
    """What an assignment writes to: a variable and the way into it."""
    evaluation, node, way = _Evaluation(name, variables), _parse(name), []
    while not isinstance(node, ast.Name):
        if not isinstance(node, (ast.Attribute, ast.Subscript)):
            raise Rejected(f"{name!r} cannot be assigned to")
        way.insert(0, _word(node.attr) if isinstance(node, ast.Attribute) else evaluation.of(node.slice))
        node = node.value
    return _word(node.id), way


@functools.lru_cache(maxsize=4096)
def _parse(code: str) -> ast.expr:
    tokens = (token if token in OPERATORS or not WORD.fullmatch(token) else PREFIX + token for token in TOKEN.findall(code))
    try:
        return ast.parse("(" + "".join(tokens) + ")", mode="eval").body
    except SyntaxError as wrong:
        raise Rejected(f"{code!r} is no expression: {wrong.msg}") from wrong


def _word(name: str) -> str:
    return name.removeprefix(PREFIX)


class _Evaluation:
    def __init__(self, code: str, variables: dict):
        self._code, self._variables = code, variables

    def of(self, node: ast.expr):
        evaluate_node = getattr(self, "_" + type(node).__name__.lower(), None)
        if evaluate_node is None:
            raise Rejected(f"{self._code!r}: Workflows has no {type(node).__name__}")
        return evaluate_node(node)

    def _constant(self, node):
        return node.value

    def _list(self, node):
        return [self.of(item) for item in node.elts]

    def _name(self, node):
        name = _word(node.id)
        if name in LITERALS:
            return LITERALS[name]
        if name in self._variables:
            return self._variables[name]
        if (subworkflow := library.subworkflow(name)) is not None:
            return subworkflow
        raise Rejected(f"{self._code!r}: there is no variable {name}")

    def _attribute(self, node):
        constant = library.CONSTANTS.get(self._path(node))
        return constant if constant is not None else values.member(self.of(node.value), _word(node.attr))

    def _subscript(self, node):
        return values.member(self.of(node.value), self.of(node.slice))

    def _call(self, node):
        name = self._path(node.func)
        if name is None or node.keywords:
            raise Rejected(f"{self._code!r}: only functions of the standard library can be called, by position")
        return library.call(name, [self.of(argument) for argument in node.args], within=self._code)

    def _binop(self, node):
        op = type(node.op).__name__
        if op not in values.ARITHMETIC:
            raise Rejected(f"{self._code!r}: Workflows has no operator {op}")
        return values.arithmetic(op, self.of(node.left), self.of(node.right))

    def _compare(self, node):
        op = type(node.ops[0]).__name__
        if len(node.ops) > 1 or op in ("Is", "IsNot"):
            raise Rejected(f"{self._code!r}: a comparison has two sides")
        return values.compare(op, self.of(node.left), self.of(node.comparators[0]))

    def _boolop(self, node):
        """Stops at the first side that decides."""
        stop = isinstance(node.op, ast.Or)
        for side in node.values:
            if values.boolean(self.of(side), "and, or") == stop:
                return stop
        return not stop

    def _unaryop(self, node):
        value = self.of(node.operand)
        if isinstance(node.op, ast.Not):
            return not values.boolean(value, "not")
        if not values.is_a(value, "number") or not isinstance(node.op, (ast.USub, ast.UAdd)):
            raise error("TypeError", f"no sign before {values.name(value)}")
        return -value if isinstance(node.op, ast.USub) else value

    def _path(self, node) -> str | None:
        """`text.split` or `len`, unless a variable has that name."""
        if isinstance(node, ast.Name):
            return _word(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = _word(node.value.id)
            return None if module in self._variables else f"{module}.{_word(node.attr)}"
        return None
