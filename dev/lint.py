def run_all(arguments):
    return 0


def format_all():
    return 0
