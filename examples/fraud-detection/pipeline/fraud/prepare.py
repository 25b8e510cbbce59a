"""Frozen transactions and chargebacks become features with labels: the older ones to train on, the newer ones to test."""

from __future__ import annotations

import argparse
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fraud.fault import Fault
from fraud.features import COLUMNS, ID, LABEL, TIME, features_of, since
from fraud.folders import read_table, write_table


def main(arguments: list) -> None:
    parser = argparse.ArgumentParser(prog="fraud prepare")
    parser.add_argument("--transactions", required=True, help="folder of payments")
    parser.add_argument("--chargebacks", required=True, help="folder of disputed payments")
    parser.add_argument("--train", required=True, help="folder to write")
    parser.add_argument("--test", required=True, help="folder to write")
    parser.add_argument("--days", type=int, default=90, help="days before the newest payment that are used")
    parser.add_argument(
        "--settle-days", type=int, default=7, help="newest days that are left out: who will dispute has not done so yet"
    )
    parser.add_argument("--test-share", type=float, default=0.25, help="share of the newest payments to test on")
    given = parser.parse_args(arguments)

    transactions = read_table(given.transactions, "transactions", COLUMNS)
    disputed = read_table(given.chargebacks, "chargebacks", [ID])
    if transactions.num_rows == 0:
        raise Fault(f"--transactions {given.transactions} has no rows.")
    rows = features_of(transactions)
    rows = rows.append_column(LABEL, pc.cast(pc.is_in(rows[ID], disputed[ID].combine_chunks()), pa.int8()))
    first, end = since(rows, given.days), since(rows, given.settle_days)
    rows = rows.filter(pc.and_(pc.greater_equal(rows[TIME], first), pc.less(rows[TIME], end)))

    split = rows.num_rows - int(rows.num_rows * given.test_share)
    for name, folder, part in (
        ("train", given.train, rows.slice(0, split)),
        ("test", given.test, rows.slice(split)),
    ):
        labels = part[LABEL].to_numpy()
        if len(np.unique(labels)) < 2:
            raise Fault(
                f"{name} would have {len(labels)} payments, {int(labels.sum())} of them disputed: both kinds are needed. "
                f"Take more days than {given.days}, or a longer test share than {given.test_share}."
            )
        write_table(part, folder)
        print(f"{name}: {len(labels)} payments, {int(labels.sum())} of them disputed")
