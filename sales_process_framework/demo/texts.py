"""Words of the demo company: deals, notes as reps write them, reasons."""

#: market key: (name of the deal, usual amount in the company's currency)
DEALS = {
    "manufacturing": [
        ("Palletising cell for two lines", 640_000),
        ("Machine vision inspection, final assembly", 720_000),
        ("Robot welding cell with safety concept", 910_000),
        ("Retrofit of the press shop controls", 780_000),
        ("Automated guided vehicles, raw material store", 1_150_000),
        ("Filling line 4: new servo drives", 560_000),
        ("End-of-line packaging, three shifts", 830_000),
        ("Energy monitoring for plant and offices", 590_000),
        ("Bin picking pilot and roll-out", 690_000),
        ("CNC loading with seven robots", 1_380_000),
        ("Traceability from goods-in to dispatch", 610_000),
        ("Paint shop automation", 1_720_000),
    ],
    "technology": [
        ("Manufacturing execution system, first plant", 740_000),
        ("Data centre renewal", 880_000),
        ("Private cloud and backup in two sites", 660_000),
        ("Network segmentation of the shop floor", 540_000),
        ("Service desk and device management, 1,800 seats", 590_000),
        ("Warehouse management with voice picking", 700_000),
        ("Identity management and single sign-on", 520_000),
        ("Predictive maintenance platform", 810_000),
        ("Document management for quality records", 505_000),
        ("Move of the ERP system to the cloud", 1_240_000),
    ],
    "services": [
        ("Maintenance contract, 24 robots", 96_000),
        ("Remote monitoring with four-hour response", 64_000),
        ("Operator training, three shifts", 28_000),
        ("Spare part pool and yearly inspection", 51_000),
        ("Full service for packaging lines", 148_000),
        ("Calibration of measuring equipment", 22_000),
        ("Application support, 9 to 5", 73_000),
        ("On-site technician, two days a week", 112_000),
        ("Safety audits of all cells", 34_000),
        ("Software care and updates, three years", 87_000),
    ],
}

