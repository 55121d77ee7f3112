"""Every address of the site. What needs no sign-in says so at its view."""

from django.contrib import admin
from django.urls import include, path

from cabinet.views import (
    approval_urls,
    document_urls,
    errors,
    hooks,
    journey,
    notice_urls,
    organisation_urls,
    public,
    sign_in,
    verify,
)

urlpatterns = [
    path("", public.start, name="start"),
    path("sign-in/", sign_in.page, name="sign-in"),
    path("sign-in/challenge/", sign_in.challenge, name="challenge"),
    path("sign-in/enter/", sign_in.enter, name="enter"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("expired/", public.expired, name="expired"),
    path("help/<slug:slug>/", public.help_page, name="help"),
    path("authority/", public.authority, name="authority"),
    path("verify/", verify.verify, name="verify"),
    path("language/", public.language, name="language"),
    path("health/", public.health, name="health"),
    path("hooks/sms/", hooks.sms_receipt, name="sms-receipt"),
    path("admin/", admin.site.urls),
    path("", include(journey.urlpatterns)),
    path("", include(approval_urls.urlpatterns)),
    path("", include(organisation_urls.urlpatterns)),
    path("", include(document_urls.urlpatterns)),
    path("", include(notice_urls.urlpatterns)),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
