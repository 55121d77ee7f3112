"""The pages about an organisation's people and who may approve, as URLs."""

from django.urls import URLPattern, path

from cabinet.views import ask_revocation, mandates, organisation

# A person stands in an address by the id of a certificate: never by his IIN.
PERSON = "organisation/people/<int:certificate_id>/"

urlpatterns: list[URLPattern] = [
    path("organisation/", organisation.organisation, name="organisation"),
    path("organisation/people.csv", organisation.people_csv, name="people-csv"),
    path(PERSON, organisation.person, name="person"),
    path(f"{PERSON}dismiss/", organisation.dismiss, name="dismiss"),
    path(f"{PERSON}revoke/", ask_revocation.employee, name="revoke-employee"),
    path("organisation/mandates/", mandates.mandates, name="mandates"),
    path("organisation/mandates/end/", mandates.end, name="end-mandate"),
]
