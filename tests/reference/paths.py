"""What pm4py says about logs; run by the environment of dev/requirements-mining.txt, apart from Odoo's pins.

Standard input: a list of {"count": stages of the model, "paths": list of paths}.  Standard output: for each
{"variants", "edges", "starts", "ends", "replays": [[produced, consumed, missing, remaining, fitness]], "fitness"}.
"""

import json
import sys

import pandas
import pm4py
from pm4py.objects.petri_net.obj import Marking, PetriNet
from pm4py.objects.petri_net.utils import petri_utils


def make_net(stages):
    """A place before each stage and one after the last."""
    net = PetriNet("process")
    places = [petri_utils.add_place(net, f"p{number}") for number in range(len(stages) + 1)]
    for number, stage in enumerate(stages):
        transition = petri_utils.add_transition(net, f"t{number}", str(stage))
        petri_utils.add_arc_from_to(places[number], transition, net)
        petri_utils.add_arc_from_to(transition, places[number + 1], net)
    return net, Marking({places[0]: 1}), Marking({places[-1]: 1})


def make_log(paths):
    rows = [
        (f"{case:06d}", str(stage), pandas.Timestamp("2026-01-01") + pandas.Timedelta(hours=step))
        for case, path in enumerate(paths)
        for step, stage in enumerate(path)
    ]
    frame = pandas.DataFrame(rows, columns=["case:concept:name", "concept:name", "time:timestamp"])
    return pm4py.format_dataframe(frame)


def describe(case):
    log = make_log(case["paths"])
    edges, starts, ends = pm4py.discover_dfg(log)
    net = make_net(case["stages"])
    replays = pm4py.conformance_diagnostics_token_based_replay(log, *net)
    return {
        "variants": [[list(map(int, path)), count] for path, count in pm4py.get_variants(log).items()],
        "edges": [[int(before), int(after), int(count)] for (before, after), count in edges.items()],
        "starts": {stage: int(count) for stage, count in starts.items()},
        "ends": {stage: int(count) for stage, count in ends.items()},
        "replays": [
            [replay[f"{kind}_tokens"] for kind in ("produced", "consumed", "missing", "remaining")]
            + [replay["trace_fitness"]]
            for replay in replays
        ],
        "fitness": pm4py.fitness_token_based_replay(log, *net)["log_fitness"],
    }


if __name__ == "__main__":
    answers = [describe(case) for case in json.load(sys.stdin)]
    print("\n" + json.dumps(answers))
