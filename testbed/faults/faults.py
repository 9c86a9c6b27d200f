"""One fault after the other under load; what is measured is what callers saw and what the server executed.

  faults.py LAUNCHER [FAULT...]

Each fault: three quiet seconds of load, the fault, its end, ten seconds more. It passes where calls that begin once
the fault can be known fail within a second or succeed, everything works again within 10 s of the end without a restart
of what did not die, no call was executed twice, every answer was executed once, and nobody ran in circles meanwhile.
"""
import http.client
import json
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time

from house import House
from lab import Lab
from load import Load

FAST = 1.2
DETECTED = 26
RECOVERED = 10


class Verdict:
    def __init__(self):
        self.faults, self.facts = [], {}

    def must(self, holds, text):
        if not holds:
            self.faults.append(text)

    def figure(self, name, value):
        self.facts[name] = round(value, 3) if isinstance(value, float) else value


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def judge(house, verdict, load, began, ended, detected):
    seen = load.stop()
    failed = [call for call in seen if call.status != 200]
    verdict.figure("calls", len(seen))
    verdict.figure("failed", len(failed))
    verdict.figure("statuses", sorted({call.status for call in failed}))
    verdict.must(all(call.status in (0, 502, 503, 504) for call in failed), "other statuses than 502, 503, 504")
    verdict.must(not [call for call in failed if call.at < began - 1], "calls failed before the fault")
    late = [call.seconds for call in failed if call.at >= began + detected]
    verdict.figure("slowest_failure", max([call.seconds for call in failed], default=0.0))
    verdict.must(max(late, default=0.0) <= FAST, "a call that began after the fault was known took %.1f s"
                 % max(late, default=0.0))
    verdict.must(max([call.seconds for call in seen], default=0.0) <= detected + 4, "a call hung")
    after = [call for call in failed if call.at + call.seconds > ended]
    recovery = max([call.at - ended for call in after], default=0.0)
    verdict.figure("recovered", max(recovery, 0.0))
    verdict.must(recovery <= RECOVERED, "it took %.1f s to recover" % recovery)
    verdict.must([call for call in seen if call.status == 200 and call.at > ended], "nothing worked afterwards")
    counts = house.executions()
    twice = [call for call in seen if counts.get(call.call, 0) > 1]
    verdict.figure("executed_twice", len(twice))
    verdict.must(not twice, "calls were executed twice")
    verdict.must(not [call for call in seen if call.status == 200 and counts.get(call.call, 0) != 1],
                 "a call was answered without being executed")


def trial(house, verdict, begin, end, outage, detected=0.5, busy=("edge", "agent")):
    load = Load(house.public)
    time.sleep(3)
    before = {name: house.cpu(name) for name in busy}
    began = time.monotonic()
    begin()
    time.sleep(outage)
    if outage >= 5:
        for name in busy:
            used = (house.cpu(name) - before[name]) / (time.monotonic() - began)
            verdict.figure("cpu_of_" + name, used)
            verdict.must(used < 0.5, "%s used %d %% of a processor meanwhile" % (name, used * 100))
    end()
    ended = time.monotonic()
    time.sleep(RECOVERED + 2)
    judge(house, verdict, load, began, ended, detected)


def agent_killed(house, verdict):
    trial(house, verdict, lambda: house.kill("agent"), house.start_agent, 2)


def edge_killed(house, verdict):
    trial(house, verdict, lambda: house.kill("edge"), house.start_edge, 1)


def server_killed(house, verdict):
    trial(house, verdict, lambda: house.kill("server"), house.start_server, 3)


def silent(house, verdict):
    trial(house, verdict, house.lab.cut, house.lab.heal, 40, DETECTED)


def silent_to_home(house, verdict):
    trial(house, verdict, lambda: house.lab.cut(to_edge=True), house.lab.heal, 40, DETECTED)


def silent_to_edge(house, verdict):
    trial(house, verdict, lambda: house.lab.cut(to_home=True), house.lab.heal, 40, DETECTED)


def reset(house, verdict):
    trial(house, verdict, lambda: house.lab.reset(6), house.lab.heal, 1)


def name_gone(house, verdict):
    def begin():
        house.lab.name(False)
        house.lab.reset(6)

    trial(house, verdict, begin, lambda: house.lab.name(True), 25)


def suspended(house, verdict):
    trial(house, verdict, lambda: house.signal("agent", signal.SIGSTOP),
          lambda: house.signal("agent", signal.SIGCONT), 120, DETECTED)


def slow_and_lossy(house, verdict):
    house.lab.delay, house.lab.loss = 0.1, 0.05
    load = Load(house.public)
    time.sleep(25)
    seen = load.stop()
    house.lab.heal()
    verdict.figure("calls", len(seen))
    verdict.figure("p50", statistics.median(call.seconds for call in seen))
    verdict.figure("p99", percentile([call.seconds for call in seen], 0.99))
    verdict.must(all(call.status == 200 for call in seen), "calls failed")
    verdict.must(verdict.facts["p50"] < 0.5, "half of the calls took more than 500 ms at 200 ms round trip")


def stalled(house, verdict):
    def measure():
        load = Load(house.public, callers=100, rate=200)
        time.sleep(8)
        return load.stop()

    without = measure()
    connection = house.public.connect(timeout=90)
    answer = house.public.post(connection, "flood", "")
    answer.read(1)
    beside = measure()
    connection.close()
    p99 = [percentile([call.seconds for call in seen], 0.99) for seen in (without, beside)]
    verdict.figure("p99_without", p99[0])
    verdict.figure("p99_beside", p99[1])
    verdict.must(all(call.status == 200 for call in without + beside), "calls failed")
    verdict.must(p99[1] < max(2 * p99[0], p99[0] + 0.05), "a stalled stream slows others down")


FAULTS = {
    "agent-killed": agent_killed, "edge-killed": edge_killed, "server-killed": server_killed, "reset": reset,
    "silent": silent, "silent-to-home": silent_to_home, "silent-to-edge": silent_to_edge, "name-gone": name_gone,
    "slow-and-lossy": slow_and_lossy, "stalled": stalled, "suspended": suspended,
}


def main():
    launcher, wanted = os.path.abspath(sys.argv[1]), sys.argv[2:] or list(FAULTS)
    unknown = [name for name in wanted if name not in FAULTS]
    if unknown:
        sys.exit("faults: there is no fault %s; there are: %s" % (unknown[0], " ".join(FAULTS)))
    folder = tempfile.mkdtemp(prefix="doorward-faults-")
    lab, results = Lab(), {}
    house = House(lab, launcher, folder)
    try:
        house.open()
        for name in wanted:
            house.until("both links", 60, house.online)
            verdict = Verdict()
            FAULTS[name](house, verdict)
            lab.heal()
            lab.name(True)
            results[name] = dict(verdict.facts, passed=not verdict.faults)
            print("%-4s  %-15s %s" % ("FAIL" if verdict.faults else "ok", name,
                                      "; ".join(verdict.faults + [json.dumps(verdict.facts)])), flush=True)
    finally:
        house.close()
        lab.close()
    failed = [name for name in results if not results[name]["passed"]]
    print("%d passed, %d failed" % (len(results) - len(failed), len(failed)))
    print(json.dumps(results), file=open(folder + "/results.json", "w"))
    if failed:
        print("logs are in " + folder)
        sys.exit(1)
    shutil.rmtree(folder)


try:
    main()
except (OSError, http.client.HTTPException) as failure:
    sys.exit("faults: %s" % failure)
