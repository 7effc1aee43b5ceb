"""Paths, edges and fitness as the addon counts them, beside pm4py on the same logs.

pm4py is a reference for tests alone. It lives in an environment of its own: its pins are not Odoo's.
"""

import importlib.util
import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from dev import settings, venv

SCRIPT = Path(__file__).parent / "reference" / "paths.py"
LOGS = 10
DEALS = 50


def load_tool():
    """The addon's pure module, without Odoo."""
    path = settings.ROOT / settings.ADDON / "tools" / "conformance.py"
    spec = importlib.util.spec_from_file_location("conformance_tool", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def make_path(rng, stages):
    """Mostly forward, as deals go; some skip, go back, or do as they please."""
    if rng.random() < 0.15:
        return [rng.randint(1, stages) for _step in range(rng.randint(1, 2 * stages))]
    path, position = [], 1 if rng.random() < 0.9 else rng.randint(1, stages)
    while position <= stages:
        path.append(position)
        draw = rng.random()
        if draw < 0.12:
            break
        position += 1 if draw < 0.7 else 2 if draw < 0.85 else -1
        position = max(position, 1)
    return path


@pytest.fixture(scope="module")
def tool():
    return load_tool()


@pytest.fixture(scope="module")
def logs(tool):
    rng = random.Random(19)
    found = []
    for _log in range(LOGS):
        count = rng.randint(2, 7)
        flexible = frozenset(stage for stage in range(2, count) if rng.random() < 0.2)
        paths = [tool.merge(make_path(rng, count)) for _deal in range(DEALS)]
        found.append((tool.Model(count, flexible), paths))
    return found


@pytest.fixture(scope="module")
def asked(tool, logs):
    """What pm4py is asked: the whole log, and for each furthest stage the deals that came so far on a net up to it."""
    cases = []
    for model, paths in logs:
        cases.append((model, paths, list(range(1, model.count + 1)), paths))
        for furthest in sorted({max(path) for path in paths}):
            stages = [stage for stage in model.mandatory if stage <= furthest]
            chosen = [path for path in paths if max(path) == furthest]
            projected = [[stage for stage in path if stage in stages] for path in chosen]
            kept = [(path, events) for path, events in zip(chosen, projected, strict=True) if events]
            if kept:
                # The net ends with the furthest mandatory stage that a deal has been in.
                for end in sorted({max(events) for _path, events in kept}):
                    some = [pair for pair in kept if max(pair[1]) == end]
                    net = [stage for stage in stages if stage <= end]
                    cases.append((model, [path for path, _events in some], net, [events for _path, events in some]))
    return cases


@pytest.fixture(scope="module")
def answers(asked):
    venv.MINING.ensure()
    cases = [{"stages": stages, "paths": paths} for _model, _own, stages, paths in asked]
    run = subprocess.run(
        [venv.MINING.python, SCRIPT],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=False,
        # progress bars are for people
        env={"PATH": "/usr/bin:/bin", "TQDM_DISABLE": "1", "MPLCONFIGDIR": str(settings.TEMPORARY)},
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout.strip().splitlines()[-1])


def test_variants(asked, answers):
    for (_model, paths, _stages, _events), answer in _whole_logs(asked, answers):
        assert Counter({tuple(path): count for path, count in answer["variants"]}) == Counter(paths)


def test_directly_follows(tool, asked, answers):
    for (_model, paths, _stages, _events), answer in _whole_logs(asked, answers):
        assert {(before, after): count for before, after, count in answer["edges"]} == tool.count_edges(Counter(paths))
        assert answer["starts"] == Counter(str(path[0]) for path in paths)
        assert answer["ends"] == Counter(str(path[-1]) for path in paths)


def test_replay(tool, asked, answers):
    """Token by token, deal by deal, and the fitness of all of them together."""
    compared = 0
    for (model, paths, stages, events), answer in zip(asked, answers, strict=True):
        if events is paths:
            continue
        replayed = tool.Replay()
        for path, (produced, consumed, missing, remaining, fitness) in zip(paths, answer["replays"], strict=True):
            found = tool.replay(path, model)
            assert found == tool.Replay(produced, consumed, missing, remaining), (path, stages)
            assert found.fitness == pytest.approx(fitness)
            replayed += found
            compared += 1
        assert replayed.fitness == pytest.approx(answer["fitness"])
    assert compared > LOGS * DEALS * 0.9


def _whole_logs(asked, answers):
    pairs = [(case, answer) for case, answer in zip(asked, answers, strict=True) if case[1] is case[3]]
    assert len(pairs) == LOGS
    return pairs