#: Key of a requirement: notes that its rep left. Other requirements are ticked without a word, as in life.
NOTES = {
    "first_response": [
        "Called back within two minutes, he was surprised. Wants a short overview by email, talk agreed for Thursday.",
        "Wrote at once, phone was engaged. She answered the same afternoon: throughput is the topic.",
        "Reached the assistant first, then Mr. Novak himself. Asked what made him write to us: a line stop in March.",
    ],
    "target_profile": [
        "About 400 people, two plants, three shifts. Fits.",
        "Smaller than usual (120 people) but growing fast, owner-led. Agreed with Maria to go on.",
    ],
    "industry_report": [
        "Sent the packaging report with two lines on changeover times.",
        "Marketing sent it after one day; customer forwarded it to the plant manager.",
    ],
    "need_stated": [
        "“We lose a shift a week to changeovers and I cannot explain it to the board any more.”",
        "“The old controls are out of support since summer. If one dies we stand still for ten days.”",
        "“I need numbers I can trust, not four Excel files.”",
        "“Two people do nothing but look at labels. I want them elsewhere.”",
    ],
    "customer_interested": [
        "Accepted a half-day diagnosis on site, production and quality will be there.",
        "Wants to go on, but only after their stocktaking. Date fixed.",
    ],
    "spin_situation": [
        "Line 2: 14 products, 5 changeovers a day, 40 min each. SAP for orders, paper on the line.",
        "Three shifts, 11 operators, 2 in maintenance. Downtime is written by hand and typed in on Mondays.",
        "Servers from 2014, backup to tape, restore last tested two years ago.",
    ],
    "situation_clear": [
        "Walked through the process with the shift leader, she corrected two figures. Nothing open.",
        "Customer read our summary: “yes, that is how we work”.",
    ],
    "spin_problem": [
        "Changeovers depend on two people. Scrap after each one about 60 pieces.",
        "Nobody knows why line 3 stops; the average is 22 minutes a stop.",
        "Audit found missing records twice. Customer complaints take nine days to answer.",
    ],
    "two_pains_named": [
        "1. changeover takes too long, 2. scrap afterwards. Both named by the plant manager without asking.",
        "1. no restore test, 2. no one on call at weekends, 3. licence costs.",
    ],
    "spin_implication": [
        "A lost shift is about 18,000 a week; the second line cannot take the new customer like this.",
        "If the auditor finds it a third time they lose the approval for automotive. He went quiet there.",
    ],
    "seriousness_agreed": [
        "“It has to be solved before the season.” CFO nodded.",
        "Agreed. They calculated 640k a year themselves.",
    ],
    "spin_need_payoff": [
        "Asked what 30 min less would mean: one order more a week, no Saturday shifts.",
        "She listed it herself: trust in figures, no typing, reports before 9.",
    ],
    "target_described": [
        "Efficiency from 61 to 75 % on line 2 within a year.",
        "Changeover below 15 minutes, by the end of Q2.",
        "Restore in four hours, proven twice a year.",
    ],
    "solution_accepted": [
        "“That is what we were looking for.” Wants terms until the board meeting.",
        "Fits, except the reporting part; we take the standard there.",
    ],
    "decision_maker_present": [
        "CFO joins every call from now on.",
        "Mandate of the managing director by email, filed.",
    ],
    "objections_handled": [
        "Price: shown against the 640k. Delivery time: cell 1 first. Open: warranty on the gripper.",
        "Reference visit cleared the doubt about maintenance.",
    ],
    "terms_agreed": [
        "3 % discount, 40/50/10, delivery week 31, service with 8 h response.",
        "List price, 30 days, free training for two operators.",
    ],
    "purchase_confirmed": [
        "Order by email from purchasing, contract follows.",
        "Minutes of the board meeting received.",
    ],
    "milestones_delivered": ["All four milestones done, the second one a week late, told in advance."],
    "service_informed": ["Lucia has contract, contacts and response times; customer knows the hotline."],
    "follow_up_visits": [
        "Week 3: runs well, two wishes. Week 9: 72 % efficiency.",
        "First call done, line 2 above target.",
    ],
    "satisfaction_asked": ["NPS 9: “they did what they said”.", "NPS 7, wants faster answers on Fridays."],
    "service_fits": [
        "Robots are of two makes, both covered by us.",
        "Outside our four-hour area, eight hours accepted.",
    ],
    "customer_agrees_to_scoping": [
        "Video call with maintenance, 45 minutes.",
        "Wants us to come, shows the spare part store.",
    ],
    "scoping_questions": [
        "24 robots, 3 shifts, 2 own technicians, no spare controls.",
        "Peak in autumn, nobody at weekends.",
    ],
    "effort_estimated": ["Two inspections a year plus 60 hours. Omar has capacity from next month."],
    "scope_confirmed": ["Confirmed by email, without the palletiser.", "Confirmed, response time eight hours."],
    "first_result": ["First inspection report shown, three findings mended at once."],
    "access_ready": ["VPN tested, machine list imported."],
    "users_trained": ["Two shifts trained, night shift follows."],
    "service_level_kept": ["11 calls, all within the agreed time."],
    "complaints_settled": ["One late part in May, credited."],
    "satisfaction_interviews": ["Shift leader 9, head of maintenance 8, purchasing 7."],
    "measures_agreed": ["Spare gripper on site, monthly call instead of email."],
    "satisfaction_known": ["8.3 on average, measures are done."],
    "renewal_decision": ["Stays for two more years, palletiser added."],
}

APPROVAL_NOTES = {
    "contract_review": [
        "Liability is capped, our terms attached. Please check clause 9.",
        "Standard contract, no deviation.",
    ],
    "discount_approval": ["Asks for 4 % on the second cell; margin stays above 24 %.", "60 days instead of 30."],
    "custom_solution_approval": ["Special gripper, engineering says 12 days.", "Interface to their old MES."],
    "agreement_review": [
        "They want our liability without limit for data loss.",
        "Standard agreement with annex for site B.",
    ],
    "renewal_terms": ["Two years at the same price."],
}

