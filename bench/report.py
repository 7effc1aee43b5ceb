"""From measurements to verdicts, a table and a file."""

import json
import math
import statistics
from dataclasses import asdict, dataclass

BATCH = 100  # rows that Odoo's ORM puts into one INSERT or UPDATE


@dataclass
class Row:
    name: str
    case: str
    plain: float | None = None  # seconds, median
    addon: float | None = None
    ratio: float | None = None  # of the time that the processes were busy; median of the ratios of the pairs
    spread: float = 0.0  # half of what lies between their quartiles
    wall_ratio: float | None = None  # the same of the time that passed
    limit: float | None = None
    plain_queries: int | None = None
    addon_queries: int | None = None
    queries_limit: int | None = None
    note: str = ""
    passed: bool | None = None  # None: nothing is promised


def compare(case, title, plain, addon):
    """:param plain, addon: [{"seconds", "busy", "queries"}, …], the same rounds of both"""
    ratios = _get_ratios("busy", plain, addon)
    extra = max(mine["queries"] - theirs["queries"] for theirs, mine in zip(plain, addon, strict=True))
    row = Row(
        case.name,
        title,
        plain=_get_median("seconds", plain),
        addon=_get_median("seconds", addon),
        wall_ratio=statistics.median(_get_ratios("seconds", plain, addon)),
        ratio=statistics.median(ratios),
        spread=_get_spread(ratios),
        limit=case.limit,
        plain_queries=_get_median("queries", plain),
        addon_queries=_get_median("queries", addon),
        queries_limit=case.extra_queries,
    )
    if case.limit is not None:
        row.passed = row.ratio <= case.limit and (case.extra_queries is None or extra <= case.extra_queries)
    row.note = f"{extra:+} queries" + (f" of {case.extra_queries:+}" if case.extra_queries is not None else "")
    return row


def compare_growth(flat, few, many):
    """Whether many leads take the statements that few take, apart from the ORM's own batches of rows.

    :param few, many: (number of leads, statements of plain Odoo, statements with the addon), statements being
        {shape: how often}
    """
    extra = []
    for count, plain, addon in (few, many):
        batches = math.ceil(count / BATCH)
        extra.append(_count_by_batch(addon, batches) - _count_by_batch(plain, batches))
    return Row(
        flat.name,
        flat.title,
        plain_queries=sum(many[1].values()),
        addon_queries=sum(many[2].values()),
        note=f"{extra[0]:+} by batch with {few[0]} leads, {extra[1]:+} with {many[0]:,}",
        passed=extra[1] <= extra[0],
    )


def compare_history(results, limit, speed):
    """:param results: what `cases.rebuild_history` gives, of some repetitions"""
    insert, rebuild = ([result[key] for result in results] for key in ("insert", "rebuild"))
    ratios = _get_ratios("busy", insert, rebuild)
    rate = results[0]["visits"] / _get_median("busy", rebuild)
    row = Row(
        "history",
        f"rebuild history: {results[0]['visits']:,} visits",
        plain=_get_median("seconds", insert),
        addon=_get_median("seconds", rebuild),
        ratio=statistics.median(ratios),
        spread=_get_spread(ratios),
        wall_ratio=statistics.median(_get_ratios("seconds", insert, rebuild)),
        limit=limit,
        note=f"beside a bare INSERT; {rate:,.0f} visits/s (≥ {speed:,} will do)",
    )
    row.passed = rate >= speed or row.ratio <= limit
    return row


def compare_touches(result, speed):
    """:param result: what `cases.rebuild_touches` gives"""
    rate = result["messages"] / result["rebuild"]["busy"]
    return Row(
        "touches",
        f"rebuild touches: {result['touches']:,} from {result['messages']:,} messages",
        addon=result["rebuild"]["seconds"],
        note=f"{rate:,.0f} messages/s (≥ {speed:,} will do)",
        passed=rate >= speed,
    )


def _get_median(key, results):
    return statistics.median_low(result[key] for result in results)


def _get_ratios(key, plain, addon):
    return sorted(mine[key] / theirs[key] for theirs, mine in zip(plain, addon, strict=True))


def _get_spread(ratios):
    if len(ratios) < 2:
        return 0.0
    low, _middle, high = statistics.quantiles(ratios, n=4)
    return (high - low) / 2


def _count_by_batch(statements, batches):
    return sum(math.ceil(count / batches) for count in statements.values())


def format_table(rows):
    lines = [("case", "plain", "addon", "elapsed", "busy ratio", "limit", "queries", "verdict", "")]
    for row in rows:
        lines.append(
            (
                row.case,
                _format_time(row.plain),
                _format_time(row.addon),
                f"{row.wall_ratio:.2f}" if row.wall_ratio is not None else "",
                f"{row.ratio:.2f} ±{row.spread:.2f}" if row.ratio is not None else "",
                f"{row.limit:.2f}" if row.limit is not None else "",
                f"{row.plain_queries}/{row.addon_queries}" if row.plain_queries is not None else "",
                {True: "ok", False: "MISSED", None: "–"}[row.passed],
                row.note,
            )
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    aligned = ["<", ">", ">", ">", ">", ">", ">", "<", "<"]
    return "\n".join(
        "  ".join(f"{cell:{align}{width}}" for cell, align, width in zip(line, aligned, widths, strict=True)).rstrip()
        for line in lines
    )


def format_brief(row):
    ratio = f"{row.ratio:.2f} times plain" if row.ratio is not None else ""
    limit = f"of {row.limit:.2f}" if row.limit is not None else ""
    verdict = {True: "ok", False: "MISSED", None: ""}[row.passed]
    return " ".join(filter(None, [f"{row.name}:", ratio, limit, row.note and f"({row.note})", verdict]))


def _format_time(seconds):
    if seconds is None:
        return ""
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def write(path, rows, **about):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**about, "rows": [asdict(row) for row in rows]}, indent=1, ensure_ascii=False) + "\n")
