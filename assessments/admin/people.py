"""The admin's pages of people: who has an account, whether it is open, and who may use the admin."""

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from assessments.admin.reading import LookInline
from assessments.models import Membership, Place, User


class OwnAddress(forms.BaseModelForm):
    """An e-mail address is kept in small letters, and belongs to one account only."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError("There is an account with this e-mail address already.")
        return email


class NewPersonForm(OwnAddress, UserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]


class PersonForm(OwnAddress, UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        labels = {
            "is_active": "Account is open",
            "is_staff": "May use the admin",
            "is_superuser": "May do everything",
        }
        help_texts = {
            "is_active": "With a closed account nobody can sign in; what was answered with it stays.",
            "is_staff": "Sees the admin, and may do there what the groups below allow.",
            "is_superuser": "May do everything in the admin, whatever the groups below say.",
            "groups": "Groups are made once, each with what its members may do, and then ticked here.",
        }


class PlacesInline(LookInline):
    model = Membership
    fields = ["where", "role", "since"]
    verbose_name_plural = "member of"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).select_related("place", "user")

    @admin.display(description="Place")
    def where(self, obj: Membership) -> str:
        return self.link(obj.place, str(obj.place))


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Accounts are closed rather than deleted; only superusers decide who may use the admin."""

    form = PersonForm
    add_form = NewPersonForm
    add_form_template = "admin/assessments/user/add_form.html"
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        ("Account", {"fields": ["is_active", "last_login", "date_joined"]}),
        ("Admin", {"fields": ["is_staff", "is_superuser", "groups"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "password1", "password2"]})]
    readonly_fields = ["last_login", "date_joined"]
    list_display = ["email", "name", "is_active", "is_staff", "how_many_places", "last_login"]
    list_filter = ["is_active", "is_staff"]
    filter_horizontal = []
    search_fields = ["email", "name"]
    ordering = ["name", "email"]
    actions = ["open_accounts", "close_accounts"]
    inlines = [PlacesInline]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return self.inlines if obj else []

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).annotate(place_count=Count("memberships"))

    @admin.display(description="Places", ordering="place_count")
    def how_many_places(self, obj: Any) -> int:
        return int(obj.place_count)

    # --- who may do what ----------------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not obj.is_superuser or bool(request.user.is_superuser))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A person who has left no trace may be deleted: no place without another owner, no use of the admin."""
        if not super().has_delete_permission(request, obj):
            return False
        return obj is None or not (obj.is_staff or obj.is_superuser or places_owned_alone([obj]))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        if not request.user.is_superuser:
            fields += ["is_staff", "is_superuser", "groups"]
        if obj and obj.pk == request.user.pk:
            fields += ["is_active", "is_staff", "is_superuser"]  # nobody locks themselves out
        return fields

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **{"widget": forms.CheckboxSelectMultiple, **kwargs})

    # --- saving -------------------------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).exclude(email__iexact=obj.email).delete()
        if change and "is_active" in form.changed_data and not obj.is_active:
            self._warn(request, [obj])

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.action(description="Open the accounts of the selected people", permissions=["change"])
    def open_accounts(self, request: HttpRequest, people: "QuerySet[User]") -> None:
        self._set_active(request, people, True)

    @admin.action(description="Close the accounts of the selected people", permissions=["change"])
    def close_accounts(self, request: HttpRequest, people: "QuerySet[User]") -> None:
        self._set_active(request, people, False)

    def _set_active(self, request: HttpRequest, people: "QuerySet[User]", is_active: bool) -> None:
        chosen = list(people.exclude(pk__in=[request.user.pk]).exclude(is_active=is_active))
        if any(not self.has_change_permission(request, person) for person in chosen):
            raise PermissionDenied
        word = "opened" if is_active else "closed"
        for person in chosen:
            User.objects.filter(pk=person.pk).update(is_active=is_active)
            self.log_change(request, person, f"Account {word}.")
        self.message_user(request, f"Accounts {word}: {len(chosen)}.", messages.SUCCESS)
        if not is_active:
            self._warn(request, chosen)

    def _warn(self, request: HttpRequest, people: list[User]) -> None:
        if alone := places_owned_alone(people):
            names = ", ".join(str(place) for place in alone)
            text = f"No owner with an open account is left for: {names}. Make another member the owner."
            self.message_user(request, text, messages.WARNING)


def places_owned_alone(people: "list[User]") -> "list[Place]":
    """The places of which these people are owners and nobody else with an open account is."""
    owned = Place.objects.filter(memberships__user__in=people, memberships__role=Membership.Role.OWNER)
    owners = Membership.objects.filter(role=Membership.Role.OWNER, user__is_active=True).exclude(user__in=people)
    return list(owned.exclude(pk__in=owners.values("place")).distinct())
