"""The Django admin: playbooks are edited here, places and assessments looked at. One module a subject.

A published version and an answer are read-only here for everybody; docs/editing-the-playbook.md is for its users.
"""

from assessments.admin import assessments, criteria, lessons, people, places, playbooks, roles, stages, versions

__all__ = ["assessments", "criteria", "lessons", "people", "places", "playbooks", "roles", "stages", "versions"]
