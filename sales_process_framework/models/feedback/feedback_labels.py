"""What all parts of feedback share."""

#: Whoever answers feedback, and sees who gave it.
MANAGER = "sales_team.group_sale_manager"
