"""The MCP server behind the agent: answers every request, and writes down each call that it executes.

  backend.py PORT LEDGER

A call's id is in params.arguments.call. The tool `slow` answers after a second; `flood` answers with an event
stream that never ends and is as fast as its reader.
"""
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ledger = open(sys.argv[2], "a", buffering=1)
lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        params = body.get("params", {})
        call = params.get("arguments", {}).get("call", "")
        if call:
            with lock:
                ledger.write(call + "\n")
        if params.get("name") == "slow":
            time.sleep(1)
        if params.get("name") == "flood":
            self.flood()
            return
        result = {"content": [{"type": "text", "text": call}]}
        answer = json.dumps({"jsonrpc": "2.0", "id": body.get("id"), "result": result}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def flood(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        event = b'data: {"jsonrpc":"2.0","method":"notifications/x","params":{"fill":"' + b"x" * 16000 + b'"}}\n\n'
        try:
            while True:
                self.wfile.write(event)
        except OSError:
            self.close_connection = True

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
