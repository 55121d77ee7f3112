"""Every address of the site. What needs no sign-in says so at its view."""

from django.contrib import admin
from django.urls import include, path

from cabinet.views import errors, journey, public, sign_in

urlpatterns = [
    path("", public.start, name="start"),
    path("sign-in/", sign_in.page, name="sign-in"),
    path("sign-in/challenge/", sign_in.challenge, name="challenge"),
    path("sign-in/enter/", sign_in.enter, name="enter"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("expired/", public.expired, name="expired"),
    path("help/<slug:slug>/", public.help_page, name="help"),
    path("language/", public.language, name="language"),
    path("health/", public.health, name="health"),
    path("admin/", admin.site.urls),
    path("", include(journey.urlpatterns)),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
