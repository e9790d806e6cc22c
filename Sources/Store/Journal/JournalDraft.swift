import Genome
import Wire

/// A change laid out for the journal but for the number that it gets when it is appended. The
/// number stands between two runs of bytes, so that an event is laid out once, outside of the
/// journal's lock, and measured before it joins the events of others.
struct JournalDraft: Sendable {
    /// What changed.
    let change: JournalChange
    /// Milliseconds since 1970.
    let time: UInt64
    /// Canonical bytes before the number and behind it.
    private let head: [UInt8]
    private let tail: [UInt8]

    /// Digits of the highest number: a signed 64-bit one.
    private static let digitsMax = 19

    /// Lays out a change; refused if it is too long for the journal whatever its number.
    init(_ change: JournalChange, time: UInt64) throws(StoreError) {
        self.init(laidOut: change, time: time)
        let length = head.count + Self.digitsMax + tail.count
        guard length <= JournalEvent.bytesMax else {
            throw .refused(
                "a \(change.kind) of \(length) bytes does not fit: an entry of the journal has "
                    + "at most \(JournalEvent.bytesMax), all of what was signed included")
        }
    }

    /// A change that is known to be short enough, or is measured elsewhere.
    init(laidOut change: JournalChange, time: UInt64) {
        self.change = change
        self.time = time
        // Canonical members lie in the order of their names, the number among them.
        let members = change.members
        var before = JSONObject()
        var after = JSONObject()
        before["kind"] = .string(change.kind)
        after["time"] = .integer(Int64(clamping: time))
        for (name, value) in members {
            precondition(name != "seq")
            if name < "seq" { before[name] = value } else { after[name] = value }
        }
        head = CanonicalJSON.write(before).dropLast() + Array(#","seq":"#.utf8)
        tail = Array(",".utf8) + CanonicalJSON.write(after).dropFirst()
    }

    /// The bytes with a number.
    func bytes(_ sequence: UInt64) -> [UInt8] {
        head + Array("\(Int64(sequence))".utf8) + tail
    }
}
