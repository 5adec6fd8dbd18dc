"""Which address leads where: accounts by allauth, the admin, and everything else by the app."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("", include("assessments.urls")),
]

handler400 = "assessments.views.trouble.unreadable"
handler403 = "assessments.views.trouble.forbidden"
