"""What the parts cost: `make bench`. Django is set up here, since each part is started as a module of its own."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hubplaybook.settings")
django.setup()