APPROVAL_REJECTIONS = [
    "Clause 9 is not acceptable: cap the penalty at 5 %.",
    "Margin would fall below 18 %. Offer longer payment terms instead.",
    "Not before the technical adviser has seen it.",
]

DOCUMENT_REJECTIONS = [
    "Need 3 of the confirmation form is not answered, and the return is calculated with our figures, not theirs.",
    "Price frame is missing. Please add the service part too.",
    "This is the version of last month. Hand in the current one.",
    "Two of the deciders are missing: purchasing and works council.",
]

EXCEPTION_REASONS = [
    "The board meets tomorrow and only once a quarter; the document follows on Monday.",
    "Customer has no signed form policy, confirmed by phone in front of two of us.",
    "Same project as last year at the sister plant, the analysis is still valid.",
    "Our contact is on parental leave, the deputy confirms next week.",
    "Tender with a fixed procedure, they do not allow a meeting before the offer.",
]

SKIP_REASONS = [
    "Existing customer, third cell of the same kind. Needs and solution are known to both sides.",
    "They came with a finished specification from their planner.",
]

EXCEPTION_NOTES = {
    "rejected": ["No: without the map we do not know whom we negotiate with.", "Wait for the customer's confirmation."],
    "approved": ["Fine this once, bring it until the contract.", "Agreed, the deal is known to me."],
}

LEAD_NOTES = [
    "Talked to {contact}: budget round is in six weeks, they want a rough figure before.",
    "{contact} was at our stand, asked for references nearby.",
    "Competitor is in the house too, with a cheaper offer and no service here.",
    "Call with {contact}: two colleagues are added to the group, next meeting on site.",
    "No answer to two mails. Will try a colleague of theirs next week.",
    "{contact} sent the specification. Technical adviser looks at it.",
    "Project moves to the next quarter, but stays on the list, says {contact}.",
    "Lunch with {contact}. New managing director from next month, knows us from before.",
]

LOST_NOTES = [
    "{contact} called himself, fair enough. Asked to be kept in mind for the next plant.",
    "Went to the competitor for the price, delivery was the same.",
    "Nobody answers since the restructuring. Closed for now.",
    "Investment stopped for this year by the mother company.",
]

#: market key: subjects of enquiries that nobody has qualified yet
ENQUIRIES = {
    "manufacturing": [
        "Question about robot cells for small lots",
        "Visitor of the fair: palletising",
        "Website: please call about vision inspection",
        "Do you retrofit presses from 1998?",
        "Request for a reference in food industry",
        "Brochure downloaded: energy monitoring",
    ],
    "technology": [
        "Shop floor network, first information",
        "Webinar guest: predictive maintenance",
        "How do you licence the execution system?",
        "Backup check for 40 servers",
        "Warehouse scanners are out of support",
    ],
    "services": [
        "Service for robots of another maker?",
        "Training dates in autumn",
        "Emergency repair, wants a contract afterwards",
        "Price for yearly inspection of 6 cells",
        "Calibration near Hanover",
    ],
}

ACTIVITY_SUMMARIES = {
    "call": ["Ask for the decision of the board", "Call back about the specification", "Follow up on the quotation"],
    "meeting": ["Present the solution on site", "Workshop with production", "Talk about terms"],
    "email": ["Send the reference list", "Send minutes of the call"],
    "todo": ["Update the amount after the talk", "Prepare the return calculation", "Check spare part prices"],
}

