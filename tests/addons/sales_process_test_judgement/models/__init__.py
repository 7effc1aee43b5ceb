from . import sales_process_judgement_tags
