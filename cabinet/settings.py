"""Settings: every value comes from the environment, nothing secret has a default.

`CABINET_ENV_FILE` may name a file of `KEY=value` lines; `.env.example` lists them all.
"""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from cabinet.checkpoint_storage import checkpoint_storage
from cabinet.document_storage import document_storage
from renewals.documents.scanner import parse_address

# Lets `ModelAdmin[Model]` and its like be written, as the type checker wants them.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
if env_file := env.str("CABINET_ENV_FILE", default=""):
    env.read_env(env_file)

# --- what it is called, where it is reached -------------------------------------------
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
PORTAL_URL = env.str("PORTAL_URL", default="https://cabinet.example")
PORTAL_NAME = PORTAL_URL.split("://", 1)[-1].rstrip("/")
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default="help@cabinet.example")
TLS = env.bool("TLS", default=True)
CSRF_TRUSTED_ORIGINS = [PORTAL_URL.rstrip("/")]

# --- the house ----------------------------------------------------------------------
INSTALLED_APPS = [
    "cabinet",
    "notifications",
    "renewals",
    "pki",
    "cabinet.apps.CabinetAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "cabinet.middleware.PrivacyHeadersMiddleware",
    "cabinet.middleware.UnreadBodyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cabinet.middleware.CertificateSessionMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "cabinet.urls"
WSGI_APPLICATION = "cabinet.wsgi.application"
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
                "django.template.context_processors.i18n",
                "cabinet.context.portal",
                "cabinet.context.organisation",
                "cabinet.context.notices",
            ],
            "builtins": ["cabinet.templatetags.cabinet"],
        },
    }
]

# --- data ---------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # One writer at a time, announced at BEGIN: a deferred transaction that upgrades from
    # reading to writing fails at once with "database is locked", whatever the timeout.
    # FULL, because NORMAL may lose the last commits at a power cut.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- who is signed in -----------------------------------------------------------------
AUTH_USER_MODEL = "cabinet.User"
AUTHENTICATION_BACKENDS = ["cabinet.sign_in.CertificateBackend"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "my"
SIGN_IN_CHALLENGE_LIFETIME = timedelta(minutes=5)
SIGN_IN_REFUSALS_PER_ADDRESS = env.int("SIGN_IN_REFUSALS_PER_ADDRESS", default=30)
SIGN_IN_REFUSALS_PER_CERTIFICATE = env.int("SIGN_IN_REFUSALS_PER_CERTIFICATE", default=10)
SIGN_IN_REFUSALS_WINDOW = timedelta(minutes=15)
# How many proxies of our own stand in front; the client's address is read behind them.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
SESSION_IDLE = timedelta(minutes=15)
SESSION_ABSOLUTE = timedelta(hours=8)
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE.total_seconds())
SESSION_COOKIE_NAME = "__Host-session" if TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if TLS else "csrf"
LANGUAGE_COOKIE_NAME = "__Host-language" if TLS else "language"
DEVICE_COOKIE_NAME = "__Host-device" if TLS else "device"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
CSRF_FAILURE_VIEW = "cabinet.views.errors.csrf_failure"

