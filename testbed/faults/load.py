"""Callers at the public side, and what each of them saw."""
import http.client
import json
import socket
import ssl
import threading
import time
import uuid


class Seen:
    """One call: when it began, how long it took, its status (0 where the connection broke), its id."""

    def __init__(self, at, seconds, status, call):
        self.at, self.seconds, self.status, self.call = at, seconds, status, call


class Public:
    """The edge as a client reaches it."""

    def __init__(self, port, token, ca):
        self.port, self.token = port, token
        self.tls = ssl.create_default_context(cafile=ca)

    def connect(self, timeout=60):
        connection = http.client.HTTPSConnection("edge.test", self.port, context=self.tls, timeout=timeout)
        connection._create_connection = lambda address, *rest, **more: socket.create_connection(
            ("127.0.0.1", self.port), timeout=timeout)
        return connection

    def post(self, connection, tool, call):
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                "params": {"name": tool, "arguments": {"call": call}}}
        connection.request("POST", "/notes/mcp", json.dumps(body), {
            "Content-Type": "application/json", "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": "2025-06-18", "Authorization": "Bearer " + self.token})
        return connection.getresponse()


class Load:
    """So many callers, each with one call after the other, about so many a second together."""

    def __init__(self, public, callers=8, rate=60, tool="echo"):
        self.public, self.tool, self.pause = public, tool, callers / rate
        self.seen, self._lock, self._stop = [], threading.Lock(), False
        self._threads = [threading.Thread(target=self._call, daemon=True) for _ in range(callers)]
        for thread in self._threads:
            thread.start()

    def _call(self):
        connection = self.public.connect()
        while not self._stop:
            call, at = str(uuid.uuid4()), time.monotonic()
            try:
                answer = self.public.post(connection, self.tool, call)
                answer.read()
                status = answer.status
                if answer.will_close:
                    connection.close()
            except (OSError, http.client.HTTPException):
                connection.close()
                connection = self.public.connect()
                status = 0
            took = time.monotonic() - at
            with self._lock:
                self.seen.append(Seen(at, took, status, call))
            time.sleep(max(self.pause - took, 0.02))

    def since(self, at):
        with self._lock:
            return [seen for seen in self.seen if seen.at >= at]

    def stop(self):
        self._stop = True
        for thread in self._threads:
            thread.join(70)
        return self.seen
