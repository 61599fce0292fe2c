"""The thread behind every listener: it moves bytes between sockets and connections, and calls the handlers."""

from __future__ import annotations

import os
import selectors
import socket
import threading
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from accord.core.http.connection import RefusedError, ServerConnection
from accord.core.http.messages import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from accord.core.http.messages import HttpRequest
    from accord.core.http.server import Listener

_READ_SIZE = 64 * 1024
_ACCEPT_AT_ONCE = 64
_LINGER_SECONDS = 2.0


class Peer:
    """One client's connection.

    Attributes:
        outgoing: what the client has not taken yet; while there is any, nothing more is read from it.
        lingers_until: after the last answer what still comes is thrown away until this monotonic time, because
            closing at once would reset the connection and could cost the client that answer.
    """

    __slots__ = ("connection", "lingers_until", "listener", "outgoing", "socket")

    def __init__(self, sock: socket.socket, listener: Listener) -> None:
        self.socket = sock
        self.listener = listener
        self.connection = ServerConnection(listener.limits)
        self.outgoing = memoryview(b"")
        self.lingers_until: float | None = None


class Reactor:
    """One selector in one daemon thread. Only that thread touches sockets; others leave it jobs."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._jobs: deque[Callable[[], None]] = deque()
        self._waker, self._alarm = socket.socketpair()
        for end in (self._waker, self._alarm):
            end.setblocking(False)
        self._selector.register(self._alarm, selectors.EVENT_READ)
        self._listeners: set[Listener] = set()
        self._lingering: set[Peer] = set()
        self._thread = threading.Thread(target=self._run, name="accord-http", daemon=True)
        self._thread.start()

    def add(self, listener: Listener) -> None:
        """Serve a listener from now on; what connects meanwhile waits in its backlog."""
        self._listeners.add(listener)  # at once, so that a fork before the job runs knows of it
        self._leave(lambda: self._open(listener))

    def close(self, listener: Listener) -> None:
        """Close a listener and its connections; done on return."""
        if threading.current_thread() is self._thread:  # a handler closes its own listener
            self._close(listener)
            return
        done = threading.Event()

        def job() -> None:
            try:
                self._close(listener)
            finally:
                done.set()

        self._leave(job)
        done.wait()

    def abandon(self) -> None:
        """In a forked child: give back every inherited descriptor, and leave the parent's selector as it is."""
        for listener in self._listeners:
            listener.closed = True
            listener.socket.close()
            for peer in listener.peers:
                peer.socket.close()
        self._selector.close()
        self._waker.close()
        self._alarm.close()

    def _leave(self, job: Callable[[], None]) -> None:
        self._jobs.append(job)
        with suppress(BlockingIOError):  # full: the thread is about to wake anyway
            self._waker.send(b"\0")

    def _run(self) -> None:
        while True:
            for key, events in self._selector.select(1.0 if self._lingering else None):
                self._serve(key.data, events)
            while self._jobs:
                self._jobs.popleft()()
            if self._lingering:
                self._end_lingering()

    def _serve(self, what: Peer | Listener | None, events: int) -> None:
        if what is None:
            self._alarm.recv(_READ_SIZE)
        elif not isinstance(what, Peer):
            self._accept(what)
        elif what.socket.fileno() >= 0:  # else closed by an earlier event of this round
            try:
                self._read(what) if events & selectors.EVENT_READ else self._flush(what)
            except Exception as error:  # noqa: BLE001 - this thread serves everybody: one broken client must not end it
                what.listener.failed(error)
                self._drop(what)

    def _open(self, listener: Listener) -> None:
        if not listener.closed:
            self._selector.register(listener.socket, selectors.EVENT_READ, listener)

    def _close(self, listener: Listener) -> None:
        if listener.closed:
            return
        listener.closed = True
        self._listeners.discard(listener)
        with suppress(KeyError):  # its opening may not have had its turn
            self._selector.unregister(listener.socket)
        listener.socket.close()
        for peer in list(listener.peers):
            self._drop(peer)

    def _accept(self, listener: Listener) -> None:
        for _ in range(_ACCEPT_AT_ONCE if not listener.closed else 0):
            try:
                sock, _ = listener.socket.accept()
            except OSError:  # nobody waits any more, or the client has given up meanwhile
                return
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer = Peer(sock, listener)
            listener.peers.add(peer)
            self._selector.register(sock, selectors.EVENT_READ, peer)

    def _read(self, peer: Peer) -> None:
        try:
            data = peer.socket.recv(_READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:  # the client has reset the connection
            self._drop(peer)
            return
        if not data:
            self._drop(peer)
        elif peer.lingers_until is None:
            peer.connection.receive(data)
            self._pump(peer)

    def _pump(self, peer: Peer) -> None:
        """Answer what is complete, as long as the client takes the answers."""
        connection = peer.connection
        while not peer.outgoing and not connection.closing:
            try:
                request = connection.next_request()
            except RefusedError as refused:
                self._send(peer, connection.refuse(refused))
                break
            if request is None:
                if interim := connection.interim():
                    self._send(peer, interim)
                return
            data = self._answer(peer.listener, connection, request)
            if peer.socket.fileno() < 0:  # the handler has closed its own listener
                return
            self._send(peer, data)
        if connection.closing and not peer.outgoing:
            self._linger(peer)

    def _answer(self, listener: Listener, connection: ServerConnection, request: HttpRequest) -> bytes:
        try:
            return connection.respond(listener.handler(request))
        except BaseException as error:  # noqa: BLE001 - pytest.fail() raises one; it is kept, and nothing else sees it
            listener.failed(error)
            text = f"The handler of this server raised {type(error).__name__}: {error}\n"
            headers = (("Content-Type", "text/plain; charset=utf-8"),)
            return connection.respond(HttpResponse(500, headers, text.encode(errors="replace")))

    def _send(self, peer: Peer, data: bytes) -> None:
        try:
            sent = peer.socket.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:  # the client has gone
            self._drop(peer)
            return
        if sent < len(data):
            peer.outgoing = memoryview(data)[sent:]
            self._selector.modify(peer.socket, selectors.EVENT_WRITE, peer)

    def _flush(self, peer: Peer) -> None:
        try:
            peer.outgoing = peer.outgoing[peer.socket.send(peer.outgoing) :]
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._drop(peer)
            return
        if not peer.outgoing:
            self._selector.modify(peer.socket, selectors.EVENT_READ, peer)
            self._pump(peer)

    def _linger(self, peer: Peer) -> None:
        if peer.socket.fileno() < 0:
            return
        try:
            peer.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(peer)
            return
        peer.lingers_until = time.monotonic() + _LINGER_SECONDS
        self._lingering.add(peer)

    def _end_lingering(self) -> None:
        now = time.monotonic()
        for peer in [peer for peer in self._lingering if peer.lingers_until is not None and peer.lingers_until < now]:
            self._drop(peer)

    def _drop(self, peer: Peer) -> None:
        if peer.socket.fileno() < 0:
            return
        self._selector.unregister(peer.socket)
        peer.socket.close()
        peer.listener.peers.discard(peer)
        self._lingering.discard(peer)


_lock = threading.Lock()
_shared: Reactor | None = None


def shared_reactor() -> Reactor:
    """The reactor of this process, started on first use."""
    global _shared  # noqa: PLW0603 - one per process is the point
    with _lock:
        if _shared is None:
            _shared = Reactor()
        return _shared


def _forget_after_fork() -> None:
    global _lock, _shared  # noqa: PLW0603 - the child has none of the parent's threads, and the lock may be held by one
    _lock = threading.Lock()
    inherited, _shared = _shared, None
    if inherited is not None:
        inherited.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
