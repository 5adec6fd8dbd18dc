"""Two versions of a playbook held against each other: what differs, what became of each criterion, what carries over.

Documents in, plain values out; nothing here knows a database.
"""
