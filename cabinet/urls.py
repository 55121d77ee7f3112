"""Every address of the site. What needs no sign-in says so at its view."""

from django.contrib import admin
from django.urls import include, path

from cabinet.views import (
    approval_urls,
    document_urls,
    errors,
    journey,
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
    path("verify/", verify.verify, name="verify"),
    path("language/", public.language, name="language"),
    path("health/", public.health, name="health"),
    path("admin/", admin.site.urls),
    path("", include(journey.urlpatterns)),
    path("", include(approval_urls.urlpatterns)),
    path("", include(organisation_urls.urlpatterns)),
    path("", include(document_urls.urlpatterns)),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
