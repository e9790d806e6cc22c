#!/usr/bin/env python3
"""One end of a transfer by iroh's blobs: what peers.py starts.

usage: iroh_node.py provide SOURCE STORE PORT         prints a ticket, then runs until it is killed
       iroh_node.py fetch TICKET STORE PATH PORT      prints "ready", waits for a line, prints
                                                      "done" when PATH is there, then runs on

A ticket is made of the node, its port, the hash and the format, between commas. Paths are absolute.
Nodes look nobody up and listen on loopback. The binding has no way to keep a node from looking for
relays and for a router that forwards ports; no ticket names any, so that no blob passes over one.
"""
import asyncio
import sys

import iroh


class Ending:
    """Waits for the last thing that the binding tells of an action; it tells by calling."""

    def __init__(self):
        self.result = asyncio.get_running_loop().create_future()

    async def progress(self, progress):
        if progress.type() == self.kinds.ALL_DONE and not self.result.done():
            self.result.set_result(progress.as_all_done())
        elif progress.type() == self.kinds.ABORT and not self.result.done():
            self.result.set_exception(RuntimeError(progress.as_abort().error))


class Added(Ending, iroh.AddCallback):
    kinds = iroh.AddProgressType


class Fetched(Ending, iroh.DownloadCallback):
    kinds = iroh.DownloadProgressType


async def start(store, port):
    """A node that keeps its blobs on disk."""
    options = iroh.NodeOptions(
        ipv4_addr=f"127.0.0.1:{port}", ipv6_addr=f"[::1]:{port}",
        node_discovery=iroh.NodeDiscoveryConfig.NONE)
    return await iroh.Iroh.persistent_with_options(store, options)


async def provide(source, store, port):
    """Adds a file, or a folder as a collection of named files, where it lies; no copy is made."""
    node = await start(store, port)
    added = Added()
    await node.blobs().add_from_path(
        source, True, iroh.SetTagOption.auto(), iroh.WrapOption.no_wrap(), added)
    outcome = await added.result
    name = await node.net().node_id()
    print(f"{name},{port},{outcome.hash},{outcome.format.name}", flush=True)
    return node


async def fetch(ticket, store, path, port):
    """Fetches what a ticket names, then moves it out of the store, to a file or folder."""
    node = await start(store, port)
    print("ready", flush=True)
    sys.stdin.readline()
    name, source_port, text, form = ticket.split(",")
    blob = iroh.Hash.from_string(text)
    source = iroh.NodeAddr(
        iroh.PublicKey.from_string(name), None, [f"127.0.0.1:{source_port}"])
    fetched = Fetched()
    await node.blobs().download(
        blob, iroh.BlobDownloadOptions(
            iroh.BlobFormat[form], [source], iroh.SetTagOption.auto()), fetched)
    await fetched.result
    kind = "COLLECTION" if form == "HASH_SEQ" else "BLOB"
    await node.blobs().export(
        blob, path, iroh.BlobExportFormat[kind], iroh.BlobExportMode.TRY_REFERENCE)
    print("done", flush=True)
    return node


async def main():
    iroh.iroh_ffi.uniffi_set_event_loop(asyncio.get_running_loop())
    verb = {"provide": provide, "fetch": fetch}[sys.argv[1]]
    # Held, as a node ends when nothing names it.
    node = await verb(*sys.argv[2:])
    await asyncio.Event().wait()
    del node


if __name__ == "__main__":
    asyncio.run(main())
