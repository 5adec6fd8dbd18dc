"""The facts of a place, with the stage that it declares."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.forms import Choice, form_helper
from assessments.forms.texts import Line, PlainText
from assessments.interchange.documents import Playbook
from assessments.models import Place

BY_THE_FACTS = _(
    "Read from the top and stop before the first whose facts are not all true. You can change it until you submit."
)


class StageField(forms.ChoiceField):
    """The stages from first to last, each with the facts that place somebody there."""

    widget = forms.RadioSelect

    def __init__(self, playbook: Playbook | None, **options: Any) -> None:
        stages = playbook.stages if playbook else ()
        choices = [(stage.key, Choice(stage.name, stage.facts)) for stage in stages]
        super().__init__(choices=choices, **options)


class PlaceForm(forms.ModelForm):
    """Create or change a place. Without a published playbook there is no stage to declare."""

    name = Line(
        label=_("Name"),
        max_length=120,
        help_text=_("As the people there say it, for example Saltmarsh Quay."),
        error_messages={"required": _("Say what the place is called.")},
    )
    boundary_note = PlainText(
        label=_("Boundary"),
        required=False,
        max_length=1000,
        help_text=_("Which streets, sites or areas count as the place. One or two sentences; you can add it later."),
        error_messages={"max_length": _("The boundary has %(show_value)d characters; %(limit_value)d can be kept.")},
    )

    class Meta:
        model = Place
        fields = ["name", "kind", "region", "boundary_note", "declared_stage"]
        error_messages = {
            "kind": {"required": _("Choose the kind of place.")},
            "region": {"required": _("Choose the region or nation.")},
        }

    def __init__(self, *args: Any, playbook: Playbook | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if playbook is None:
            del self.fields["declared_stage"]
        else:
            self.fields["declared_stage"] = StageField(
                playbook,
                label=_("Where is the place on the path now?"),
                help_text=BY_THE_FACTS,
                error_messages={"required": _("Choose the stage whose facts are true.")},
            )
        self.fields["boundary_note"].widget.attrs["rows"] = 3
        for name, choices in (("kind", Place.Kind.choices), ("region", Place.Region.choices)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", _("Choose one")), *choices]
        self.helper = form_helper(_("Save") if self.instance.pk else _("Save and go on"))


class StageForm(forms.Form):
    """Declare the stage of one assessment."""

    def __init__(self, *args: Any, playbook: Playbook, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["stage"] = StageField(
            playbook,
            label=_("Which facts are true of the place now?"),
            help_text=BY_THE_FACTS,
            error_messages={"required": _("Choose the stage whose facts are true.")},
        )
        self.helper = form_helper(_("Save and continue"))
