"""Every address of the office. `/desk` is for staff, `/portal` for customers; what is not yours is not there."""

from __future__ import annotations

from django.urls import path

from sekisho.office.desk import bar, calls, case, close, contact, lift, queue, release, shadows, watch
from sekisho.office.portal import charges, month_calls
from sekisho.office.sign_in import enter, home, language, leave

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in", enter.enter, name="sign-in"),
    path("sign-out", leave.leave, name="sign-out"),
    path("language", language.switch, name="language"),
    path("desk/", queue.queue_page, name="desk-queue"),
    path("desk/cases/<uuid:case>/", case.case_page, name="desk-case"),
    path("desk/cases/<uuid:case>/bar/", bar.bar_page, name="desk-bar"),
    path("desk/cases/<uuid:case>/lift/<uuid:bar>/", lift.lift_page, name="desk-lift"),
    path("desk/cases/<uuid:case>/release/", release.release_page, name="desk-release"),
    path("desk/cases/<uuid:case>/close/", close.close_page, name="desk-close"),
    path("desk/cases/<uuid:case>/contact/", contact.log, name="desk-contact"),
    path("desk/cases/<uuid:case>/calls/", calls.reason, name="desk-calls"),
    path("desk/watch/", watch.watch_page, name="desk-watch"),
    path("desk/watch/strip/", watch.strip, name="desk-watch-strip"),
    path("desk/shadows/", shadows.list_page, name="desk-shadows"),
    path("desk/shadows/<slug:name>/", shadows.shadow_page, name="desk-shadow"),
    path("desk/shadows/<slug:name>/lines/<int:number>/", shadows.line_page, name="desk-shadow-line"),
    path("desk/shadows/<slug:name>/lines/<int:number>/calls/", shadows.line_reason, name="desk-shadow-calls"),
    path("portal/", charges.charges_page, name="portal-home"),
    path("portal/calls/", month_calls.calls_page, name="portal-calls"),
]
