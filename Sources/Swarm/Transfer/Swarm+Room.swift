import Wire

/// Fetches that wait because the disk is full: nothing that came is given up, one group at a time
/// is tried until there is room again.
extension Swarm {
    /// What could not be written, or opened, for want of room: the blob waits. Where nothing of the
    /// layer has come yet, its owner hears at once that it does not fit.
    mutating func lacksRoom(_ blob: Digest, _ problem: StoreProblem) {
        guard problem.mayPass, let download = downloads[blob],
            download.isOpen || download.fetches.contains(where: hasReceived)
        else {
            downloadFailed(blob, problem)
            return
        }
        _ = downloads.change(blob) { download in
            download.isCompleting = false
            download.shortage = .init(
                reason: problem.reason, until: now.monotonic + SwarmLimits.roomPause)
        }
        for number in download.fetches { notePause(number) }
    }

    private func hasReceived(_ number: FetchNumber) -> Bool {
        (fetches[number]?.status.received ?? 0) > 0
    }

    /// Whether a blob is asked for at all: not while it waits, and then with one group.
    func hasRoom(_ download: Download) -> Bool {
        guard let shortage = download.shortage else { return true }
        return shortage.until <= now.monotonic && download.asked == 0
    }

    /// Something of the blob was written: it goes on as before.
    mutating func foundRoom(_ blob: Digest) {
        guard let download = downloads[blob], download.shortage != nil else { return }
        _ = downloads.change(blob) { $0.shortage = nil }
        for number in download.fetches { notePause(number) }
    }

    /// Opens a blob again that could not be opened for want of room.
    mutating func reopenIfDue(_ download: Download) {
        guard let shortage = download.shortage, !download.isOpen,
            shortage.until <= now.monotonic
        else { return }
        _ = downloads.change(download.blob) { download in
            download.shortage?.until = now.monotonic + SwarmLimits.roomPause
        }
        effects.append(.openBlob(blob: download.blob, size: download.size))
    }

    /// A layer that could not be taken in for want of room: all its bytes are here, and taking it
    /// in is tried again.
    mutating func adoptionFailed(_ number: FetchNumber, _ problem: StoreProblem) {
        guard problem.mayPass, fetches[number] != nil else {
            endFetch(number, .failed(.store(problem)))
            return
        }
        _ = fetches.change(number) { fetch in
            fetch.isAdopting = false
            fetch.shortage = .init(
                reason: problem.reason, until: now.monotonic + SwarmLimits.roomPause)
        }
        notePause(number)
    }

    /// Says of a fetch whether it waits for room, and why.
    mutating func notePause(_ number: FetchNumber) {
        guard let fetch = fetches[number] else { return }
        // Hundreds of small blobs may be open, and a copy of a download costs more than this.
        let short = fetch.open.first { downloads.look($0) { $0.shortage != nil } == true }
        let reason = (short.flatMap { downloads[$0]?.shortage } ?? fetch.shortage)?.reason
        guard reason != fetch.status.pause else { return }
        _ = fetches.change(number) { $0.status.pause = reason }
        let words = reason.map { "waits: \($0)" } ?? "goes on: there is room again"
        effects.append(.log("the fetch of \(fetch.request.layer.hexadecimal.prefix(16)) \(words)"))
        report(number)
    }
}
