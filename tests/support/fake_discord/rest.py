"""The REST API's front: what happens to every request before and after its route."""

from __future__ import annotations

import asyncio
import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from . import errors, routes_application, routes_interactions, routes_messages
from .attaching import MAX_FILE
from .errors import ApiError, EmptyMessage, Fault, InvalidForm
from .faults import Disconnect, Failure, Hang, Limited, Lost, Raw, Reset, Slow, Status
from .recording import Request, Upload
from .routing import Call, Route
from .session import abort
from .validation import check_body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .rate_limits import RateLimiter, Verdict
    from .server import FakeDiscord

PREFIX = "/api/v10"
ROUTES = (*routes_application.ROUTES, *routes_messages.ROUTES, *routes_interactions.ROUTES)

_MAX_BODY = 30 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: Any
    headers: Mapping[str, str]


class Rest:
    """Record, authorise, count, check and route requests; answer as Discord does."""

    def __init__(self, fake: FakeDiscord, limiter: RateLimiter) -> None:
        self._fake = fake
        self._limiter = limiter
        self.in_flight = 0

    def limit(self, limiter: RateLimiter) -> None:
        """Count requests from now on against other limits."""
        self._limiter = limiter

    def add_to(self, app: web.Application) -> None:
        """Add all routes to an aiohttp application."""
        for route in ROUTES:
            app.router.add_route(route.method, PREFIX + route.path, functools.partial(self._serve, route))
        app.router.add_route("*", "/{tail:.*}", functools.partial(self._serve, None))

    async def _serve(self, route: Route | None, http: web.Request) -> web.StreamResponse:
        self.in_flight += 1
        try:
            return await self._respond(route, http)
        finally:
            self.in_flight -= 1
            self._fake.bell.ring()

    async def _respond(self, route: Route | None, http: web.Request) -> web.StreamResponse:
        record = Request(
            at=self._fake.clock.now(),
            method=http.method,
            route=route.path if route is not None else http.path.removeprefix(PREFIX),
            path=http.path.removeprefix(PREFIX),
            params=dict(http.match_info),
            query=dict(http.query),
            headers=dict(http.headers),
        )
        broken = await _read_body(http, record)
        self._fake.requests.append(record)
        self._fake.request_counts[record.name] += 1
        self._fake.bell.ring()

        action = self._fake.faults.strike(record.name)
        if isinstance(action, Slow):
            await asyncio.sleep(action.seconds)
        elif action is not None and not isinstance(action, Lost):
            response = await self._fail(action, http, record)
            if "interaction_id" in record.params:
                self._fake.ledger.struck(int(record.params["interaction_id"]))
            return response
        answer = self._answer(route, record, broken)
        if isinstance(action, Lost):
            return await self._fail(action.then, http, record)
        return self._send(record, answer)

    def _answer(self, route: Route | None, record: Request, broken: ApiError | None) -> _Answer:
        if route is None:
            self._fake.violated(record, [Fault((), "UNKNOWN_ROUTE", "no such route")])
            return _Answer(404, {"message": "404: Not Found", "code": 0}, {})
        if route.needs_token and record.headers.get("Authorization") != f"Bot {self._fake.token}":
            return _Answer(401, errors.unauthorized().body(), {})

        if broken is not None:
            return self._refused(record, broken, {})
        verdict = self._limiter.take(record.name, _major(record), counts_overall=route.needs_token)
        if verdict.refused:
            return _limited(verdict)
        try:
            if route.has_body:
                check_body(record.name, record.body)
                self._fake.check_against_document(record)
            result = route.handler(Call(self._fake, record))
        except ApiError as error:
            return self._refused(record, error, verdict.headers)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test has to hear of it
            self._fake.violated(record, [Fault((), "NOT_UNDERSTOOD", repr(error))])
            return _Answer(500, {"message": "500: Internal Server Error", "code": 0}, verdict.headers)
        return _Answer(204 if result is None else 200, result, verdict.headers)

    def _refused(self, record: Request, error: ApiError, headers: Mapping[str, str]) -> _Answer:
        if isinstance(error, InvalidForm) and error.recorded:
            self._fake.violated(record, error.faults)
        elif isinstance(error, EmptyMessage):
            self._fake.violated(record, [Fault((), "EMPTY", error.message)])
        return _Answer(error.status, error.body(), headers)

    async def _fail(self, failure: Failure, http: web.Request, record: Request) -> web.StreamResponse:
        match failure:
            case Status(status=status) if status >= 500:
                record.status = status
                headers = _retry_header(failure)
                return web.Response(status=status, text="upstream error", content_type="text/html", headers=headers)
            case Status(status=status, code=code, message=message):
                body = {"message": message, "code": code}
                return self._send(record, _Answer(status, body, _retry_header(failure)))
            case Limited():
                return self._send(record, _injected_limit(failure))
            case Raw(body=body, status=status, headers=headers):
                record.status = status
                return web.Response(status=status, body=body, headers={"Content-Type": "application/json", **headers})
            case Hang(seconds=seconds):
                await self._fake.closing_within(seconds)
                abort(http)
            case Reset():
                abort(http)
            case Disconnect():
                if http.transport is not None:
                    http.transport.close()
        return web.Response(status=499)

    def _send(self, record: Request, answer: _Answer) -> web.Response:
        record.status, record.response = answer.status, answer.body
        shared = answer.headers.get("X-RateLimit-Scope") == "shared"
        if answer.status in (401, 403, 429) and not shared:
            self._fake.invalid_requests += 1
        if answer.status == 204:
            return web.Response(status=204, headers=answer.headers)
        # discord.py reads JSON only where the header is exactly this, without a charset.
        return web.Response(
            status=answer.status,
            body=json.dumps(answer.body).encode(),
            headers={**answer.headers, "Content-Type": "application/json"},
        )


