"""Two network namespaces and the wire between them: delay, loss, one-way silence, resets.

The wire is two tun devices and a loop of this process, so it works where the kernel has no netem and no nft.
Needs root, iproute2 and /dev/net/tun.
"""
import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
import time

TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x0001 | 0x1000
CLONE_NEWNET = 0x40000000

EDGE_ADDRESS = "10.98.0.1"
HOME_ADDRESS = "10.98.0.2"


def _run(command):
    subprocess.run(command, shell=True, check=True)


def _tun(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN_NO_PI))
    return device


def _checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xFFFF)
    total += total >> 16
    return ~total & 0xFFFF


def _reset_after(packet):
    """A RST of the packet's sender, right behind the packet; None where it is no TCP over IPv4."""
    if packet[0] >> 4 != 4 or packet[9] != 6:
        return None
    head = (packet[0] & 15) * 4
    source, target = packet[12:16], packet[16:20]
    ports = packet[head : head + 4]
    sequence, acknowledged = struct.unpack("!II", packet[head + 4 : head + 12])
    payload = len(packet) - head - (packet[head + 12] >> 4) * 4
    tcp = ports + struct.pack("!IIBBHHH", (sequence + payload) & 0xFFFFFFFF, acknowledged, 5 << 4, 0x14, 0, 0, 0)
    check = _checksum(source + target + struct.pack("!BBH", 0, 6, len(tcp)) + tcp)
    tcp = tcp[:16] + struct.pack("!H", check) + tcp[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + source + target
    return ip[:10] + struct.pack("!H", _checksum(ip)) + ip[12:] + tcp


class Lab:
    """The namespaces `edge` and `home`; this process and its children live in `edge` from then on."""

    def __init__(self):
        self.edge = "dw-edge-%d" % os.getpid()
        self.home = "dw-home-%d" % os.getpid()
        self.delay = 0.0
        self.loss = 0.0
        self.to_home = True
        self.to_edge = True
        self._resets = 0
        self._stop = False
        names = ("dwe%d" % (os.getpid() % 100000), "dwh%d" % (os.getpid() % 100000))
        self._devices = [_tun(name) for name in names]
        for space, name, address in ((self.edge, names[0], EDGE_ADDRESS), (self.home, names[1], HOME_ADDRESS)):
            _run("ip netns add %s" % space)
            _run("ip link set %s netns %s" % (name, space))
            _run("ip netns exec %s sh -c 'ip addr add %s/24 dev %s; ip link set %s up; ip link set lo up'"
                 % (space, address, name, name))
        etc = "/etc/netns/" + self.home
        os.makedirs(etc, exist_ok=True)
        self._hosts = etc + "/hosts"
        self.name(True)
        with open(etc + "/resolv.conf", "w") as file:
            file.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        with open("/var/run/netns/" + self.edge) as space:
            if ctypes.CDLL(None, use_errno=True).setns(space.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        self._thread = threading.Thread(target=self._wire, daemon=True)
        self._thread.start()

    def at_home(self, command):
        """The command as it is run on the private host."""
        return ["ip", "netns", "exec", self.home] + command

    def name(self, there):
        """Whether the private host finds the edge's name. Written in place: it is mounted over /etc/hosts."""
        with open(self._hosts, "w") as file:
            file.write("127.0.0.1 localhost\n" + ("%s edge.test\n" % EDGE_ADDRESS if there else ""))

    def cut(self, to_home=False, to_edge=False):
        """Lets packets through in the named directions only; nobody is told."""
        self.to_home, self.to_edge = to_home, to_edge

    def heal(self):
        self.delay = self.loss = 0.0
        self.to_home = self.to_edge = True

    def reset(self, packets):
        """A reset follows each of the next so many packets with data."""
        self._resets = packets

    def _wire(self):
        waiting, number = [], 0
        edge, home = self._devices
        while not self._stop:
            now = time.monotonic()
            pause = max(0.0, min(0.05, waiting[0][0] - now)) if waiting else 0.05
            for device in select.select([edge, home], [], [], pause)[0]:
                try:
                    while True:
                        packet = os.read(device, 65535)
                        other = home if device is edge else edge
                        open_ = self.to_home if device is edge else self.to_edge
                        if not open_ or random.random() < self.loss:
                            continue
                        number += 1
                        heapq.heappush(waiting, (time.monotonic() + self.delay, number, other, packet))
                        if self._resets and len(packet) > 100:
                            reset = _reset_after(packet)
                            if reset:
                                self._resets -= 1
                                number += 1
                                heapq.heappush(waiting, (time.monotonic() + self.delay, number, other, reset))
                except BlockingIOError:
                    pass
            now = time.monotonic()
            while waiting and waiting[0][0] <= now:
                _, _, device, packet = heapq.heappop(waiting)
                try:
                    os.write(device, packet)
                except OSError:
                    pass

    def close(self):
        self._stop = True
        self._thread.join(2)
        for space in (self.edge, self.home):
            subprocess.call(["ip", "netns", "del", space])
        subprocess.call(["rm", "-rf", "/etc/netns/" + self.home])
