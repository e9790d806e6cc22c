#!/usr/bin/env python3
"""One end of a torrent by libtorrent: what peers.py starts.

usage: torrent.py make SOURCE META
       torrent.py seed META FOLDER PORT            prints "ready", then runs until it is killed
       torrent.py fetch META FOLDER PORT PEER...   prints "done" when all is there, then runs on
"""
import os
import sys
import time

import libtorrent


def make(source, meta):
    source = os.path.abspath(source)
    files = libtorrent.list_files(source)
    torrent = libtorrent.create_torrent(files, 0, libtorrent.create_torrent.v2_only)
    libtorrent.set_piece_hashes(torrent, os.path.dirname(source))
    with open(meta, "wb") as out:
        out.write(libtorrent.bencode(torrent.generate()))


def start(meta, folder, port, is_seed):
    session = libtorrent.session({
        "listen_interfaces": f"127.0.0.1:{port}", "enable_dht": False, "enable_lsd": False,
        "enable_upnp": False, "enable_natpmp": False, "allow_multiple_connections_per_ip": True,
        "enable_outgoing_utp": False, "enable_incoming_utp": False, "aio_threads": 4,
        "hashing_threads": 2, "max_out_request_queue": 1500,
        "max_allowed_in_request_queue": 4000, "send_buffer_watermark": 4 << 20,
        "request_queue_time": 3, "unchoke_slots_limit": 50})
    wish = libtorrent.add_torrent_params()
    wish.ti = libtorrent.torrent_info(meta)
    wish.save_path = folder
    wish.flags &= ~(libtorrent.torrent_flags.auto_managed | libtorrent.torrent_flags.paused)
    if is_seed:
        wish.flags |= libtorrent.torrent_flags.seed_mode
    return session, session.add_torrent(wish)


def fetch(meta, folder, port, peers):
    session, torrent = start(meta, folder, port, False)
    called = 0.0
    while not torrent.status().is_seeding:
        if time.monotonic() - called > 1 and torrent.status().num_peers < len(peers) - 1:
            called = time.monotonic()
            for peer in peers:
                if peer != port:
                    torrent.connect_peer(("127.0.0.1", int(peer)))
        time.sleep(0.01)
    torrent.flush_cache()
    for _ in range(50):
        session.wait_for_alert(200)
        if any(isinstance(a, libtorrent.cache_flushed_alert) for a in session.pop_alerts()):
            break
    print("done", flush=True)
    time.sleep(3600)


def main():
    verb, words = sys.argv[1], sys.argv[2:]
    if verb == "make":
        make(*words)
    elif verb == "seed":
        _, torrent = start(*words[:3], True)
        while not torrent.status().is_seeding:
            time.sleep(0.05)
        print("ready", flush=True)
        time.sleep(3600)
    else:
        fetch(*words[:3], words[3:])


if __name__ == "__main__":
    main()
