"""The verbs and queries of channels that take an id: see `tests.tenancy.verbs`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from pms.channels import agreement, apply, connections, inbox, mapping, reporting
from pms.channels import queries as channel_queries
from pms.channels.calendars import feeds
from pms.channels.calendars import queries as feed_queries
from pms.kernel.db import Db
from tests.tenancy.house import House

Try = Callable[[Db, House, House], object]
"""What Otto tries: the work at hand (his), Olga's hotel, his own."""

LATER = date(2027, 7, 1)


CHANNELS: dict[str, Try] = {
    "channels.connections.connect": lambda db, hers, his: connections.connect(
        db, hers.property_id, "channex", "P-2", {"api_key": "mine"}
    ),
    "channels.connections.set_state": lambda db, hers, his: connections.set_state(db, hers.channel.connection_id, 1, "live"),
    "channels.connections.connection_of": lambda db, hers, his: connections.connection_of(db, hers.property_id, "channex"),
    "channels.connections.map_product": lambda db, hers, his: connections.map_product(
        db, hers.channel.connection_id, his.room_type_id, None, "room-2"
    ),
    "channels.connections.map_product of her room type": lambda db, hers, his: connections.map_product(
        db, his.channel.connection_id, hers.room_type_id, None, "room-2"
    ),
    "channels.connections.map_product of her plan": lambda db, hers, his: connections.map_product(
        db, his.channel.connection_id, his.room_type_id, hers.rates.plan_id, "rate-2"
    ),
    "channels.agreement.agreement": lambda db, hers, his: agreement.agreement(db, hers.channel.connection_id),
    "channels.connections.managed": lambda db, hers, his: connections.managed(db, hers.channel.connection_id),
    "channels.connections.compare_now": lambda db, hers, his: connections.compare_now(db, hers.channel.connection_id),
    "channels.mapping.ours_of": lambda db, hers, his: mapping.ours_of(db, hers.channel.connection_id),
    "channels.mapping.adopt": lambda db, hers, his: mapping.adopt(db, hers.channel.connection_id, {}),
    "channels.mapping.choose_room": lambda db, hers, his: mapping.choose_room(
        db, hers.channel.connection_id, "room-9", his.room_type_id
    ),
    "channels.mapping.choose_room of hers in his own": lambda db, hers, his: mapping.choose_room(
        db, his.channel.connection_id, "room-9", hers.room_type_id
    ),
    "channels.mapping.choose_room with her unit": lambda db, hers, his: mapping.choose_room(
        db, his.channel.connection_id, "room-9", his.room_type_id, hers.unit_id
    ),
    "channels.mapping.choose_rate": lambda db, hers, his: mapping.choose_rate(
        db, hers.channel.connection_id, "room-1/rate-9", his.rates.plan_id
    ),
    "channels.mapping.choose_rate with her plan": lambda db, hers, his: mapping.choose_rate(
        db, his.channel.connection_id, "room-1/rate-9", hers.rates.plan_id
    ),
    "channels.queries.connection": lambda db, hers, his: channel_queries.connection(db, hers.channel.connection_id),
    "channels.queries.products": lambda db, hers, his: channel_queries.products(db, hers.channel.connection_id),
    "channels.queries.messages": lambda db, hers, his: channel_queries.messages(db, hers.channel.connection_id),
    "channels.queries.calls": lambda db, hers, his: channel_queries.calls(db, hers.channel.connection_id),
    "channels.queries.refused_cells": lambda db, hers, his: channel_queries.refused_cells(db, hers.channel.connection_id, LATER),
    "channels.queries.knows": lambda db, hers, his: channel_queries.knows(db, hers.channel.connection_id),
    "channels.queries.channels_of": lambda db, hers, his: channel_queries.channels_of(db, hers.property_id),
    "channels.queries.taxes_left_out": lambda db, hers, his: channel_queries.taxes_left_out(db, hers.channel.connection_id),
    "channels.queries.uses": lambda db, hers, his: channel_queries.uses(db, hers.channel.connection_id),
    "channels.connections.unmap_product": lambda db, hers, his: connections.unmap_product(db, hers.channel.product_id),
    "channels.connections.change_credentials": lambda db, hers, his: connections.change_credentials(
        db, hers.channel.connection_id, 1, {"api_key": "mine"}
    ),
    "channels.connections.close_and_disconnect": lambda db, hers, his: connections.close_and_disconnect(
        db, hers.channel.connection_id, 1
    ),
    "channels.connections.try_now": lambda db, hers, his: connections.try_now(db, hers.channel.connection_id),
    "channels.connections.disconnect": lambda db, hers, his: connections.disconnect(db, hers.channel.connection_id, 1),
    "channels.connections.tell_everything": lambda db, hers, his: connections.tell_everything(db, hers.channel.connection_id),
    "channels.connections.try_refused_again": lambda db, hers, his: connections.try_refused_again(db, hers.channel.connection_id),
    "channels.inbox.replay": lambda db, hers, his: inbox.replay(db, hers.channel.message_id),
    "channels.inbox.see_to": lambda db, hers, his: inbox.see_to(db, hers.channel.message_id),
    "channels.inbox.message_text": lambda db, hers, his: inbox.message_text(db, hers.channel.message_id),
    "channels.apply.settle": lambda db, hers, his: apply.settle(db, hers.channel.booking_id, 1),
    "channels.reporting.report": lambda db, hers, his: reporting.report(db, hers.stay_id, "no_show"),
    "channels.reporting.reports_of": lambda db, hers, his: reporting.reports_of(db, hers.reservation_id),
    "channels.calendars.feeds.add_feed": lambda db, hers, his: feeds.add_feed(db, "Vrbo", unit_id=hers.unit_id),
    "channels.calendars.feeds.add_feed of a room type": lambda db, hers, his: feeds.add_feed(
        db, "Vrbo", room_type_id=hers.room_type_id
    ),
    "channels.calendars.queries.feeds_of": lambda db, hers, his: feed_queries.feeds_of(db, hers.property_id),
    "channels.calendars.queries.feed": lambda db, hers, his: feed_queries.feed(db, hers.feed_id),
    "channels.calendars.feeds.export_link": lambda db, hers, his: feeds.export_link(db, hers.feed_id),
    "channels.calendars.feeds.change_url": lambda db, hers, his: feeds.change_url(db, hers.feed_id, 1, ""),
    "channels.calendars.feeds.renew_link": lambda db, hers, his: feeds.renew_link(db, hers.feed_id, 1),
    "channels.calendars.feeds.ask_to_read": lambda db, hers, his: feeds.ask_to_read(db, hers.feed_id),
    "channels.calendars.feeds.set_feed_state": lambda db, hers, his: feeds.set_feed_state(db, hers.feed_id, 1, "paused"),
    "channels.calendars.feeds.believe_empty": lambda db, hers, his: feeds.believe_empty(db, hers.feed_id, 1),
    "channels.calendars.feeds.remove_feed": lambda db, hers, his: feeds.remove_feed(db, hers.feed_id, 1),
}
"""Refused, as `REFUSED` there."""
