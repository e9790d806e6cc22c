import Wire

/// What the book knows of one node. Times are seconds of wall time since 1970, 0 for never; the
/// clock decides only who loses a place, never whom to believe.
struct AddressEntry: Equatable, Sendable {
    /// The node's key.
    let key: NodeKey
    /// Its addresses as they are encoded one after the other: less memory than arrays of arrays.
    private(set) var packed: [UInt8]
    /// Where it stands: bucket and position in one number.
    var place: UInt16
    /// When somebody told of it last.
    var heard: UInt32
    /// When it answered last.
    var answered: UInt32 = 0
    /// When it was dialled last.
    var dialled: UInt32 = 0
    /// Answers of any node at the last failure that counted.
    var counted: UInt32 = 0
    /// Failed dials since its last answer.
    var failures: UInt8 = 0

    init(key: NodeKey, endpoints: [Endpoint], place: Int, heard: UInt32) {
        self.key = key
        self.place = UInt16(truncatingIfNeeded: place)
        self.heard = heard
        packed = []
        self.endpoints = endpoints
    }

    /// Where it listens, best first.
    var endpoints: [Endpoint] {
        get {
            var reader = Reader(packed)
            var list: [Endpoint] = []
            while !reader.isAtEnd, let endpoint = try? Endpoint(from: &reader) {
                list.append(endpoint)
            }
            return list
        }
        set {
            var writer = Writer(reserving: 20 * newValue.count)
            for endpoint in newValue.prefix(PeerAddress.endpointsMax) {
                endpoint.encode(to: &writer)
            }
            packed = writer.bytes
        }
    }

    /// As others pass it on.
    var peer: PeerAddress { PeerAddress(key: key, endpoints: endpoints) }

    /// Whether it loses its place to whoever wants it.
    func isTerrible(at second: UInt32) -> Bool {
        if dialled != 0, age(dialled, second) < AddressLimits.dialled { return false }
        if age(max(heard, answered), second) > AddressLimits.forgotten { return true }
        if answered == 0 { return failures >= AddressLimits.failuresOfNew }
        return failures >= AddressLimits.failuresOfTried
            && age(answered, second) > AddressLimits.silenceOfTried
    }

    /// Chance in 1,000 to be chosen when it is drawn.
    func chance(at second: UInt32) -> UInt64 {
        let last = AddressLimits.chances.count - 1
        let chance = AddressLimits.chances[min(Int(failures), last)]
        let isFresh = dialled != 0 && age(dialled, second) < AddressLimits.justDialled
        return isFresh ? max(1, chance / 100) : chance
    }

    /// Seconds since then; 0 for a time that is still to come by a clock that was set back.
    private func age(_ time: UInt32, _ second: UInt32) -> UInt32 {
        second > time ? second - time : 0
    }
}
