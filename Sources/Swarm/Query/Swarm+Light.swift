import Genome
import Wire

/// A light node: it keeps its own records and those of layers that it found or fetched, compares
/// nothing, is nobody's neighbour, and looks for nodes that answer its searches.
extension Swarm {
    /// Whether a peer said that it keeps little.
    func isLight(_ session: Session?) -> Bool {
        session?.speaks(of: Introduction.light) ?? false
    }

    /// What this node says that it can.
    var features: UInt64 {
        settings.isLight
            ? Introduction.light
            : Introduction.neighbours | Introduction.searches | Introduction.circleNews
    }

    /// Whether a record is one that a light node keeps: its own, of a key that it acts for, about a
    /// layer that is here or is being fetched, or the end of a key that counts here.
    func concernsLight(_ record: Record) -> Bool {
        if record.domain != .everyone || record.publisher == settings.node
            || principals.contains(record.publisher)
        {
            return true
        }
        guard let layer = DescribedLayer(record)?.content.layer else { return false }
        return held[layer] != nil || fetches.values.contains { $0.request.layer == layer }
    }

    /// A light node that has fewer than it may ask at once calls others out of the address book,
    /// those in parts of the network where it has nobody first.
    mutating func findAnswerersIfDue() {
        guard settings.isLight, !isStopping, light.nextLook <= now.monotonic else { return }
        light.nextLook = now.monotonic + SearchLimits.lookPause
        let standing = sessions.values.filter { answersSearches($0) }
        let missing = SearchLimits.nodesMax - standing.count
        guard missing > 0 else { return }
        let groups = Set(standing.compactMap { Netgroup($0.facts.endpoint) })
        var others = unavailable
        for contact in contacts { if let key = contact.key { others.insert(key) } }
        let drawn = addresses.pick(4 * SearchLimits.dialsAtOnce, without: others, at: now)
        func isNew(_ peer: PeerAddress) -> Bool {
            peer.endpoints.first.flatMap { Netgroup($0) }.map { !groups.contains($0) } ?? false
        }
        let wanted = groups.count < SearchLimits.groupsWanted ? drawn.filter(isNew) : []
        let rest = drawn.filter { !wanted.contains($0) }
        for peer in (wanted + rest).prefix(min(missing, SearchLimits.dialsAtOnce)) {
            want(peer.key, at: peer.endpoints)
        }
        dialContacts()
    }

    /// Whether a session's peer is told every record whole: it has no neighbours who would, or this
    /// node has none and these are its own.
    func tellsWhole(_ session: Session, own: Bool) -> Bool {
        settings.isLight ? own : !speaksOfNeighbours(session) && !isLight(session)
    }
}

/// When a light node looks for others to ask.
struct LightLook: Sendable {
    /// Monotonic nanoseconds of the next look.
    var nextLook: UInt64 = 0
}

extension Introduction {
    /// The bit of `features` that says: this node keeps little and compares nothing.
    static let light: UInt64 = 8
    /// The bit that says: this node keeps everything and answers searches.
    static let searches: UInt64 = 16
}
