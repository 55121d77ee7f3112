"""The pages of the signed-in holder, as URLs."""

from django.urls import URLPattern, path

from cabinet.views import (
    apply,
    ask_revocation,
    downloads,
    evidence,
    form,
    install,
    key,
    my,
    opening,
    revoke,
    statement,
    status,
)

NUMBER = "renewals/<slug:number>/"

# Numbers cannot be taken for `open`: they begin with the year.
urlpatterns: list[URLPattern] = [
    path("my/", my.my, name="my"),
    path("my/find/", my.find, name="find"),
    path("my/certificates/<int:pk>/", my.certificate, name="certificate"),
    path("my/certificates/<int:pk>/revoke/", ask_revocation.own, name="revoke-certificate"),
    path("renewals/", my.renewals, name="renewals"),
    path("renewals/open/", opening.open_application, name="open"),
    path(NUMBER, status.status, name="status"),
    path(f"{NUMBER}state/", status.state, name="state"),
    path(f"{NUMBER}apply/", apply.apply, name="apply"),
    path(f"{NUMBER}key/", key.key, name="key"),
    path(f"{NUMBER}statement/", statement.statement, name="statement"),
    path(f"{NUMBER}install/", install.install, name="install"),
    path(f"{NUMBER}install/challenge/", install.challenge, name="install-challenge"),
    path(f"{NUMBER}certificates/", install.certificates, name="certificates"),
    path(f"{NUMBER}installed/", install.installed, name="installed"),
    path(f"{NUMBER}revoke/", revoke.revoke, name="revoke"),
    path(f"{NUMBER}withdraw/", status.withdraw_application, name="withdraw"),
    path(f"{NUMBER}again/", opening.again, name="again"),
    path(f"{NUMBER}form.pdf", form.form, name="form"),
    path(f"{NUMBER}evidence/", evidence.evidence, name="evidence"),
    path(f"{NUMBER}statement.txt", downloads.statement_text, name="statement-text"),
    path(f"{NUMBER}statement.p7s", downloads.statement_signature, name="statement-signature"),
    path(
        f"{NUMBER}certificates/<slug:purpose>.cer",
        downloads.issued_certificate,
        name="issued-certificate",
    ),
    path("revoked/", revoke.revoked, name="revoked"),
]
