"""A folder from one Syncthing to another on this machine, by TLS; both know each other before."""
import http.client
import json
import os
import subprocess
import time
from xml.etree import ElementTree

from ends import OTHER_PORT, PORT, Ends, wait_for, wait_until
from files import check, files_of, sync_files

FOLDER = "bench"
# What it asks of whoever steers it; no secret, as it has nothing but the bench's random bytes.
KEY = "bench"
# Nobody else is looked for or told of anything, and the program keeps the priority of all others.
OPTIONS = {
    "globalAnnounceEnabled": "false", "localAnnounceEnabled": "false", "relaysEnabled": "false",
    "natEnabled": "false", "urAccepted": "-1", "crashReportingEnabled": "false",
    "autoUpgradeIntervalH": "0", "startBrowser": "false", "setLowPriority": "false",
    "reconnectionIntervalS": "1"}
ANSWER_SECONDS = 60


class Device:
    """One Syncthing, with a home and a folder of its own."""

    def __init__(self, folder, name, index):
        self.name = name
        self.home = folder / f"{name}-home"
        self.files = folder / name
        # Its marker: without one it takes the folder for one whose disk is not there.
        (self.files / ".stfolder").mkdir(parents=True)
        self.port = PORT + index
        self.control = OTHER_PORT + index
        self.environment = {**os.environ, "HOME": str(self.home), "STNODEFAULTFOLDER": "1"}
        subprocess.run(
            ["syncthing", "generate", "--home", self.home], check=True,
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.settings = ElementTree.parse(self.home / "config.xml")
        self.identity = self.settings.find("device").get("id")

    def configure(self, kind, devices, is_paused):
        """Writes settings: one folder, shared with devices of which others may be paused."""
        root = self.settings.getroot()
        options = root.find("options")
        for name, text in {**OPTIONS, "listenAddress": f"tcp://127.0.0.1:{self.port}"}.items():
            options.find(name).text = text
        control = root.find("gui")
        control.find("address").text = f"127.0.0.1:{self.control}"
        control.find("apikey").text = KEY
        for element in root.findall("device"):
            root.remove(element)
        share = ElementTree.SubElement(
            root, "folder", id=FOLDER, path=str(self.files), type=kind, fsWatcherEnabled="false")
        for device in devices:
            ElementTree.SubElement(share, "device", id=device.identity)
            known = ElementTree.SubElement(
                root, "device", id=device.identity, name=device.name, compression="never")
            ElementTree.SubElement(known, "address").text = f"tcp://127.0.0.1:{device.port}"
            if is_paused and device is not self:
                ElementTree.SubElement(known, "paused").text = "true"
        self.settings.write(self.home / "config.xml")

    def start(self, ends):
        """Starts it, without the second process that would start it again."""
        with open(self.home / "log", "w") as log:
            ends.start(
                ["syncthing", "serve", "--home", self.home, "--no-browser", "--no-restart",
                 "--no-upgrade"], log, stderr=log, env=self.environment)
        wait_for(self.control)

    def ask(self, method, path):
        """Its answer to a request; {} while it starts and does not know its folder yet.

        It is asked by no proxy, whatever the environment says.
        """
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.control, timeout=ANSWER_SECONDS)
        connection.request(method, f"/rest/{path}", headers={"X-API-Key": KEY})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status == http.client.NOT_FOUND:
            return {}
        if answer.status != http.client.OK:
            raise RuntimeError(f"syncthing answered {path} with {answer.status}")
        return json.loads(text) if text else {}

    def known(self):
        """How many bytes it knows of, here or elsewhere; each folder below counts as some too."""
        return self.ask("GET", f"db/completion?folder={FOLDER}").get("globalBytes", 0)

    def has(self, size):
        """Whether it knows of that many bytes and lacks none of them."""
        state = self.ask("GET", f"db/completion?folder={FOLDER}")
        return state.get("globalBytes") == size and state.get("completion") == 100

    def is_idle(self):
        """Whether it has read its folder and waits for something to do."""
        return self.ask("GET", f"db/status?folder={FOLDER}").get("state") == "idle"


def offer(source, folder):
    """Puts the source's files into a folder, as links: syncthing shares folders, and marks them."""
    for path in files_of(source):
        place = folder / (path.relative_to(source) if source.is_dir() else path.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, place)


def syncthing(source, folder, _):
    """The seconds from when the target may begin until it says that it is complete, durable.

    Both run by then, as nodes do that fetch something; the target calls the source at once.
    """
    giver, taker = devices = [Device(folder, "source", 0), Device(folder, "target", 1)]
    offer(source, giver.files)
    size = sum(path.stat().st_size for path in files_of(source))
    giver.configure("sendonly", devices, is_paused=False)
    taker.configure("receiveonly", devices, is_paused=True)
    with Ends() as ends:
        giver.start(ends)
        wait_until(
            lambda: giver.known() >= size and giver.is_idle(), "syncthing's scan of the source")
        size = giver.known()
        taker.start(ends)
        wait_until(taker.is_idle, "syncthing's scan of the target")
        began = time.perf_counter()
        taker.ask("POST", f"system/resume?device={giver.identity}")
        wait_until(lambda: taker.has(size), "all files at syncthing's target")
        sync_files(taker.files)
        seconds = time.perf_counter() - began
    check(source, taker.files)
    return seconds
