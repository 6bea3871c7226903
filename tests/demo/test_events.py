"""Events to the intake over HTTP: in order, with the token, again until they are taken."""

from __future__ import annotations

import asyncio

import aiohttp
from aiohttp import web

from sekisho.demo import events
from sekisho.demo.events import EventPost


def posted(play, answers=()):
    """The post after `play(post)`, and (authorization, rows) of each request; `answers` come first, then 200s."""
    came, left = [], list(answers)

    async def calls(request):
        if left and (status := left.pop(0)) != 200:
            return web.Response(status=status, text="no")
        rows = await request.json()
        came.append((request.headers["Authorization"], rows))
        bad = [{"row": number, "reason": "bad"} for number, row in enumerate(rows, 1) if row.get("bad")]
        return web.json_response({"rows": len(rows), "calls": len(rows) - len(bad), "rejects": bad})

    async def run():
        app = web.Application()
        app.add_routes([web.post("/v1/calls", calls)])
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        async with aiohttp.ClientSession() as session:
            post = EventPost(session, f"http://127.0.0.1:{port}", "its-token")
            await play(post)
        await runner.cleanup()
        return post

    return asyncio.run(run()), came


def rows(first, last):
    return [{"call_id": str(number)} for number in range(first, last)]


def test_they_arrive_in_order_with_the_token(monkeypatch):
    monkeypatch.setattr(events, "A_REQUEST", 2)

    async def play(post):
        for row in rows(0, 5):
            post.tell(row)
        await post.finish(5)

    post, came = posted(play)
    assert {token for token, _ in came} == {"Bearer its-token"}
    assert [sent for _, sent in came] == [rows(0, 2), rows(2, 4), rows(4, 5)]
    assert (post.sent, post.fault, post.rejects) == (5, "", [])


def test_what_was_not_taken_is_sent_again(monkeypatch):
    monkeypatch.setattr(events, "EVERY_S", 0.01)

    async def play(post):
        for row in rows(0, 3):
            post.tell(row)
        assert not await post.send()
        assert post.fault.startswith("503")
        post.tell({"call_id": "3"})
        await post.finish(5)

    post, came = posted(play, [503, 503])
    assert [sent for _, sent in came] == [rows(0, 4)]
    assert post.fault == ""


def test_nobody_there_is_told_and_nothing_lost():
    async def play(post):
        post._url = "http://127.0.0.1:9/v1/calls"
        post.tell({"call_id": "0"})
        await post.finish(0.1)
        assert post.fault
        assert list(post._waiting) == rows(0, 1)

    assert posted(play)[1] == []


def test_rows_that_are_no_calls_are_remembered_and_not_sent_again():
    async def play(post):
        post.tell({"call_id": "0", "bad": True})
        await post.finish(5)
        await post.finish(5)

    post, came = posted(play)
    assert post.rejects == [{"row": 1, "reason": "bad"}]
    assert len(came) == 1


def test_a_flood_while_the_intake_is_gone_is_bounded(monkeypatch):
    monkeypatch.setattr(events, "MOST_WAITING", 3)

    async def play(post):
        for row in rows(0, 9):
            post.tell(row)
        await post.finish(5)

    assert [sent for _, sent in posted(play)[1]] == [rows(0, 3)]
