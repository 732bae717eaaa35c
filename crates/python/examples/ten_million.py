"""Ten million phones, in one process and on workers of Dask: `ten_million.py FOLDER` writes the inventory and judges it twice.

What a worker does with its part is the one call of `trustlist.fleet`, so any engine that runs Python on its workers will do.
Needs pyarrow and dask[distributed].
"""

import random
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import trustlist

TESTDATA = Path(__file__).resolve().parents[3] / "testdata/cluster"
MODELS = ["8851", "8841", "7841", "7975", "9971", "8865", "7821", "8861"]
GROUPS = [f"ccm{first},ccm{second}" for first in range(1, 9) for second in range(1, 9) if first != second]
LISTS = ["before", "after-callmanager", "after-both"]
PARTS, ROWS, BATCH = 20, 500_000, 65_536


def write(folder: Path, part: int) -> None:
    chosen = random.Random(part)
    columns = {
        "name": [f"SEP{part * ROWS + row:012X}" for row in range(ROWS)],
        "model": chosen.choices(MODELS, k=ROWS),
        "itl": chosen.choices([*LISTS, None], [60, 25, 10, 5], k=ROWS),
        "cm_group": chosen.choices(GROUPS, k=ROWS),
    }
    pq.write_table(pa.table(columns), folder / f"{part:02}.parquet")


def judge(folder: Path, part: int) -> Counter[str]:
    """Judges one part, batch by batch, and counts the answers."""
    lists = {name: (TESTDATA / name / "ITLFile.tlv").read_bytes() for name in LISTS}
    file = pq.ParquetFile(folder / f"{part:02}.parquet")
    phones = pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(BATCH))
    judged = trustlist.fleet(phones, lists=lists, offered_itl=lists["after-both"], tvs={})
    counts: Counter[str] = Counter()
    for batch in pa.RecordBatchReader.from_stream(judged):
        for found in pc.value_counts(batch.column("answer").cast(pa.string())).to_pylist():
            counts[found["values"]] += found["counts"]
    return counts


def tell(name: str, began: float, parts: list[Counter[str]]) -> Counter[str]:
    took, counts = time.perf_counter() - began, sum(parts, Counter[str]())
    print(f"{name}: {counts.total():,} phones in {took:.1f} s, {counts.total() / took:,.0f} a second: {dict(counts)}")
    return counts


def main(folder: Path, workers: int = 2) -> None:
    from dask.distributed import Client, LocalCluster

    folder.mkdir(exist_ok=True)
    for part in range(PARTS):
        write(folder, part)
    began = time.perf_counter()
    alone = tell("one process", began, [judge(folder, part) for part in range(PARTS)])
    with LocalCluster(n_workers=workers, threads_per_worker=1) as cluster, Client(cluster) as client:
        client.gather(client.map(len, [[]] * workers))
        began = time.perf_counter()
        parts = client.gather(client.map(judge, [folder] * PARTS, range(PARTS), pure=False))
        together = tell(f"{workers} workers", began, parts)
    if alone != together:
        sys.exit("the answers differ")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
