"""Makes the datasets of this example, transactions and chargebacks, as Parquet: the same for the same arguments.

    python generate.py --out DIR [--rows 20000] [--days 90] [--seed 1] [--end 2026-03-31] [--drift]

writes DIR/transactions/ and DIR/chargebacks/ with the columns of platform.yaml. With --drift the world has changed:
prices have risen, a new currency has come, and stolen cards are tried with many small payments instead of used at night
for a large one. A model of the old world knows little of the new one.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

TRANSACTIONS = pa.schema(
    [
        ("transaction_id", pa.string()),
        ("card_id", pa.string()),
        ("merchant_id", pa.string()),
        ("amount", pa.decimal128(12, 2)),
        ("currency", pa.string()),
        ("authorised", pa.bool_()),
        ("ts", pa.timestamp("us", tz="UTC")),
    ]
)
CHARGEBACKS = pa.schema(
    [
        ("transaction_id", pa.string()),
        ("reason", pa.string()),
        ("amount", pa.decimal128(12, 2)),
        ("disputed_on", pa.date32()),
    ]
)

FRAUDS = 0.04
#: Of the frauds, how many nobody disputes; of the other payments, how many are disputed nevertheless.
UNNOTICED, MISTAKEN = 0.05, 0.002
#: Days after which a payment is disputed, at most. The pipeline waits as long.
LATEST_DISPUTE = 7
HOUR, DAY = 3600, 86_400
#: When people pay: by the hour of the day.
HOURS = np.array([1, 1, 1, 1, 1, 2, 4, 7, 9, 9, 9, 10, 12, 11, 9, 9, 10, 12, 13, 12, 9, 6, 4, 2], dtype=float)


@dataclass(frozen=True)
class World:
    prices: float
    currencies: dict
    #: Share of the frauds in which a stolen card is tried, instead of used at night.
    tried: float


BEFORE = World(prices=1.0, currencies={"EUR": 0.7, "PLN": 0.18, "GBP": 0.12}, tried=0)
AFTER = World(prices=1.6, currencies={"EUR": 0.45, "PLN": 0.15, "GBP": 0.1, "TRY": 0.3}, tried=0.8)


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the datasets of the example.")
    parser.add_argument("--out", required=True, help="folder for transactions/ and chargebacks/")
    parser.add_argument("--rows", type=int, default=20_000, help="payments")
    parser.add_argument("--days", type=int, default=90, help="days that they are of")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--end", type=date.fromisoformat, default=date(2026, 3, 31), help="last day")
    parser.add_argument("--drift", action="store_true", help="of a world that has changed")
    given = parser.parse_args()
    if given.rows < 1 or given.days < 1:
        parser.error("--rows and --days must be 1 or more")
    transactions, chargebacks = generate(given.rows, given.days, given.seed, given.end, AFTER if given.drift else BEFORE)
    for name, table in (("transactions", transactions), ("chargebacks", chargebacks)):
        os.makedirs(os.path.join(given.out, name), exist_ok=True)
        pq.write_table(table, os.path.join(given.out, name, "part-00000.parquet"))
        print(f"{name}: {table.num_rows} rows")


def generate(rows: int, days: int, seed: int, end: date, world: World) -> tuple:
    random = np.random.default_rng([seed, world is AFTER])
    cards = max(20, rows // 40)
    usual = random.lognormal(3.2, 0.5, cards)
    home = random.choice(list(world.currencies), cards, p=list(world.currencies.values()))
    card = random.integers(0, cards, rows)
    hour = random.choice(24, rows, p=HOURS / HOURS.sum())
    second = random.integers(0, days, rows) * DAY + hour * HOUR + random.integers(0, HOUR, rows)
    amount = usual[card] * random.lognormal(0, 0.6, rows)
    fraud = random.random(rows) < FRAUDS
    tried = fraud & (random.random(rows) < world.tried)
    second, amount = _spent_at_night(random, fraud & ~tried, second, amount)
    card, second, amount = _tried(random, np.flatnonzero(tried), card, second, amount)
    cents = np.maximum(1, np.rint(amount * world.prices * 100)).astype(np.int64)

    order = np.argsort(second, kind="stable")
    first = datetime.combine(end, time(), timezone.utc) - timedelta(days=days - 1)
    start = int(first.timestamp())
    ids = [f"t{seed}{'d' if world is AFTER else 'c'}{number:08d}" for number in range(rows)]
    money = [Decimal(int(value)).scaleb(-2) for value in cents[order]]
    moments = (second[order] + start) * 1_000_000
    transactions = pa.table(
        [
            ids,
            [f"card-{number:05d}" for number in card[order]],
            [f"merchant-{number:03d}" for number in random.integers(0, 200, rows)],
            pa.array(money, pa.decimal128(12, 2)),
            home[card[order]].tolist(),
            random.random(rows) < 0.97,
            pa.array(moments, pa.timestamp("us", tz="UTC")),
        ],
        schema=TRANSACTIONS,
    )
    disputed = np.where(fraud[order], random.random(rows) >= UNNOTICED, random.random(rows) < MISTAKEN)
    delay = random.integers(1, LATEST_DISPUTE, rows)
    last = (end - first.date()).days
    place = [at for at in np.flatnonzero(disputed) if second[order][at] // DAY + delay[at] <= last]
    chargebacks = pa.table(
        [
            [ids[at] for at in place],
            ["fraud" if fraud[order][at] else "not-recognised" for at in place],
            pa.array([money[at] for at in place], pa.decimal128(12, 2)),
            [first.date() + timedelta(days=int(second[order][at] // DAY + delay[at])) for at in place],
        ],
        schema=CHARGEBACKS,
    )
    return transactions, chargebacks


def _spent_at_night(random, fraud: np.ndarray, second: np.ndarray, amount: np.ndarray) -> tuple:
    """One large payment each, most of them while the card's holder sleeps."""
    at_night = fraud & (random.random(len(fraud)) < 0.7)
    night = second // DAY * DAY + random.integers(0, 5 * HOUR, len(fraud))
    large = random.lognormal(1.1, 0.5, len(fraud))
    return np.where(at_night, night, second), np.where(fraud, amount * large, amount)


def _tried(random, frauds: np.ndarray, card: np.ndarray, second: np.ndarray, amount: np.ndarray) -> tuple:
    """Many small payments of one card within an hour, at any time of the day."""
    card, second, amount = card.copy(), second.copy(), amount.copy()
    begin = 0
    while begin < len(frauds):
        burst = frauds[begin : begin + int(random.integers(8, 16))]
        begin += len(burst)
        card[burst] = card[burst[0]]
        hour = second[burst[0]] // HOUR * HOUR
        second[burst] = hour + random.integers(0, HOUR, len(burst))
        amount[burst] = random.uniform(0.5, 3, len(burst))
    return card, second, amount


if __name__ == "__main__":
    main()