# --- the authority --------------------------------------------------------------------
CA_KEY_DIRECTORY = Path(env.str("CA_KEY_DIRECTORY", default=str(BASE_DIR / "var" / "ca")))
# Only the process that signs is given the passphrase; empty means "this one must not sign".
CA_PASSPHRASE = env.str("CA_PASSPHRASE", default="")
# file: encrypted files in CA_KEY_DIRECTORY; pkcs11: a hardware module, opened by a PIN.
CA_KEYS = env.str("CA_KEYS", default="file")
CA_PKCS11_MODULE = env.str("CA_PKCS11_MODULE", default="")
CA_PKCS11_TOKEN = env.str("CA_PKCS11_TOKEN", default="")
# Like the passphrase: for the process that signs alone. A file is read again when it changes.
CA_PIN = env.str("CA_PIN", default="")
CA_PIN_FILE = env.str("CA_PIN_FILE", default="")
# Keys of the process that answers what became of certificates, apart from the authority's: the
# worker makes them, that process uses them. It is given this passphrase and not the other.
STATUS_KEY_DIRECTORY = Path(
    env.str("STATUS_KEY_DIRECTORY", default=str(BASE_DIR / "var" / "status-keys"))
)
STATUS_PASSPHRASE = env.str("STATUS_PASSPHRASE", default="")
# Lists and certificates of authorities, written by the worker, served by that process.
PUBLICATION_DIRECTORY = Path(
    env.str("PUBLICATION_DIRECTORY", default=str(BASE_DIR / "var" / "published"))
)
# How long an answer of that process holds, how long caches on the way may say it again without
# asking, how many are kept in memory, and how long it remembers certificates that have ended.
OCSP_TERM = timedelta(hours=env.int("OCSP_TERM_HOURS", default=12))
OCSP_CACHE_SECONDS = env.int("OCSP_CACHE_SECONDS", default=60)
OCSP_KEPT_ANSWERS = env.int("OCSP_KEPT_ANSWERS", default=20_000)
OCSP_ARCHIVE = timedelta(days=env.int("OCSP_ARCHIVE_DAYS", default=5 * 365))
# Without TLS: whoever checks a certificate of TLS must not need another one (RFC 5280, 8).
PKI_BASE_URL = env.str("PKI_BASE_URL", default=f"http://{PORTAL_NAME}/pki")
# host or host:port of addresses from which lists and answers of other authorities are fetched;
# empty: none. Of the second list the address may be a private one, too.
TRUST_HOSTS = env.list("TRUST_HOSTS", default=[])
TRUST_PRIVATE_HOSTS = env.list("TRUST_PRIVATE_HOSTS", default=[])
# How long another authority's answer about one certificate is relied on.
TRUST_ANSWER_LIFETIME = timedelta(minutes=env.int("TRUST_ANSWER_MINUTES", default=10))

# Lists of revoked certificates: how long a whole one, one of changes and one of a root hold; how
# long before that they are made anew is the time to mend what hinders it.
CRL_LIFETIME = timedelta(hours=env.int("CRL_LIFETIME_HOURS", default=48))
CRL_DELTA_LIFETIME = timedelta(hours=env.int("CRL_DELTA_LIFETIME_HOURS", default=18))
CRL_ROOT_LIFETIME = timedelta(days=env.int("CRL_ROOT_LIFETIME_DAYS", default=90))
# A list is made anew at this age, though nothing was revoked; at a third of its life at the latest.
CRL_REFRESH = timedelta(hours=env.int("CRL_REFRESH_HOURS", default=6))
# Changes are told since a whole list at least this old; never younger than one still in use.
CRL_BASE = timedelta(hours=env.int("CRL_BASE_HOURS", default=48))
# So long after its end a revoked certificate still stands in the lists.
CRL_KEEP_EXPIRED = timedelta(days=env.int("CRL_KEEP_EXPIRED_DAYS", default=7))
# A revocation that no list tells after so many minutes is a trouble.
CRL_OVERDUE = timedelta(minutes=env.int("CRL_OVERDUE_MINUTES", default=10))

# Time stamps of seals: an outside service (RFC 3161) with its pinned certificates, PEM; without
# one, our own. The policy of ours, an OID.
TSA_URL = env.str("TSA_URL", default="")
TSA_CERTIFICATES = env.str("TSA_CERTIFICATES", default="")
TSA_POLICY = env.str("TSA_POLICY", default="1.2.398.3.3.2.6.2")

# What happened is signed every hour and written to a second place: better on another machine.
CHECKPOINT_DIRECTORY = Path(
    env.str("CHECKPOINT_DIRECTORY", default=str(BASE_DIR / "var" / "checkpoints"))
)
# s3://bucket?endpoint=https://host, made with object lock; empty: the folder.
CHECKPOINT_S3 = env.str("CHECKPOINT_S3", default="")
CHECKPOINT_RETENTION = timedelta(days=env.int("CHECKPOINT_RETENTION_DAYS", default=3650))

