"""report.html: what people read. One file without scripts or anything from elsewhere; every value is escaped."""

from __future__ import annotations

from html import escape

from comparison import Comparison
from methods import METHODS
from pictures import picture
from style import STYLE
from watch import Outcome

TOLD = {
    "vanished": "Current has no value at all.",
    "absent": "Current has no such column.",
    "no-reference": "The reference has no value to compare with.",
    "all-missing": "Neither the reference nor current has a value.",
    "too-few-values": "Not compared: too few values.",
    "too-many-categories": "Not compared: more different values than any category has. Is it an id?",
    "categories-grouped": "Rare categories were compared as one.",
    "new-categories": "Current has categories that the reference never had.",
    "constant": "The reference has a single value.",
    "one-bin": "Nearly all numbers are in one bin, which an outlier stretches: wasserstein would see more.",
    "small-reference": "The reference is less than ten times current: the chi-square test alarms too often.",
    "infinite-values": "Infinite values, and such as no measurement has, were left out.",
    "unreadable-values": "Values of another type were left out.",
}
TITLES = {
    "OK": "No drift",
    "DRIFT": "The data has drifted",
    "INSUFFICIENT_DATA": "Too little data to tell",
    "UNMEASURED": "Nothing can be told by this data",
}


def report_of(result: dict, outcome: Outcome | None) -> str:
    """Without an outcome nothing was measured."""
    model, window = result["model"], result["window"]
    title = f"{model['name']} {model['version']}"
    return "".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>Drift of {escape(title)}: {result['status']}</title><style>{STYLE}</style></head><body><main>",
            f'<h1>{escape(title)}: <span class="{result["status"]}">{TITLES[result["status"]]}</span></h1>',
            f'<p class="soft">Requests from {escape(window["start"])} to {escape(window["end"])}, against what the '
            "model was trained on</p>",
            "".join(f"<p>{escape(reason[0].upper() + reason[1:].rstrip('.'))}.</p>" for reason in result["reasons"]),
            "" if outcome is None else _figures(result, outcome),
            "</main></body></html>\n",
        )
    )


def _figures(result: dict, outcome: Outcome) -> str:
    every = [*outcome.columns, *([outcome.prediction] if outcome.prediction else [])]
    told = {
        entry["name"]: entry
        for entry in [*result["columns"], *([result["prediction"]] if "prediction" in result else [])]
    }
    ids = {found.column.name: f"c{index}" for index, found in enumerate(every)}
    order = sorted(
        every, key=lambda found: (not found.drifted, ids[found.column.name] == ids.get(_name(outcome.prediction)))
    )
    return "".join(
        (
            _facts(result),
            _performance(result),
            _table(every, told, ids),
            _segments(result),
            '<h2 id="distributions">Distributions</h2><p class="soft"><span class="key r"></span>reference'
            '<span class="key c"></span>current</p><div class="cards">',
            "".join(_card(found, told[found.column.name], ids[found.column.name]) for found in order),
            "</div>",
            _unread(result),
        )
    )


def _name(found: Comparison | None) -> str | None:
    return found.column.name if found else None


def _facts(result: dict) -> str:
    rows, dataset, quality = result["rows"], result["dataset"], result["quality"]
    facts = [
        ("Columns drifted", f"{dataset['drifted']} of {dataset['columns']}"),
        ("Share drifted", f"{dataset['share']:.0%}, drift from {dataset['threshold']:.0%}"),
        ("Rows of reference", f"{rows['reference']:,}"),
        ("Rows of current", f"{rows['current']:,}"),
        ("Missing cells", f"{quality['missingShare']:.2%}"),
        ("New categories", f"{quality['newCategories']:,}"),
    ]
    if rows["unreadable"] or rows["unreadableReference"]:
        facts.append(("Unreadable records", f"{rows['unreadable'] + rows['unreadableReference']:,}"))
    if rows["unreadableAnswers"]:
        facts.append(("Unreadable answers", f"{rows['unreadableAnswers']:,}"))
    if "labels" in result:
        facts.append(("Requests with labels", f"{result['labels']['share']:.0%}"))
        if result["labels"]["conflicting"]:
            facts.append(("Ids left out, whose labels differ", f"{result['labels']['conflicting']:,}"))
    return "<dl>" + "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts) + "</dl>"


