"""A customer journey for the process of a loaded database: a phase for every two stages, rules for every source."""

from odoo import Command

#: (source, text) of the touchpoints of every phase.
TOUCHPOINTS = (
    ("email_in", False),
    ("email_out", False),
    ("email_out", "quotation"),
    ("call", False),
    ("meeting", False),
)


def follow(env, process):
    """Let the leads of a process follow a journey; what happened before is not rebuilt."""
    journey = env["sales.process.journey"].create({"name": "Bench", "process_ids": [Command.set(process.ids)]})
    stages = process.stage_ids.sorted("sequence")
    for number in range(0, len(stages), 2):
        phase = env["sales.process.journey.phase"].create(
            {
                "journey_id": journey.id,
                "name": f"Phase {number // 2}",
                "sequence": number,
                "process_stage_ids": [Command.set(stages[number : number + 2].ids)],
            }
        )
        env["sales.process.touchpoint"].create(
            [
                {
                    "phase_id": phase.id,
                    "name": f"Touchpoint {source} {text or ''}",
                    "channel_kind": "online",
                    "match_source": source,
                    "match_text": text,
                    "sequence": place,
                }
                for place, (source, text) in enumerate(TOUCHPOINTS)
            ]
        )
    journey.action_activate()