# --- work in the background -------------------------------------------------------------
# Empty means: no broker; the worker loop finds its work in the database alone.
REDIS_URL = env.str("REDIS_URL", default="")
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
# By default kombu looks for messages of dead workers every 100 s, and waits an hour.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
}
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=30.0)
# How often revocations are looked for whose ring was lost, and lists that are due.
PUBLISH_SECONDS = env.float("PUBLISH_SECONDS", default=10.0)
REMIND_SECONDS = env.float("REMIND_SECONDS", default=60.0)
# Somebody may be waiting at the door for the answer of another authority.
TRUST_SECONDS = env.float("TRUST_SECONDS", default=5.0)
CHECKPOINT_SECONDS = env.float("CHECKPOINT_SECONDS", default=3600.0)
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "renewals.sweep", "schedule": SWEEP_SECONDS},
    "fetch trust": {
        "task": "renewals.fetch_trust",
        "schedule": TRUST_SECONDS,
        "options": {"expires": TRUST_SECONDS},
    },
    "publish": {
        "task": "renewals.publish",
        "schedule": PUBLISH_SECONDS,
        "options": {"expires": PUBLISH_SECONDS},
    },
    "checkpoint": {"task": "renewals.checkpoint", "schedule": CHECKPOINT_SECONDS},
    "look after authorities": {"task": "renewals.look_after", "schedule": 600.0},
    "forget statements": {"task": "renewals.forget_statements", "schedule": 3600.0},
    "forget documents": {"task": "renewals.forget_documents", "schedule": 3600.0},
    "forget sessions": {"task": "cabinet.forget_sessions", "schedule": 3600.0},
    # Nobody needs a sweep that was not begun before the next one.
    "tell": {
        "task": "notifications.tell",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    "remind": {
        "task": "notifications.remind",
        "schedule": REMIND_SECONDS,
        "options": {"expires": REMIND_SECONDS},
    },
    "forget bodies": {"task": "notifications.forget_bodies", "schedule": 3600.0},
}
ISSUE_LEASE = timedelta(seconds=env.int("ISSUE_LEASE_SECONDS", default=60))
ISSUE_BATCH = env.int("ISSUE_BATCH", default=50)
APPLICATION_LIFETIME = timedelta(days=30)
# After how many days without a decision the approvers are told of an application.
UNDECIDED_DAYS = (3, 10)

