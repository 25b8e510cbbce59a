"""Athena's DDL for Iceberg tables, read strictly.

Sources: Athena user guide, "Create Iceberg tables", "Evolve Iceberg table schema", "Escape reserved keywords in queries".
"""

import dataclasses
import re

RESERVED = frozenset("""
ALL ALTER AND ARRAY AS AUTHORIZATION BETWEEN BIGINT BINARY BOOLEAN BOTH BY CASE CASHE CAST CHAR COLUMN CONF CONSTRAINT
COMMIT CREATE CROSS CUBE CURRENT CURRENT_DATE CURRENT_TIMESTAMP CURSOR DATABASE DATE DAYOFWEEK DECIMAL DELETE DESCRIBE
DISTINCT DIV DOUBLE DROP ELSE END EXCHANGE EXISTS EXTENDED EXTERNAL EXTRACT FALSE FETCH FLOAT FLOOR FOLLOWING FOR FOREIGN
FROM FULL FUNCTION GRANT GROUP GROUPING HAVING IF IMPORT IN INNER INSERT INT INTEGER INTERSECT INTERVAL INTO IS JOIN
LATERAL LEFT LESS LIKE LOCAL MACRO MAP MORE NONE NOT NULL NUMERIC OF ON ONLY OR ORDER OUT OUTER OVER PARTIALSCAN PARTITION
PERCENT PRECEDING PRECISION PRESERVE PRIMARY PROCEDURE RANGE READS REDUCE REGEXP REFERENCES REVOKE RIGHT RLIKE ROLLBACK
ROLLUP ROW ROWS SELECT SET SMALLINT START TABLE TABLESAMPLE THEN TIME TIMESTAMP TO TRANSFORM TRIGGER TRUE TRUNCATE
UNBOUNDED UNION UNIQUEJOIN UPDATE USER USING UTC_TIMESTAMP VALUES VARCHAR VIEWS WHEN WHERE WINDOW WITH
""".split())
TOKENS = re.compile(r"\s*(?:(?P<quoted>`(?:[^`]|``)+`)|(?P<text>'[^']*')|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>\d+)"
                    r"|(?P<mark>[(),.=]))")
TIMES = ("year", "month", "day", "hour")


class Malformed(Exception):
    """What StartQueryExecution refuses."""


@dataclasses.dataclass
class Statement:
    kind: str
    table: str
    """As `database.table`."""
    columns: list[dict] = dataclasses.field(default_factory=list)
    old: str = ""
    partition_by: list[dict] = dataclasses.field(default_factory=list)
    location: str = ""
    properties: dict = dataclasses.field(default_factory=dict)
    if_not_exists: bool = False


def parse(sql: str) -> Statement:
    return _Parser(sql).statement()


class _Parser:
    def __init__(self, sql: str):
        self._tokens, at = [], 0
        while at < len(sql.rstrip()):
            found = TOKENS.match(sql, at)
            if found is None:
                raise Malformed(f"no viable alternative at input '{sql[at:at + 20]}'")
            self._tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()
        self._at = 0

    def statement(self) -> Statement:
        if self._word("DESCRIBE"):
            made = Statement("describe", self._table())
        elif self._word("CREATE"):
            made = self._create()
        else:
            self._expect("ALTER")
            made = self._alter()
        if self._at < len(self._tokens):
            raise Malformed(f"extraneous input '{self._tokens[self._at][1]}'")
        return made

    def _create(self) -> Statement:
        self._expect("TABLE")
        made = Statement("create", "")
        if self._word("IF"):
            self._expect("NOT")
            self._expect("EXISTS")
            made.if_not_exists = True
        made.table = self._table()
        made.columns = self._list(self._column)
        if self._word("PARTITIONED"):
            self._expect("BY")
            made.partition_by = self._list(self._partition)
        if not self._word("LOCATION"):
            raise Malformed("No location was specified for table. An S3 location must be specified")
        made.location = self._text()
        self._expect("TBLPROPERTIES")
        made.properties = dict(self._list(self._property))
        return made

    def _alter(self) -> Statement:
        self._expect("TABLE")
        table = self._table()
        if self._word("ADD"):
            self._expect("COLUMNS")
            return Statement("add", table, columns=self._list(self._column))
        self._expect("CHANGE")
        self._word("COLUMN")
        old = self._name()
        return Statement("change", table, old=old, columns=[self._column()])

    def _table(self) -> str:
        first = self._name()
        self._expect(".")
        return f"{first}.{self._name()}"

    def _column(self) -> dict:
        return {"name": self._name(), "type": self._type()}

    def _type(self) -> str:
        kind, text = self._next()
        if kind != "word":
            raise Malformed(f"mismatched input '{text}', expecting a type")
        if self._mark("("):
            digits = [self._number()]
            while self._mark(","):
                digits.append(self._number())
            self._expect(")")
            text += f"({','.join(digits)})"
        return text.lower()

    def _partition(self) -> dict:
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        following = self._tokens[self._at + 1][1] if self._at + 1 < len(self._tokens) else ""
        if kind != "word" or following != "(":
            column = self._name()
            return {"field": column, "transform": "identity", "column": column}
        self._at += 2
        transform = text.lower()
        width = ""
        if transform in ("bucket", "truncate"):
            width = self._number()
            self._expect(",")
        elif transform not in TIMES:
            raise Malformed(f"no partition transform {text}")
        column = self._name()
        self._expect(")")
        field = {"truncate": "trunc"}.get(transform, transform)
        return {"field": f"{column}_{field}", "transform": f"{transform}[{width}]" if width else transform, "column": column}

    def _property(self) -> tuple[str, str]:
        name = self._text()
        self._expect("=")
        return name, self._text()

    def _list(self, item) -> list:
        self._expect("(")
        found = [item()]
        while self._mark(","):
            found.append(item())
        self._expect(")")
        return found

    def _name(self) -> str:
        kind, text = self._next()
        if kind == "quoted":
            return text[1:-1].replace("``", "`").lower()
        if kind != "word" or text.upper() in RESERVED or text.startswith("_"):
            raise Malformed(f"mismatched input '{text}', expecting an identifier")
        return text.lower()

    def _text(self) -> str:
        kind, text = self._next()
        if kind != "text":
            raise Malformed(f"mismatched input '{text}', expecting STRING")
        return text[1:-1]

    def _number(self) -> str:
        kind, text = self._next()
        if kind != "number":
            raise Malformed(f"mismatched input '{text}', expecting a number")
        return text

    def _word(self, word: str) -> bool:
        return self._skip("word", word)

    def _mark(self, mark: str) -> bool:
        return self._skip("mark", mark)

    def _skip(self, kind: str, text: str) -> bool:
        found = self._at < len(self._tokens) and self._tokens[self._at][0] == kind
        found = found and self._tokens[self._at][1].upper() == text
        self._at += found
        return found

    def _expect(self, text: str) -> None:
        if not (self._word(text) or self._mark(text)):
            raise Malformed(f"mismatched input '{(self._tokens + [('', '<EOF>')])[self._at][1]}', expecting '{text}'")

    def _next(self) -> tuple[str, str]:
        if self._at == len(self._tokens):
            raise Malformed("mismatched input '<EOF>'")
        self._at += 1
        return self._tokens[self._at - 1]
