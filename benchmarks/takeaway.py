"""How long a year's matrix, workbook and document take, and how large they are, from 30 to 3,000 forums.

PYTHONPATH=src:tests/support python benchmarks/takeaway.py
"""

from __future__ import annotations

import time
from itertools import pairwise

import sample_year

from kultursam.matrix import matrix_of
from kultursam.presentation import YearView
from kultursam.render.document import document
from kultursam.render.wheel import wheel
from kultursam.render.workbook import workbook

SIZES = (30, 300, 3000)
MEETINGS, ORGANISATIONS = 8, 40


def main() -> None:
    """Print a row of a Markdown table for each size."""
    print("| forums | matrix s | workbook s | MiB | document s | MiB |")
    print("| --: | --: | --: | --: | --: | --: |")
    for forums in SIZES:
        register, plan = sample_year.large(forums, MEETINGS * forums, ORGANISATIONS)
        drawing, moments = wheel(plan, register), [time.process_time()]
        matrix_of(YearView(plan, register))
        moments.append(time.process_time())
        book = workbook(plan, register)
        moments.append(time.process_time())
        pages = document(plan, register, drawing)
        moments.append(time.process_time())
        matrix, first, second = (after - before for before, after in pairwise(moments))
        sizes = [len(data) / 2**20 for data in (book, pages)]
        print(f"| {forums} | {matrix:.2f} | {first:.2f} | {sizes[0]:.1f} | {second:.2f} | {sizes[1]:.1f} |")


if __name__ == "__main__":
    main()
