import Genome
import Wire

/// Groups that come coded: how they are asked for, what a peer may be told by one, and what
/// becomes of one that cannot be read.
extension Swarm {
    /// How a group may come from a peer: nil as it is.
    func codings(
        of group: UInt64, in download: Download, from number: SessionNumber
    ) -> AcceptedCodings? {
        guard let session = sessions[number], session.coding.level != .nothing,
            session.speaks(of: Introduction.codedGroups),
            download.size >= CodingLimits.bytesMin, !download.plainGroups.contains(group),
            let fetch = download.fetches.lazy.compactMap({ fetches[$0] }).first(where: {
                $0.tensorFiles[download.blob] != nil
            })
        else { return nil }
        let isDoubtful = download.plainGroups.count >= CodingLimits.faultsMax
        let parents = isDoubtful ? nil : parents(of: download.blob, in: fetch)
        guard session.coding.isWanted(hasParents: parents != nil) else { return nil }
        return AcceptedCodings(parents: parents)
    }

    /// Blobs of a layer that is here, from which a file of one that is fetched descends. Only of
    /// layers that this node says to everyone that it has: the question tells it to the peer.
    private func parents(of blob: Digest, in fetch: Fetch) -> AcceptedCodings.Parents? {
        guard let path = fetch.tensorFiles[blob], let manifest = fetch.manifest else { return nil }
        let layers = manifest.parents.map(\.layer) + [manifest.base?.layer].compactMap { $0 }
        let known = layers.prefix(CodingLimits.layersMax).compactMap { held[$0] }.filter { layer in
            isForEveryone(layer) && !layer.tensorFiles.isEmpty
        }
        for layer in known {
            guard let same = layer.tensorFiles.first(where: { $0.path == path }),
                same.blob != blob
            else { continue }
            return .init(layer: layer.layer, blobs: [same.blob])
        }
        for layer in known where layer.tensorFiles.count <= AcceptedCodings.parentsMax {
            let blobs = Set(layer.tensorFiles.map(\.blob)).subtracting([blob])
            if !blobs.isEmpty { return .init(layer: layer.layer, blobs: blobs.sorted()) }
        }
        return nil
    }

    /// A peer's request with what it may be told by a coded answer: parents that it may have from
    /// this node, else steps from them would tell what they are; of sealed blobs nothing, which
    /// are noise.
    mutating func permitted(
        _ request: GroupRequest, to number: SessionNumber
    ) -> GroupRequest {
        guard let accepts = request.accepts else { return request }
        var request = request
        guard request.isWhole, contracts[request.layer] == nil else {
            request.accepts = nil
            return request
        }
        guard let parents = accepts.parents else { return request }
        let isOpen =
            held[parents.layer] != nil
            && parents.blobs.allSatisfy { blob in
                size(of: blob, through: parents.layer, for: number) != nil
            }
        if !isOpen { request.accepts = AcceptedCodings() }
        return request
    }

    /// A group came coded and could not be read, although the peer may have coded it well: it is
    /// asked for again as it is, and nobody is blamed.
    mutating func groupUnreadable(_ number: UInt64) {
        guard let pending = settle(number, arrived: false) else { return }
        _ = downloads.change(pending.blob) { $0.plainGroups.insert(pending.group) }
        advance(download: pending.blob)
        isAssignmentDue = true
    }
}

/// Bounds of coded groups.
enum CodingLimits {
    /// Bytes of a file that is worth it: a smaller one is gone with the answer to its question.
    static let bytesMin: UInt64 = 64 << 10
    /// Groups of a file that could not be read before no parents are named for it any more: then
    /// the copies of the parent differ, here or there.
    static let faultsMax = 3
    /// Ancestors of a layer that are looked at.
    static let layersMax = 8
}

extension Introduction {
    /// The bit of `features` that says: this node codes groups for those who ask so, and reads
    /// them.
    package static let codedGroups: UInt64 = 128
}
