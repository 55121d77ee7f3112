"""The people of the reader's organisation: the list, one person, the table, the dismissal."""

from http import HTTPStatus
from typing import cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from cabinet.application_tags import tag_of
from cabinet.approver import Approver, approver_of
from cabinet.endings_chart import draw_chart
from cabinet.mandate_rows import mandate_rows
from cabinet.middleware import CabinetRequest
from cabinet.organisation_forms import PeopleForm
from cabinet.people import Group, Search, signatures_of, words_of
from cabinet.people_table import write_table
from cabinet.person import may_sign, newest, people_at, roles_of
from cabinet.sentences import sentence_for
from cabinet.standing import standings_from
from cabinet.views.answers import status_of
from cabinet.views.overseeing import certificate_of, explain, for_overseer
from cabinet.views.own import language_of_reader, posts_only
from pki.models import Certificate
from renewals.errors import NoRightError, RenewalError
from renewals.events import EventKind
from renewals.models import Renewal, Right
from renewals.organisation import head_of
from renewals.services import journal
from renewals.services.dismissing import revocable, state_dismissal

PAGE_SIZE = 50


@require_safe
def organisation(request: HttpRequest) -> HttpResponse:
    """The people, for the head and HR employees; for others, who these are."""
    reader = cast(CabinetRequest, request)
    approver = approver_of(reader)
    if approver is None:
        raise Http404
    if approver.sees_people:
        return _list(reader, approver)
    try:
        approver.require()
    except NoRightError as error:
        return explain(reader, approver, error)
    return explain(reader, approver, None)


def _list(request: CabinetRequest, approver: Approver) -> HttpResponse:
    form, search, group = _asked(request, approver)
    counts = search.counts()
    pages = max(-(-counts.groups[group] // PAGE_SIZE), 1)
    page = min(form.chosen_page, pages)
    places = search.places(group, (page - 1) * PAGE_SIZE, PAGE_SIZE)
    query = {"q": " ".join(search.words)} if search.words else {}
    context = {
        "form": form,
        "people": people_at(search.bin, places, now=search.now),
        "groups": [(one, counts.groups[one], urlencode({**query, "group": one})) for one in Group],
        "group": group,
        "everybody": counts.groups[Group.ALL],
        "soon": counts.groups[Group.SOON],
        "chart": None if search.words else draw_chart(counts.months),
        "is_searched": bool(search.words),
        "page": page,
        "pages": pages,
        "query": urlencode({**query, "group": group}),
        "section": "organisation",
    }
    return render(request, "cabinet/organisation/people.html", context)


def _asked(request: CabinetRequest, approver: Approver) -> tuple[PeopleForm, Search, Group]:
    """What is asked for; whatever cannot be understood counts as not asked."""
    form = PeopleForm(request.GET)
    form.is_valid()
    words = words_of(form.cleaned_data.get("q", ""))
    return form, Search(approver.actor.bin, timezone.now(), words), form.chosen_group


@require_GET
@for_overseer
def people_csv(request: CabinetRequest, approver: Approver) -> StreamingHttpResponse:
    """The same people as a file. That it was taken, and how much of it, is recorded."""
    _form, search, group = _asked(request, approver)
    places = search.places(group)
    journal.record(
        EventKind.PEOPLE_EXPORTED,
        actor=request.actor,
        now=search.now,
        facts={
            "bin": search.bin,
            "rows": len(places),
            "group": group.value,
            "searched": bool(search.words),
        },
    )
    lines = write_table(search.bin, places, language=language_of_reader(), now=search.now)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"people-{timezone.localdate(search.now).isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@for_overseer
def person(request: CabinetRequest, approver: Approver, certificate_id: int) -> HttpResponse:
    """Certificates, applications and rights of one person."""
    return _render_person(request, approver, certificate_of(approver, certificate_id))


@posts_only("person")
@for_overseer
def dismiss(request: CabinetRequest, approver: Approver, certificate_id: int) -> HttpResponse:
    """Draw the request to revoke; its page shows it, word by word."""
    certificate = certificate_of(approver, certificate_id)
    try:
        text = state_dismissal(
            actor=request.actor,
            iin=certificate.iin,
            language=language_of_reader(),
            now=timezone.now(),
        )
    except RenewalError as error:
        return _render_person(
            request,
            approver,
            certificate,
            refusal=sentence_for(error),
            status=status_of(error),
        )
    return redirect("sign", text.pk)


def _render_person(
    request: CabinetRequest,
    approver: Approver,
    certificate: Certificate,
    *,
    refusal: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    bin_, iin, now = approver.actor.bin, certificate.iin, timezone.now()
    rows = list(signatures_of(bin_).for_iin(iin).defer("der")) or [certificate]
    head = head_of(bin_)
    standings = standings_from(rows, now=now)
    sent = Renewal.objects.of_organisation(bin_).for_holder(iin).filter(submitted_at__isnull=False)
    mandates = mandate_rows(bin_, now=now, iin=iin)
    is_own = iin == request.actor.iin
    is_head = approver.entitlement is not None and approver.entitlement.right is Right.HEAD
    context = {
        "certificate": certificate,
        "name": newest(rows).facts.subject.full_name,
        "roles": roles_of(newest(rows), head.iin if head else ""),
        "used": [one for one in standings if not one.is_past],
        "past": [one for one in standings if one.is_past],
        "applications": [(row, tag_of(row)) for row in sent],
        "mandates": mandates,
        "is_own": is_own,
        "is_head": is_head,
        "can_delegate": is_head
        and not is_own
        and not any(row.is_standing for row in mandates)
        and may_sign(standings),
        "can_dismiss": is_head and not is_own and revocable(bin_, iin, now=now).exists(),
        "refusal": refusal,
        "section": "organisation",
    }
    return render(request, "cabinet/organisation/person.html", context, status=status)
