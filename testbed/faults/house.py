"""Edge, agent and MCP server as processes, and the operator's side of the edge."""
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time

from load import Public

PORT = 8443
SERVER_PORT = 3000
HERE = os.path.dirname(os.path.abspath(__file__))


class _Unix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("edge", timeout=20)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(self.path)


class House:
    """Does nothing before `open`, so that `close` can always end what was started."""

    def __init__(self, lab, launcher, folder):
        self.lab, self.launcher, self.folder = lab, launcher, folder
        self.processes = {}
        self.edge_dir, self.agent_dir = folder + "/edge", folder + "/agent"
        self.ledger = folder + "/ledger"
        self.public = None

    def open(self):
        folder, lab, launcher = self.folder, self.lab, self.launcher
        open(self.ledger, "w").close()
        with open(folder + "/edge.yaml", "w") as file:
            file.write("public-url: https://edge.test:%d\nlisten: 0.0.0.0:%d\ndata-dir: %s\n"
                       % (PORT, PORT, self.edge_dir))
        self.start_edge()
        self.admin("POST", "people", {"name": "ada", "owner": True, "services": [],
                                      "password": secrets.token_urlsafe(24)})
        invite = self.admin("POST", "invites", {"agent": "nas", "services": ["notes"]})["invite"]
        subprocess.run(lab.at_home([launcher, "agent", "join", invite, "--data-dir", self.agent_dir,
                                    "--service", "notes=http://127.0.0.1:%d/mcp" % SERVER_PORT]),
                       check=True, stdout=subprocess.DEVNULL)
        self.start_server()
        self.start_agent()
        token = self.until("a token", 20, lambda: self.admin(
            "POST", "tokens", {"person": "ada", "service": "notes", "scopes": [], "name": "faults",
                               "life": "12h"})["secret"])
        self.public = Public(PORT, token, self.edge_dir + "/ca.pem")
        self.until("the first call", 20, self.answers)

    def until(self, what, seconds, test):
        end = time.monotonic() + seconds
        while True:
            try:
                found = test()
                if found:
                    return found
            except (OSError, http.client.HTTPException, KeyError) as failure:
                what = "%s (%s)" % (what.split(" (")[0], failure)
            if time.monotonic() > end:
                sys.exit("faults: %s did not come within %d s; logs are in %s" % (what, seconds, self.folder))
            time.sleep(0.05)

    def admin(self, method, path, body=None):
        connection = _Unix(self.edge_dir + "/admin.sock")
        try:
            connection.request(method, "/v1/" + path, json.dumps(body) if body is not None else None,
                               {"Content-Type": "application/json"})
            answer = connection.getresponse()
            body = json.loads(answer.read())
            if answer.status != 200:
                raise OSError(body.get("text", "the edge answered %d" % answer.status))
            return body
        finally:
            connection.close()

    def answers(self):
        connection = self.public.connect(timeout=5)
        try:
            return self.public.post(connection, "echo", "").status == 200
        finally:
            connection.close()

    def online(self):
        agents = self.admin("GET", "agents")["agents"]
        return len(agents[0]["links"]) == 2 and agents[0]["online"]

    def start(self, name, command):
        with open("%s/%s.log" % (self.folder, name), "a") as log:
            self.processes[name] = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def start_edge(self):
        self.start("edge", [self.launcher, "edge", "--config", self.folder + "/edge.yaml"])
        self.until("the edge", 30, lambda: self.admin("GET", "status")["version"])

    def start_agent(self):
        self.start("agent", self.lab.at_home([self.launcher, "agent", "run", "--data-dir", self.agent_dir]))

    def start_server(self):
        self.start("server", self.lab.at_home(
            [sys.executable, HERE + "/backend.py", str(SERVER_PORT), self.ledger]))

    def kill(self, name):
        process = self.processes[name]
        process.send_signal(signal.SIGKILL)
        process.wait()

    def signal(self, name, number):
        self.processes[name].send_signal(number)

    def cpu(self, name):
        """Seconds of processor time that the process has used; 0 where it is gone."""
        try:
            with open("/proc/%d/stat" % self.processes[name].pid) as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except OSError:
            return 0.0

    def executions(self):
        counts = {}
        with open(self.ledger) as ledger:
            for call in ledger.read().split():
                counts[call] = counts.get(call, 0) + 1
        return counts

    def close(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