# --- notices ------------------------------------------------------------------------------
# smtp://user:password@host:port, smtp+tls://… (STARTTLS), smtp+ssl://…
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
# Where letters and texts go in the demo, and are read on /outbox/; empty: nowhere, no such page.
OUTBOX_DIRECTORY = env.str("OUTBOX_DIRECTORY", default="")
if OUTBOX_DIRECTORY:
    EMAIL_BACKEND = "notifications.delivering.outbox.FolderBackend"
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=15)
MAIL_FROM = env.str("MAIL_FROM", default="noreply@cabinet.example")
# Where what cannot be delivered comes back: the part before the sign gets "+…" for each letter.
MAIL_BOUNCES = env.str("MAIL_BOUNCES", default="bounces@cabinet.example")
# What signs letters in the worker; notices know no keys.
MAIL_SIGNER = "renewals.services.mail_signing.sign_mail"
# log: written to a table and the log; folder, http, smpp.
SMS_GATEWAY = env.str("SMS_GATEWAY", default="log")
# http(s)://… or smpp://user:password@host:port
SMS_URL = env.str("SMS_URL", default="")
SMS_TOKEN = env.str("SMS_TOKEN", default="")
SMS_SENDER = env.str("SMS_SENDER", default="Cabinet")
# How the HTTP gateway is asked and what it answers: JSON with {to}, {text}, {sender}, {key}.
SMS_BODY = env.str(
    "SMS_BODY",
    default='{"to": "{to}", "from": "{sender}", "text": "{text}", "reference": "{key}"}',
)
SMS_ANSWER_ID = env.str("SMS_ANSWER_ID", default="id")
# Where an answer has the code of a refusal, and which codes say that the number is no good.
SMS_ANSWER_ERROR = env.str("SMS_ANSWER_ERROR", default="error.code")
SMS_ANSWER_BAD = env.list("SMS_ANSWER_BAD", default=[])
# Signs the receipts that the SMS provider posts to us; empty: none are taken.
SMS_RECEIPT_SECRET = env.str("SMS_RECEIPT_SECRET", default="")
# Countries whose mobile numbers are taken, ISO 3166-1.
PHONE_REGIONS = env.list("PHONE_REGIONS", default=["KZ"])
# Days before the end, and what goes out besides the inbox; 0: it has ended.
EXPIRY_THRESHOLDS: dict[int, tuple[str, ...]] = {
    30: ("letter",),
    14: ("letter",),
    10: ("short",),
    7: ("letter",),
    3: ("letter", "short"),
    1: ("letter", "short"),
    0: ("letter",),
}
# Told even while the holder has an application that he has not finished.
EXPIRY_LAST_CALLS = (3, 1)
# The head hears of his people by name, and on this day (Monday is 0) of everybody at once.
EXPIRY_HEAD_DAYS = 3
DIGEST_WEEKDAY, DIGEST_HOUR = 0, 9
# SMS of this part of the night, Asia/Almaty, wait for the morning.
QUIET_FROM_HOUR, QUIET_UNTIL_HOUR = 21, 9
NOTICE_BATCH = env.int("NOTICE_BATCH", default=100)
NOTICE_LEASE = timedelta(seconds=env.int("NOTICE_LEASE_SECONDS", default=120))
NOTICE_FIRST_RETRY, NOTICE_LAST_RETRY = timedelta(minutes=1), timedelta(hours=1)
NOTICE_GIVE_UP = timedelta(hours=48)
# So many failures in a row, and a provider is left alone for a while.
BREAKER_FAILURES = env.int("BREAKER_FAILURES", default=20)
BREAKER_PAUSE = timedelta(minutes=5)
NOTICE_BODY_LIFETIME = timedelta(days=30)
UNSUBSCRIBE_LIFETIME = timedelta(days=400)

# --- languages and time -----------------------------------------------------------------
LANGUAGES = [("kk", _("Kazakh")), ("ru", _("Russian")), ("en", _("English"))]
LANGUAGE_CODE = "ru"
FORMAT_MODULE_PATH = "cabinet.formats"
LOCALE_PATHS = [BASE_DIR / "cabinet" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Almaty"

# --- papers -------------------------------------------------------------------------------
# What people upload and what proves their applications: outside of what the web serves.
DOCUMENTS_DIRECTORY = Path(
    env.str("DOCUMENTS_DIRECTORY", default=str(BASE_DIR / "var" / "documents"))
)
# s3://bucket, or s3://bucket?endpoint=https://host for a service that speaks S3; empty: the folder.
DOCUMENTS_S3 = env.str("DOCUMENTS_S3", default="")
# tcp://host:3310 or unix:///path of a clamd; empty: nothing is scanned.
CLAMD_URL = env.str("CLAMD_URL", default="")
if CLAMD_URL:
    parse_address(CLAMD_URL)  # a wrong one is told at the start, not at the first upload
# Golos Text as TrueType, put there by the build of the frontend.
FONT_DIRECTORY = BASE_DIR / "cabinet" / "static" / "cabinet" / "fonts"

# --- static files -------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "documents": document_storage(DOCUMENTS_DIRECTORY, DOCUMENTS_S3),
    "checkpoints": checkpoint_storage(CHECKPOINT_DIRECTORY, CHECKPOINT_S3, CHECKPOINT_RETENTION),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- doors and walls ------------------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
# A list of a hundred applications, and what every form has besides.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 120
# Files are taken only where a view has asked for one, and kept in memory: see `cabinet.uploads`.
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["cabinet.uploads.NoFiles"]
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = TLS
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 * 2 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = TLS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["cabinet"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # It greets at every start.
    "loggers": {"pikepdf": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
