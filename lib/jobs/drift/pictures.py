"""Distributions as inline SVG: reference filled, current outlined, so that they differ without colour too."""

from __future__ import annotations

from html import escape

from distributions import Distribution

WIDTH, HEIGHT = 640, 180
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 8, 26
ROW = 24
NAMES, AFTER = 190, 96
LABEL = 26


def picture(name: str, distribution: Distribution, id_: str) -> str:
    draw = _histogram if distribution.edges is not None else _bars
    size, body = draw(distribution)
    return (
        f'<svg viewBox="0 0 {WIDTH} {size}" role="img" aria-labelledby="{id_}">'
        f'<title id="{id_}">{escape(_told(name, distribution))}</title>{body}</svg>'
    )


def _told(name: str, distribution: Distribution) -> str:
    """For who hears the picture: where the two differ most."""
    gaps = [abs(one - two) for one, two in zip(distribution.reference, distribution.current)]
    most = gaps.index(max(gaps))
    return (
        f"Distribution of {name} in {len(gaps)} bins. The largest difference is at {distribution.labels[most]}: "
        f"{distribution.reference[most]:.1%} of the reference, {distribution.current[most]:.1%} of current."
    )


def _histogram(distribution: Distribution) -> tuple[int, str]:
    edges = distribution.edges
    top = max(*distribution.reference, *distribution.current) or 1.0
    x = lambda value: LEFT + (value - edges[0]) / (edges[-1] - edges[0]) * (WIDTH - LEFT - RIGHT)
    y = lambda share: TOP + (1 - share / top) * (HEIGHT - TOP - BOTTOM)
    bars = "".join(
        f'<rect class="r" x="{x(left):.1f}" y="{y(share):.1f}" width="{x(right) - x(left):.1f}" '
        f'height="{y(0) - y(share):.1f}"/>'
        for left, right, share in zip(edges, edges[1:], distribution.reference)
    )
    line = (
        f"M{x(edges[0]):.1f} {y(0):.1f}"
        + "".join(f"V{y(share):.1f}H{x(right):.1f}" for right, share in zip(edges[1:], distribution.current))
        + f"V{y(0):.1f}"
    )
    scale = "".join(
        f'<path class="g" d="M{LEFT} {y(share):.1f}H{WIDTH - RIGHT}"/>'
        f'<text x="{LEFT - 6}" y="{y(share) + 4:.1f}" text-anchor="end">{share:.0%}</text>'
        for share in (0.0, top / 2, top)
    )
    ticks = "".join(
        f'<text x="{x(edges[place]):.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{edges[place]:.4g}</text>'
        for place, anchor in ((0, "start"), (len(edges) // 2, "middle"), (-1, "end"))
    )
    return HEIGHT, f'{scale}{bars}<path class="c" d="{line}"/>{ticks}'


def _bars(distribution: Distribution) -> tuple[int, str]:
    top = max(*distribution.reference, *distribution.current, 1e-9)
    long = lambda share: share / top * (WIDTH - NAMES - AFTER)
    rows = []
    for index, (label, one, two) in enumerate(zip(distribution.labels, distribution.reference, distribution.current)):
        y = index * ROW + 4
        short = label if len(label) <= LABEL else label[: LABEL - 1] + "…"
        rows.append(
            f'<text x="{NAMES - 8}" y="{y + 13}" text-anchor="end">{escape(short)}</text>'
            f'<rect class="r" x="{NAMES}" y="{y}" width="{long(one):.1f}" height="9"/>'
            f'<rect class="c" x="{NAMES}" y="{y + 9}" width="{long(two):.1f}" height="9"/>'
            f'<text x="{NAMES + max(long(one), long(two)) + 6:.1f}" y="{y + 13}">{_pair(one, two)}</text>'
        )
    return len(rows) * ROW + 4, "".join(rows)


def _pair(one: float, two: float) -> str:
    return f"{one:.0%}" if f"{one:.0%}" == f"{two:.0%}" else f"{one:.0%} → {two:.0%}"
