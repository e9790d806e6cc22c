import Host
import Wire

/// Sketches of the catalogue that are kept beside it: one under this node's own salt, for whoever
/// asks, and one under the salt of each neighbour that it compares itself with. Each follows every
/// change, so that a comparison reads none of the records.
struct SketchShelf {
    /// A sketch and when it was last wanted, in monotonic nanoseconds.
    private struct Kept {
        var sketch: SetSketch
        var used: UInt64
    }

    /// Sketches at a time: 24 of 96 KB, more than a node has neighbours.
    private static let keptMax = 24
    /// Nanoseconds that the own salt lasts: whoever learned it has that long to make records that
    /// spoil sketches under it.
    private static let saltSpan: UInt64 = 3_600_000_000_000

    private var kept: [SketchSalt: Kept] = [:]
    private var own: (salt: SketchSalt, until: UInt64)?

    /// Bytes of all that are kept.
    var bytes: Int {
        kept.values.reduce(0) {
            $0 + $1.sketch.symbols.count * MemoryLayout<SketchSymbol>.stride
        }
    }

    /// This node's salt.
    mutating func ownSalt(now: UInt64) -> SketchSalt {
        if let own, now < own.until { return own.salt }
        guard let salt = SketchSalt(bytes: Sodium.random(count: SketchSalt.byteCount)) else {
            preconditionFailure("so many bytes are a salt")
        }
        own = (salt, now + Self.saltSpan)
        return salt
    }

    /// The sketch under a salt; `items` are read where it is new.
    mutating func sketch(
        _ salt: SketchSalt, now: UInt64, _ items: ((UInt64) -> Void) throws(StoreError) -> Void
    ) throws(StoreError) -> SetSketch {
        if kept[salt] == nil {
            var sketch = SetSketch(salt)
            try items { item in sketch.add(item) }
            if kept.count >= Self.keptMax,
                let oldest = kept.min(by: { $0.value.used < $1.value.used })?.key
            {
                kept[oldest] = nil
            }
            kept[salt] = Kept(sketch: sketch, used: now)
        }
        kept[salt]?.used = now
        return kept[salt]?.sketch ?? SetSketch(salt)
    }

    /// Follows a change that is committed.
    mutating func apply(_ changes: [SketchChange]) {
        for salt in Array(kept.keys) {
            for change in changes {
                if change.isNew {
                    kept[salt]?.sketch.add(change.item)
                } else {
                    kept[salt]?.sketch.remove(change.item)
                }
            }
        }
    }
}

/// A record that came or went, of those that everyone may see.
struct SketchChange {
    let item: UInt64
    let isNew: Bool

    init(_ record: RecordFor<Everyone>, isNew: Bool) {
        (item, self.isNew) = (SetSketch.item(record.id), isNew)
    }
}
