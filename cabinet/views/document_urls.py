"""The pages of documents and of powers of attorney, as URLs."""

from django.urls import URLPattern, path

from cabinet.views import documents, power

OWN = "renewals/<slug:number>/documents/"

urlpatterns: list[URLPattern] = [
    path(OWN, documents.documents, name="documents"),
    path(f"{OWN}<int:pk>/", documents.document, name="document"),
    path(f"{OWN}<int:pk>/remove/", documents.remove_document, name="remove-document"),
    path(
        "approvals/<slug:number>/documents/<int:pk>/",
        documents.approval_document,
        name="approval-document",
    ),
    path("power-of-attorney/", power.power, name="power"),
    path("power-of-attorney/<int:pk>/give-up/", power.give_up_power, name="give-up-power"),
    path("power-of-attorney/papers/<int:pk>/", power.power_paper, name="power-paper"),
]