#: Key of a document: what stands in it, as (label, text).
DOCUMENT_LINES = {
    "decision_chain_map": [
        ("Decides", "Managing director, careful, wants references"),
        ("Pays", "CFO, in favour since the loss was calculated"),
        ("Uses", "Plant manager and shift leaders, in favour"),
        ("Can say no", "Works council, to be informed early"),
    ],
    "customer_background_record": [
        ("Process today", "Orders on paper, typed in once a day, five changeovers a day"),
        ("Tools", "ERP for orders, spreadsheets for the rest"),
        ("People", "11 operators in three shifts, 2 in maintenance"),
        ("Figures", "61 % efficiency, 2.3 % scrap, 9 days for a complaint"),
    ],
    "pain_list": [
        ("Pain 1", "Changeovers take 40 minutes; shift leaders, daily"),
        ("Pain 2", "Nobody knows why the line stops; plant manager, weekly"),
        ("Pain 3", "Records are missing in audits; quality, twice a year"),
    ],
    "pain_impact_analysis": [
        ("Changeovers", "about 410,000 a year in lost shifts"),
        ("Stops", "about 180,000 a year"),
        ("Audits", "the approval of the biggest customer is at risk"),
    ],
    "needs_confirmation_form": [
        ("Need 1", "Changeover below 15 minutes"),
        ("Need 2", "Reasons of stops recorded without typing"),
        ("Need 3", "Complete records by serial number"),
        ("Confirmed", "By email of the plant manager"),
    ],
    "needs_analysis_report": [
        ("Summary", "Two pains, 590,000 a year, target 75 % efficiency"),
        ("Limits", "No stop longer than a weekend, budget of this year"),
    ],
    "solution_proposal": [
        ("Scope", "One cell, line control, training of two shifts"),
        ("Plan", "Design 6 weeks, build 14, start of production in week 31"),
        ("Return", "16 months, with the figures of the customer"),
    ],
    "roi_analysis": [("Savings", "590,000 a year"), ("Return", "16 months"), ("Assumption", "Two shifts, 220 days")],
    "quotation": [("Terms", "40/50/10, 30 days net"), ("Validity", "30 days"), ("Delivery", "20 weeks after order")],
    "contract_review_form": [
        ("Deviation 1", "Liability capped at the contract value instead of 50 %"),
        ("Deviation 2", "60 days payment instead of 30"),
    ],
    "signed_contract": [("Signed", "By both sides, with annexes A to D")],
    "delivery_handover": [
        ("Promised", "Weekend assembly, one contact for everything"),
        ("Not in the contract", "A visit of two operators to the workshop"),
    ],
    "acceptance_report": [("Result", "Accepted"), ("Open", "Label printer, supplier, within two weeks")],
    "after_sales_record": [("Requests", "3, answered in 5 hours on average"), ("Result", "Customer content")],
    "service_scope_sheet": [
        ("Machines", "24 robots of two makes, 3 packaging lines"),
        ("Response", "Four hours on weekdays, eight at weekends"),
        ("Not included", "Wear parts of the grippers"),
    ],
    "service_proposal": [("Fee", "Yearly, in four parts"), ("Term", "36 months"), ("Level", "98.5 % availability")],
    "signed_agreement": [("Signed", "By both sides, start with the next quarter")],
    "service_handover": [("Contact", "Head of maintenance"), ("Promised", "Same technician for the first half year")],
    "monthly_report": [("Calls", "11"), ("Within the agreed time", "11"), ("Measures", "Spare gripper on site")],
    "satisfaction_report": [("Average", "8.3 of 10"), ("Wish", "Faster answers on Fridays")],
    "value_review": [("Stops avoided", "14"), ("Saved", "about 61,000 in the year")],
}
#: (name, job position, role in the decision, influence)
BUYERS = [
    ("Ingrid Vale", "Plant Manager", "user", "medium"),
    ("Tom Ashby", "Managing Director", "decider", "high"),
    ("Noor Rahman", "Head of Purchasing", "buyer", "medium"),
    ("Felix Orton", "Head of Engineering", "influencer", "high"),
    ("Clara Dunn", "Office Manager", "gatekeeper", "low"),
]
