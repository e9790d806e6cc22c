import Genome
import Wire

/// Looking for the bytes of a blob on this machine before peers are asked for them.
extension Swarm {
    /// Starts a search that is due; true while one runs.
    mutating func isSearching(_ download: Download) -> Bool {
        guard let search = download.search, download.groups != nil else { return false }
        if search.token != nil || waitsForTable(download) { return true }
        guard download.asked == 0,
            !download.wanted.contains(where: { $0 < search.firstGroups }),
            !download.parts.keys.contains(where: { $0 < search.firstGroups })
        else { return false }
        let token = nextRequest
        nextRequest += 1
        _ = downloads.change(download.blob) { $0.search?.token = token }
        effects.append(.searchBlob(blob: download.blob, token: token))
        return true
    }

    /// Whether the layer's tensor table, which tells what to look for, is on its way: it is small
    /// and comes first.
    private func waitsForTable(_ download: Download) -> Bool {
        download.fetches.contains { number in
            guard let fetch = fetches[number], let table = fetch.manifest?.weights?.table.blob
            else { return false }
            return table != download.blob && fetch.open.contains(table)
        }
    }

    /// Whether a group may be asked of peers: all, while no search is open; before one that is
    /// due only those that it needs.
    func mayAsk(_ download: Download, for group: UInt64) -> Bool {
        guard let search = download.search else { return true }
        return search.token == nil && group < search.firstGroups
    }

    /// A search ended: these groups are here now. With `firstGroups` another one is worth while
    /// as soon as so many are here.
    mutating func groupsFound(
        _ blob: Digest, token: UInt64, _ bitmap: [UInt8], firstGroups: UInt64?
    ) {
        guard var download = downloads[blob], download.search?.token == token else { return }
        let here = GroupSet(count: HashTree.groupCount(size: download.size), firstOf: bitmap)
        let isHere = { (group: UInt64) in here.contains(Int(group)) }
        let found = byteCount(of: download.wanted.filter(isHere), in: download)
        download.wanted.removeAll(where: isHere)
        for group in download.parts.keys where isHere(group) {
            effects.append(.dropParts(blob: blob, group: group))
            download.parts[group] = nil
        }
        // What was asked for and did not come does not repeat for ever.
        let isNews = firstGroups.map { $0 > (download.search?.firstGroups ?? 0) } ?? false
        download.search = isNews ? firstGroups.map { .init(firstGroups: $0) } : nil
        downloads[blob] = download
        for group in here.present { noteHere(UInt64(group), of: blob) }
        credit(reused: found, download)
        noteProgress(download.fetches)
        advance(download: blob)
    }
}
