"""The app: places assess themselves against a playbook. docs/scoring.md and docs/decisions/ say how and why."""
