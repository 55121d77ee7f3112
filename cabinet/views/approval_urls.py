"""The pages of those who decide for an organisation, as URLs."""

from django.urls import URLPattern, path

from cabinet.views import approvals, evidence, form, signing

# Numbers cannot be taken for words: they begin with the year.
urlpatterns: list[URLPattern] = [
    path("approvals/", approvals.queue, name="approvals"),
    path("approvals/approve/", approvals.approve, name="approve"),
    path("approvals/refuse/", approvals.refuse, name="refuse"),
    path("approvals/<slug:number>/", approvals.application, name="approval"),
    path("approvals/<slug:number>/form.pdf", form.approval_form, name="approval-form"),
    path("approvals/<slug:number>/evidence/", evidence.approval_evidence, name="approval-evidence"),
    path("sign/<int:pk>/", signing.sign, name="sign"),
    path("sign/<int:pk>/done/", signing.signed, name="signed"),
]