def _performance(result: dict) -> str:
    current, reference = result.get("performance"), result.get("referencePerformance")
    if not current and not reference:
        return ""
    rows = [
        [_text(name), _figure(reference.get(name)), _figure(current.get(name))] for name in {**reference, **current}
    ]
    about = f'<p class="soft">Of {result["labelledRows"]:,} requests with label and prediction.</p>'
    return f"<h2>Performance</h2>{about}" + _rows(("Metric", "Reference#", "Current#"), rows)


def _table(every: list, told: dict, ids: dict) -> str:
    rows = []
    for found in every:
        entry = told[found.column.name]
        name = f'<td><a href="#{ids[found.column.name]}">{escape(found.column.name)}</a></td>'
        drifted = (
            '<td class="yes">drifted</td>'
            if found.drifted
            else f"<td>{'no' if found.compared else 'not compared'}</td>"
        )
        rows.append(
            [
                name,
                _text(entry["type"]),
                _text(METHODS[entry["method"]].title),
                _figure(entry["score"]),
                _text(f"{'<' if METHODS[entry['method']].is_test else '≥'} {entry['threshold']:g}", "n"),
                drifted,
                _text(f"{entry['missingShare'][0]:.1%} → {entry['missingShare'][1]:.1%}", "n"),
            ]
        )
    return "<h2>Columns</h2>" + _rows(("Column", "Type", "Method", "Score#", "Drift at#", "Drifted", "Missing#"), rows)


def _segments(result: dict) -> str:
    rows = [
        [
            _text(f"{found['column']} = {found['value']}"),
            _text(f"{found['rows']['reference']:,}", "n"),
            _text(f"{found['rows']['current']:,}", "n"),
            f'<td class="{found["status"]}">{TITLES[found["status"]]}</td>',
            _text(", ".join(found["drifted"]) or "none"),
            _text(
                ", ".join(f"{name} {value:.3f}" for name, value in found.get("performance", {}).items())
                or "not measured"
            ),
        ]
        for found in result.get("segments", [])
    ]
    if not rows:
        return ""
    heads = ("Segment", "Reference#", "Current#", "Outcome", "Drifted columns", "Performance")
    more = [f"{count} further values of {name}" for name, count in result["segmentsLeftOut"].items()]
    return (
        "<h2>Segments</h2>"
        + _rows(heads, rows)
        + (f'<p class="soft">Left out: {escape(", ".join(more))}.</p>' if more else "")
    )


def _card(found: Comparison, entry: dict, id_: str) -> str:
    drifted = ' <span class="yes">drifted</span>' if found.drifted else ""
    score = "" if found.figure is None else f"{METHODS[entry['method']].title}: {found.figure.score:.4g}"
    notes = [TOLD[finding] for finding in entry.get("findings", [])]
    examples = ", ".join(found.new.examples)
    notes += [f"New: {examples}{', …' if found.new.count > len(found.new.examples) else ''}"] if examples else []
    drawn = picture(found.column.name, found.distribution, f"{id_}t") if found.distribution else ""
    about = "".join(f'<p class="soft">{escape(note)}</p>' for note in [score, *notes] if note)
    return f'<article id="{id_}"><h3>{escape(found.column.name)}{drifted}</h3>{about}{drawn}</article>'


def _unread(result: dict) -> str:
    examples = result["quality"].get("unreadableRows", [])
    items = "".join(f"<li>{escape(example)}</li>" for example in examples)
    return f"<h2>Records and answers that could not be read</h2><p>The first ones:</p><ul>{items}</ul>" if items else ""


def _rows(heads: tuple, rows: list) -> str:
    """A head that ends in # is over numbers."""
    head = "".join(
        f'<th scope="col"{" class=n" if name.endswith("#") else ""}>{name.rstrip("#")}</th>' for name in heads
    )
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _text(value: object, class_: str = "") -> str:
    return f'<td{f" class={class_}" if class_ else ""}>{escape(str(value))}</td>'


def _figure(value: float | None) -> str:
    return _text("–" if value is None else f"{value:.4g}", "n")
