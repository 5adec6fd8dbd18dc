"""What an editor would say of a playbook that is valid by its form: faults, which keep it from being published, and
warnings, which do not. Reads documents only; takes incomplete drafts too, and leaves to the form what the form refuses.
"""

from assessments.proofreading.remark import Remark, Severity
from assessments.proofreading.rules import remarks

__all__ = ["Remark", "Severity", "remarks"]
