"""Every setting, in one file. It runs with no environment set; docs/operations.md lists what may be set."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str, default: bool = False) -> bool:
    """Read a yes/no setting: 1, true, yes or on, in any case, mean yes."""
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


# Where this instance keeps what it writes: the SQLite file, the secret key, collected static files.
DATA_DIR = Path(os.environ.get("DATA_DIR", BASE_DIR / "var"))
DATA_DIR.mkdir(parents=True, exist_ok=True)


def secret_key() -> str:
    """Return SECRET_KEY, or one made at the first start and kept in DATA_DIR, readable by its owner only."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    path = DATA_DIR / "secret-key"
    if not path.exists():
        draft = DATA_DIR / f"secret-key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)  # whoever is first wins; the others read what is there
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


SECRET_KEY = secret_key()
DEBUG = flag("DEBUG")
SITE_URL = os.environ.get("SITE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
_site = urlsplit(SITE_URL)
HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = sorted({_site.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"})
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []

INSTALLED_APPS = [
    "assessments",
    "assessments.apps.AdminAppConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "assessments.views.languages.ReadersLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "assessments.views.trouble.NothingTypedIsLost",
]

ROOT_URLCONF = "hubplaybook.urls"
WSGI_APPLICATION = "hubplaybook.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "assessments.templatetags.words",
                "assessments.templatetags.languages",
                "django.templatetags.i18n",
            ],
        },
    }
]

# --- Database -------------------------------------------------------------------------------------------------

