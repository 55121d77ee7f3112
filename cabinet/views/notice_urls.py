"""The pages about notices and contacts, the way out of a letter, and the demo's outbox, as URLs."""

from django.urls import URLPattern, path

from cabinet.views import contact_steps, contacts, notices, outbox, unsubscribe

CHANNEL = "contacts/<slug:channel>/"

# No channel may be called `language` or `choices`, and no number of a notice is `read`.
urlpatterns: list[URLPattern] = [
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="read-notices"),
    path("notices/<slug:number>/", notices.notice, name="notice"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/language/", contacts.language, name="contact-language"),
    path("contacts/choices/", contacts.choices, name="contact-choices"),
    path(CHANNEL, contact_steps.contact, name="contact"),
    path(f"{CHANNEL}code/", contact_steps.code, name="contact-code"),
    path(f"{CHANNEL}again/", contact_steps.again, name="contact-again"),
    path(f"{CHANNEL}remove/", contact_steps.remove, name="remove-contact"),
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<str:name>/", outbox.outbox_item, name="outbox-item"),
    path("outbox/<str:name>/letter/", outbox.outbox_letter, name="outbox-letter"),
    path("outbox/<str:name>/reminder.ics", outbox.outbox_calendar, name="outbox-calendar"),
]
