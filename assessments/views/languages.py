"""In which language a page speaks: the one that the reader chose, else the first that their browser asks for."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.i18n import set_language


class ReadersLanguage(LocaleMiddleware):
    """Speaks the reader's language on every page but those of the admin.

    Our own words in the admin are English, and Django's would be translated: half of each is worse than English.
    """

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith(reverse("admin:index")):
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = settings.LANGUAGE_CODE
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say what the language hangs on, so that no cache gives one reader's page to another."""
        patch_vary_headers(response, ("Cookie",))
        return super().process_response(request, response)


@csrf_exempt
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie, and go back to the page, if it is one of this site.

    Without a token, so that pages of visitors need none: the worst that another site could do is to change a language.
    """
    return set_language(request)
