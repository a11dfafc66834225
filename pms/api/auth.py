"""Where the session cookie is given and taken: sign-in, sign-out, set-up, invitations.

Only an HTTP answer can set an HttpOnly cookie, so the forms of pms/ui/door post here. Answers are JSON: where to go on, or
what is wrong and with which field, in the language the form was shown in.
"""

from __future__ import annotations

from datetime import time
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from pms import tries
from pms.accounts import invitations, password_links, sessions
from pms.accounts.sessions import COOKIE, LONGEST, SignIn
from pms.accounts.two_factor import CodeNeeded
from pms.api.origin import own_origin
from pms.kernel.encryption import token_hash
from pms.kernel.formats import read_money
from pms.kernel.refusals import BadInput, Refusal
from pms.kernel.words import known
from pms.properties.property import PropertyFields
from pms.properties.room_type import RoomTypeFields
from pms.rates.set_up import NewRoomType, SetUp, set_up
from pms.settings import settings

router = APIRouter(prefix="/auth", dependencies=[Depends(own_origin)], include_in_schema=False)

ROOM_TYPES_MOST = 50
Text = Annotated[str, Form(max_length=1000)]


def _address(request: Request) -> str:
    """Who asks: what the outermost of our own proxies saw; what stands further left anybody could have written."""
    hops = settings().proxy_hops
    forwarded = [one.strip() for one in ",".join(request.headers.getlist("x-forwarded-for")).split(",") if one.strip()]
    if 0 < hops <= len(forwarded):
        return forwarded[-hops]
    return request.client.host if request.client else "unknown"


def _agent(request: Request) -> str:
    return request.headers.get("user-agent", "")[:300]


def _own_path(path: str) -> str:
    """A path of ours to go on to; never another site's."""
    parts = urlsplit(path)
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc else "/"


def _welcome(signed_in: SignIn, path: str) -> Response:
    answer = JSONResponse({"to": _own_path(path)})
    answer.set_cookie(
        COOKIE,
        signed_in.token,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=settings().secure_cookies,
    )
    return answer


def refused(refusal: Refusal, locale: str) -> JSONResponse:
    """A refusal as the forms show it."""
    body = {"code": refusal.code, "field": refusal.field, "message": refusal.say(locale)}
    return JSONResponse(body, status_code=refusal.status)


@router.post("/sign-in")
def sign_in(request: Request, email: Text, password: Text, code: Text = "", next: Text = "/", locale: Text = "en") -> Response:
    """Begin a session."""
    address, account = _address(request), email.strip().lower()
    try:
        with tries.signing_in(address, account, proven=CodeNeeded):
            signed_in = sessions.sign_in(email, password, code or None, _agent(request))
        return _welcome(signed_in, next)
    except Refusal as refusal:
        return refused(refusal, known(locale))


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End the session of this browser."""
    if token := request.cookies.get(COOKIE):
        sessions.sign_out(token)
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=settings().secure_cookies)
    return answer


@router.post("/accept-invitation")
def accept_invitation(
    request: Request, token: Text, password: Text, name: Text = "", code: Text = "", locale: Text = "en"
) -> Response:
    """Join by a link, and be signed in."""
    try:
        tries.count(tries.PER_ADDRESS, "invitation", _address(request))
        return _welcome(invitations.accept(token, name, password, code or None, _agent(request)), "/")
    except Refusal as refusal:
        return refused(refusal, known(locale))


@router.post("/choose-password")
def choose_password(request: Request, token: Text, password: Text, code: Text = "", locale: Text = "en") -> Response:
    """Another password by a link, and be signed in."""
    try:
        tries.count(tries.PER_ADDRESS, "password-link", _address(request))
        tries.count(tries.PER_ACCOUNT, "password-link", token_hash(token))
        return _welcome(password_links.use(token, password, code or None, _agent(request)), "/")
    except Refusal as refusal:
        return refused(refusal, known(locale))


@router.post("/set-up")
async def first_set_up(request: Request) -> Response:
    """Open the organization with its first property, and sign its owner in."""
    form = await request.form(max_fields=400)
    return await run_in_threadpool(_set_up, form, request)


def _set_up(form: FormData, request: Request) -> Response:
    locale = known(_said(form, "locale"))
    try:
        tries.count(tries.PER_ADDRESS, "set-up", _address(request))
        return _welcome(set_up(read_set_up(form, locale), _agent(request)), "/")
    except Refusal as refusal:
        return refused(refusal, locale)


def _said(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def read_set_up(form: FormData, locale: str) -> SetUp:
    """What the set-up form says. Refuses `BadInput` naming the form's own fields."""
    return SetUp(
        organization=_said(form, "organization"),
        owner_name=_said(form, "owner_name"),
        owner_email=_said(form, "owner_email"),
        owner_password=str(form.get("owner_password") or ""),
        property=_property(form),
        room_types=tuple(_room_types(form, locale)),
        locale=locale,
    )


def _property(form: FormData) -> PropertyFields:
    return PropertyFields(
        name=_said(form, "property_name"),
        city=_said(form, "property_city"),
        country=_said(form, "property_country"),
        timezone=_said(form, "property_timezone"),
        currency=_said(form, "property_currency"),
        check_in_time=_time(form, "property_check_in_time", time(15)),
        check_out_time=_time(form, "property_check_out_time", time(11)),
    )


def _room_types(form: FormData, locale: str) -> list[NewRoomType]:
    """Rows are numbered by the form, with gaps where one was removed; refusals name the row by its place."""
    numbers = sorted(
        {int(part[1]) for key in form if len(part := key.split(".")) == 3 and part[0] == "room_types" and part[1].isdigit()}
    )
    wanted = [
        number
        for number in numbers[:ROOM_TYPES_MOST]
        if _said(form, f"room_types.{number}.name") or _said(form, f"room_types.{number}.units")
    ]
    return [_room_type(form, number, place, locale) for place, number in enumerate(wanted)]


def _room_type(form: FormData, number: int, place: int, locale: str) -> NewRoomType:
    def said(name: str) -> str:
        return _said(form, f"room_types.{number}.{name}")

    price = read_money(said("base_price"), _said(form, "property_currency") or "EUR", locale, f"room_types.{place}.base_price")
    fields = RoomTypeFields(
        name=said("name"),
        unit_type="bed" if said("unit_type") == "bed" else "room",
        adults=_count(said("adults"), f"room_types.{place}.adults"),
        base_price=price,
    )
    return NewRoomType(fields, said("units"))


def _count(text: str, field: str) -> int:
    if not text.isdigit() or len(text) > 3:
        raise BadInput(field, "This is not a number.")
    return int(text)


def _time(form: FormData, name: str, usual: time) -> time:
    try:
        return time.fromisoformat(_said(form, name)) if _said(form, name) else usual
    except ValueError:
        raise BadInput(name, "This is not a time of day.") from None
