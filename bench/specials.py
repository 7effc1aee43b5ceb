"""Measurements of their own kind: not a request of the web client, so not compared pair by pair with plain Odoo.

Each is a function ``(env, measure)`` that runs on the database with the addon, in a transaction that is rolled back,
and gives the fields of a :class:`~bench.report.Row`.  ``measure`` calls a function and gives what it took:
{"seconds", "busy", "queries"}.
"""

from . import response_cases

SPECIALS = {}


def special(function):
    SPECIALS[function.__name__] = function
    return function


@special
def scan_responses(env, measure):
    result = response_cases.scan_responses(env, measure)
    ratio = result["many"]["busy"] / result["few"]["busy"]
    return {
        "case": f"scan for late clocks among {result['leads']:,} answered ones, beside none",
        "plain": result["few"]["seconds"],
        "addon": result["many"]["seconds"],
        "ratio": ratio,
        "limit": response_cases.SCAN_LIMIT,
        "note": f"{response_cases.DUE} late; {'by index' if 'Index' in result['plan'] else 'reads the whole table'}",
        "passed": ratio <= response_cases.SCAN_LIMIT and "Seq Scan" not in result["plan"],
    }
