"""The post of a shop that has no mail server: a line in the log, without what is private."""

import logging

from shop.notifications.domain.notification import Notification
from shop.notifications.service.ports import EmailSender

_log = logging.getLogger(__name__)


class LogSender(EmailSender):
    """Says that something would be sent; the notification itself is in the database."""

    async def send(self, notification: Notification) -> None:
        _log.info("sent %s of order %s", notification.type, notification.order_id)
