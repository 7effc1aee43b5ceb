"""What several models of pilots have in common."""

#: States in which new leads take part.
ENROLLING = ("running", "extended")
#: States in which the arms are followed: nothing else may change what their teams work by.
UNDER_WAY = (*ENROLLING, "analysis")
ARMS = [("baseline", "Baseline"), ("candidate", "Candidate")]
VERDICTS = [
    ("none", "Not enough data"),
    ("better", "Candidate is better"),
    ("worse", "Candidate is worse"),
    ("no_difference", "No difference shown"),
    ("described", "Described, nothing concluded"),
]
DECISIONS = [("adopted", "Adopt"), ("extended", "Extend"), ("dropped", "Drop")]
#: Who reads figures and verdicts.
LEADERS = "sales_team.group_sale_salesman_all_leads"