# ATOMIC_REQUESTS stays off, as it is by default: a page view must never hold the write lock; services open their own
# transactions.
DATABASES: dict[str, Any] = {
    "default": dj_database_url.config(
        env="DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'hubplaybook.sqlite3'}", conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Savers queue for the write lock, up to five seconds, instead of failing; what was acknowledged survives a
    # power cut (FULL). Measured in benchmarks/: with Django's stock options about half of 24 savers fail.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}  # a file, so that WAL is real
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A row that is held longer than SQLite's lock would be waited for gives the same page: try again in a moment.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c lock_timeout=5s")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Queue ----------------------------------------------------------------------------------------------------

# What takes longer than a page may: packs of reports. The queue is two tables of the same database; `manage.py worker`
# works it off, in as many processes and on as many machines as see the same database and the same files.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
PACK_DAYS = 7
"""How long a pack is kept, and a report that was made for one and is in no newer one."""
MOST_PACK_PLACES, MOST_PACK_FILES, MOST_PACKS_AT_ONCE = 100, 600, 3
"""How much one pack may hold, and how many unfinished packs one person may have."""

# --- People -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "assessments.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SIGN_UP_OPEN = flag("SIGN_UP_OPEN", True)
ACCOUNT_ADAPTER = "assessments.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "assessments.forms.accounts.LoginForm",
    "signup": "assessments.forms.accounts.SignupForm",
    "reset_password": "assessments.forms.accounts.ResetPasswordForm",
    "reset_password_from_key": "assessments.forms.accounts.ResetPasswordKeyForm",
    "change_password": "assessments.forms.accounts.ChangePasswordForm",
    "set_password": "assessments.forms.accounts.SetPasswordForm",
    "add_email": "assessments.forms.accounts.AddEmailForm",
    "reauthenticate": "assessments.forms.accounts.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = os.environ.get("EMAIL_VERIFICATION", "none")  # none, optional or mandatory
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme

# Sixty people behind one address can sign up and sign in within ten minutes, mistakes included, while guessing stays
# slow: five tries in five minutes for an account from one address (assessments.accounts joins the two, so that nobody
# can lock somebody else out), a hundred in ten minutes for all accounts together.
ACCOUNT_RATE_LIMITS = {
    "signup": "200/10m/ip",
    "login": "400/10m/ip",
    "login_failed": "100/10m/ip,5/5m/key",
    "reset_password": "100/10m/ip,5/10m/key",
    "reset_password_from_key": "200/10m/ip",
}
# Links without a sign-in, which are too long to be guessed: whoever tries many codes from one address is slowed down.
# Links that work are never counted, so sixty phones behind one address do not hinder each other.
LINK_RATE_LIMITS = {"wrong_link": "300/10m/ip"}
# How many letters that ask respondents one person may have sent, and how many may go to one address: so that nobody
# writes to strangers without end through this site. A round has room for 500 people.
LETTER_RATE_LIMITS = {"round_letter": "600/d/user,5/d/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if flag("BEHIND_PROXY") else 0  # whose X-Forwarded-For is believed

# What the limits count. Files, since the processes of one machine must share the counters, without another service and
# without SQLite's write lock, which the database cache would take at each sign-in. Several machines count each for
# themselves. Django throws random entries away when there are too many: the default, 300, a guesser could fill.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    # First pages of reports, for some minutes. Apart, so that nobody can push the counters out by looking at reports,
    # and few, so that they fill no disk: 200 take some 30 MB.
    "pictures": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "pictures",
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
}

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"

EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_TLS", True)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "Hub Playbook <hubplaybook@localhost>")

# --- Safety -----------------------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # probes ask on the machine itself, without HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
CSRF_FAILURE_VIEW = "assessments.views.trouble.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Words, time, files -----------------------------------------------------------------------------------------

# Texts are written in English; docs/languages.md tells how far the others are. Each is named in itself.
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("cy", "Cymraeg")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["hubplaybook.formats"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = os.environ.get("TIME_ZONE", "Europe/London")
USE_I18N = True
USE_TZ = True

# Files that are kept: evidence, issued reports, packs. They have no address: each is served by a view that asks who
# wants it. They lie on this machine's disk, or in a bucket where one is named; boto3 is loaded only then.
_ON_DISK = {"location": DATA_DIR / "files", "base_url": None, "file_permissions_mode": 0o600}
FILES: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": _ON_DISK}
if FILES_S3_BUCKET := os.environ.get("FILES_S3_BUCKET", ""):
    _IN_BUCKET = {
        "bucket_name": FILES_S3_BUCKET,
        "endpoint_url": os.environ.get("FILES_S3_ENDPOINT", ""),
        "region_name": os.environ.get("FILES_S3_REGION", ""),
        "access_key": os.environ.get("FILES_S3_KEY", ""),
        "secret_key": os.environ.get("FILES_S3_SECRET", ""),
        "location": os.environ.get("FILES_S3_PREFIX", "").strip("/"),
    }
    if not (_IN_BUCKET["access_key"] and _IN_BUCKET["secret_key"]):
        raise ImproperlyConfigured("FILES_S3_BUCKET needs FILES_S3_KEY and FILES_S3_SECRET: no others are looked for.")
    if not (_IN_BUCKET["endpoint_url"] or _IN_BUCKET["region_name"]):
        raise ImproperlyConfigured("FILES_S3_BUCKET needs FILES_S3_ENDPOINT or, at Amazon, FILES_S3_REGION.")
    FILES = {"BACKEND": "assessments.services.bucket.Bucket", "OPTIONS": _IN_BUCKET}

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "build" / "assets"]
STORAGES = {
    "default": FILES,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
FILE_UPLOAD_HANDLERS = [
    "assessments.views.uploads.CutOff",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

CRISPY_TEMPLATE_PACK = "hub"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["hub"]
CRISPY_FAIL_SILENTLY = DEBUG is False

# Where the fixed fonts of the report live (WOFF2 files that npm delivered; see `make assets`).
REPORT_FONTS = BASE_DIR / "build" / "assets" / "fonts"

# Records lose the secrets of addresses when they are made, whoever logs them: hubplaybook.logs.
LOGGING_CONFIG = "hubplaybook.logs.configure"
# Libraries that say too much. What those of `_SIGNING` say would hold names of files and signed requests; the last two,
# answers: statements with their values, and all that a page was drawn from.
_SIGNING = ("boto3", "botocore", "s3transfer", "urllib3")
_TALKATIVE = ("fontTools", "weasyprint", "django_tasks", "django_tasks_db", *_SIGNING)
_QUIET = {name: {"level": "WARNING"} for name in _TALKATIVE}
_DISCREET = {name: {"level": "INFO"} for name in ("django.db.backends", "django.template")}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    # To the console alone: Django would mail errors with the cookies and the values of a page.
    "loggers": {"django": {"handlers": [], "level": "INFO"}, **_QUIET, **_DISCREET},
}
