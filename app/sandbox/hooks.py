"""Delivers webhooks in order from its own thread; like GitHub it never repeats one by itself."""

from __future__ import annotations

import hashlib
import hmac
import logging
import queue
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import httpx
import msgspec

from app.sandbox.clock import Clock
from app.sandbox.records import Delivery, Observer
from app.sandbox.state import AppRegistration

log = logging.getLogger(__name__)
HOOK_ID = 489_000_001
ALWAYS = frozenset({"installation", "installation_repositories", "ping"})


class Hooks:
    def __init__(self, app: AppRegistration, clock: Clock, observers: list[Observer]) -> None:
        self.url: str | None = None
        self.deliveries: list[Delivery] = []
        self.dropping = False
        self.times = 1
        self._app, self._clock, self._observers = app, clock, observers
        self._held: list[Delivery] | None = None
        self._queue: queue.SimpleQueue[Delivery | None] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._unfinished = 0
        self._next_id = 100_000_000_001
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="sandbox-hooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        if self._thread:
            self._queue.put(None)
            self._thread.join(15)

    def emit(self, event: str, payload: dict[str, Any], repository_id: int | None) -> None:
        """Queues an event, unless the App has not asked to hear it."""
        if event not in ALWAYS and event not in self._app.events:
            return
        for observer in self._observers:
            observer.delivery(event, payload)
        if self.url is None:
            return
        body = msgspec.json.encode(payload)
        first = self._delivery(event, payload, body, str(uuid.uuid4()), repository_id)
        self._hand_over([first] + [self._again(first) for _ in range(self.times - 1)])

    def redeliver(self, delivery_id: int) -> None:
        with self._changed:
            old = next((d for d in self.deliveries if d.id == delivery_id), None)
        if old is None:
            raise KeyError(f"no delivery {delivery_id}")
        again = self._again(old)
        again.redelivery = True
        self._hand_over([again])

    def hold(self) -> None:
        with self._changed:
            self._held = [] if self._held is None else self._held

    def release(self, order: Callable[[list[Delivery]], list[Delivery]] | None) -> None:
        with self._changed:
            held, self._held = self._held or [], None
            wanted = order(list(held)) if order else held
            self._unfinished += len(wanted) - len(held)
            for delivery in wanted:
                self._queue.put(delivery)
            self._changed.notify_all()

    def wait_idle(self, timeout: float) -> None:
        """Returns once nothing is queued or in flight; what is held does not count."""
        with self._changed:
            if not self._changed.wait_for(self._idle, timeout):
                raise TimeoutError(f"{self._unfinished} deliveries are still under way")

    def _idle(self) -> bool:
        return self._unfinished - len(self._held or []) == 0

    def _hand_over(self, deliveries: Iterable[Delivery]) -> None:
        with self._changed:
            for delivery in deliveries:
                self.deliveries.append(delivery)
                self._unfinished += 1
                if self._held is None:
                    self._queue.put(delivery)
                else:
                    self._held.append(delivery)

    def _delivery(
        self, event: str, payload: dict[str, Any], body: bytes, guid: str, repository_id: int | None
    ) -> Delivery:
        with self._changed:
            key, self._next_id = self._next_id, self._next_id + 1
        return Delivery(
            id=key,
            guid=guid,
            event=event,
            action=payload.get("action"),
            payload=payload,
            headers=self._headers(event, guid, body),
            body=body,
            repository_id=repository_id,
            delivered_at=self._clock.now(),
        )

    def _again(self, old: Delivery) -> Delivery:
        return self._delivery(old.event, old.payload, old.body, old.guid, old.repository_id)

    def _headers(self, event: str, guid: str, body: bytes) -> dict[str, str]:
        secret = self._app.webhook_secret.encode()
        return {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": f"GitHub-Hookshot/{hashlib.sha256(secret).hexdigest()[:7]}",
            "X-GitHub-Delivery": guid,
            "X-GitHub-Event": event,
            "X-GitHub-Hook-ID": str(HOOK_ID),
            "X-GitHub-Hook-Installation-Target-ID": str(self._app.id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature": "sha1=" + hmac.new(secret, body, hashlib.sha1).hexdigest(),
            "X-Hub-Signature-256": "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest(),
        }

    def _work(self) -> None:
        # Only plain HTTP to this machine is expected; loading the trust store would cost 30 ms.
        with httpx.Client(
            timeout=10, trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        ) as client:
            while (delivery := self._queue.get()) is not None:
                try:
                    self._send(client, delivery)
                finally:
                    with self._changed:
                        self._unfinished -= 1
                        self._changed.notify_all()

    def _send(self, client: httpx.Client, delivery: Delivery) -> None:
        started = time.monotonic()
        delivery.delivered_at = self._clock.now()
        try:
            if self.dropping or self.url is None:
                raise httpx.ConnectError("dropped")
            answer = client.post(self.url, content=delivery.body, headers=delivery.headers)
        except httpx.TimeoutException:
            delivery.status, delivery.status_code = "timed out", 504
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log.info("webhook %s %s was not delivered: %s", delivery.event, delivery.guid, error)
            delivery.status, delivery.status_code = "failed to connect to host", 502
        else:
            delivery.status = "OK" if answer.is_success else answer.reason_phrase
            delivery.response_headers = dict(answer.headers)
            delivery.response_body = answer.text[:10_000]
            delivery.status_code = answer.status_code
        delivery.duration = round(time.monotonic() - started, 2)