async def _read_body(http: web.Request, record: Request) -> ApiError | None:
    """Fill in the record's body and files; return what is wrong with the form of it."""
    try:
        if http.content_type == "multipart/form-data":
            files = []
            async for part in await http.multipart():
                if getattr(part, "name", None) == "payload_json":
                    record.body = json.loads(await part.text())  # type: ignore[union-attr]
                else:
                    name, content = str(getattr(part, "filename", None)), bytes(await part.read())  # type: ignore[union-attr]
                    files.append(Upload(str(getattr(part, "name", None)), name, content))
            record.files = tuple(files)
            if any(len(each.content) > MAX_FILE for each in files):
                return ApiError(413, 40005, "Request entity too large")
        elif raw := await http.read():
            if len(raw) > _MAX_BODY:
                return ApiError(413, 40005, "Request entity too large")
            record.body = json.loads(raw)
            if http.headers.get("Content-Type") != "application/json":
                return _not_json(f"Content-Type is {http.headers.get('Content-Type')}")
    except ValueError as error:
        return _not_json(str(error))
    return None


def _not_json(why: str) -> InvalidForm:
    return InvalidForm([Fault((), "INVALID_JSON", f"the body is not JSON: {why}")])


def _major(record: Request) -> str:
    for name in ("channel_id", "guild_id", "webhook_token", "interaction_token"):
        if name in record.params:
            return record.params[name]
    return ""


def _limited(verdict: Verdict) -> _Answer:
    headers = {
        **verdict.headers,
        "Retry-After": str(max(1, round(verdict.retry_after))),
        "X-RateLimit-Scope": "global" if verdict.everywhere else "user",
        "Via": "1.1 google",
    }
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(verdict.retry_after, 3),
        "global": verdict.everywhere,
    }
    return _Answer(429, body, headers)


def _retry_header(failure: Status) -> dict[str, str]:
    return {} if failure.retry_after is None else {"Retry-After": str(failure.retry_after)}


def _injected_limit(limit: Limited) -> _Answer:
    everywhere = limit.scope == "global"
    headers = {"Retry-After": str(max(1, round(limit.retry_after)))}
    if limit.via:
        headers |= {"Via": "1.1 google", "X-RateLimit-Scope": limit.scope}
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    body = {
        "message": "The resource is being rate limited." if limit.scope == "shared" else "You are being rate limited.",
        "retry_after": limit.retry_after,
        "global": everywhere,
    }
    return _Answer(429, body, headers)
