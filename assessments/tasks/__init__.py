"""What workers do: the steps of packs, one after the other, and clearing up. `manage.py worker` runs them."""
