"""What demo customers and reps write and say."""

#: How likely a contact of a touchpoint took place during a stage, by what recognises the touchpoint.
CHANCES = {"email_in": 0.45, "email_out": 0.6, "call": 0.6, "meeting": 0.5}
SUBJECTS = {
    "email_in": ["Question about your line", "Re: our call", "Data sheet", "Next steps", "Some numbers from our plant"],
    "email_out": ["The report you asked for", "Re: your question", "Three films of two minutes", "Summary of our call"],
    "call": ["Called: they have time next week", "Called: needs gone through", "Called: open questions answered"],
    "meeting": ["On site: walked through the plant", "Met the technical team", "Met the management"],
}
BODIES = {
    "email_in": [
        "Could you send us figures of a plant of our size?",
        "We have spoken about it here. Two questions are left, see below.",
        "Thank you for the quick answer. Who would be our contact for the technical side?",
    ],
    "email_out": [
        "As promised, here is what we spoke about. Shall we go through it on Thursday?",
        "Attached you find the answer of our technical adviser.",
        "Here is the summary. Please tell me if I got something wrong.",
    ],
    "call": [
        "They want to hear how long the change-over takes.",
        "Budget is planned for the next quarter; purchasing joins the next call.",
        "The plant manager asks for a reference nearby.",
    ],
    "meeting": [
        "Bottleneck is the packing line. They will send the shift plan.",
        "Five people took part; the plant manager supports us.",
        "They asked for a pilot at one line first.",
    ],
}
