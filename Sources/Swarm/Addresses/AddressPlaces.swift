import Wire

/// Where in the book an address belongs: a hash under a secret of this node, so that nobody outside
/// can aim at a place. Chained SipHash-2-4, each use with a number of its own.
struct AddressPlaces: Sendable {
    /// Bytes of the secret.
    static let secretBytes = 16

    /// The part of a network that one party is likely to rule.
    struct Group: Equatable, Sendable {
        let number: UInt64
        let isNear: Bool
    }

    let secret: [UInt8]

    private func hash(_ use: UInt64, _ first: UInt64, _ second: UInt64 = 0) -> UInt64 {
        let begun = Sodium.shortHash(use, key: secret)
        let next = Sodium.shortHash(begun ^ first, key: secret)
        return Sodium.shortHash(next ^ second, key: secret)
    }

    /// A number for a key under the secret.
    func number(of key: NodeKey) -> UInt64 {
        let words = key.digest.words
        return hash(hash(1, words.0, words.1), words.2, words.3)
    }

    /// The seed of choices that nobody outside can foresee.
    func seed(_ number: UInt64) -> UInt64 { hash(2, number) }

    /// The group of a node: of its first global address, else of its first one.
    func group(of endpoints: [Endpoint]) -> Group {
        let best = endpoints.first { $0.reach == .global } ?? endpoints.first
        return best.map(group) ?? Group(number: 0, isNear: true)
    }

    /// The netgroup of a global address; a near one is a group of its own.
    func group(of endpoint: Endpoint) -> Group {
        if let netgroup = Netgroup(endpoint) {
            return Group(number: netgroup.number, isNear: false)
        }
        let words = stride(from: 0, to: endpoint.bytes.count, by: 8).map { start in
            endpoint.bytes[start..<min(start + 8, endpoint.bytes.count)]
                .reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        let number = hash(3, words.first ?? 0, words.count > 1 ? words[1] : 0)
        return Group(number: number, isNear: true)
    }

    /// Whether a place is one for near addresses.
    static func isNear(_ place: Int) -> Bool {
        let bucket = place / AddressLimits.bucketSize
        return table(of: place).buckets(isNear: true).contains(bucket)
    }

    /// The table that a place is in.
    static func table(of place: Int) -> AddressBook.Table {
        place / AddressLimits.bucketSize < AddressLimits.newBuckets ? .new : .tried
    }

    /// The place of a node that a peer at `source` told of. Near addresses spread over the buckets
    /// of whoever told them; what one netgroup says of another goes to one bucket.
    func new(_ key: UInt64, _ group: Group, toldFrom source: Group) -> Int {
        let told = group.isNear ? key : group.number
        let part = hash(4, source.number, told) % AddressLimits.bucketsPerSource
        return place(in: .new, isNear: group.isNear, hash(5, source.number, part), key)
    }

    /// The place of a node that answered.
    func tried(_ key: UInt64, _ group: Group) -> Int {
        let part = hash(6, group.number, key) % AddressLimits.triedBucketsPerGroup
        return place(in: .tried, isNear: group.isNear, hash(7, group.number, part), key)
    }

    private func place(in table: AddressBook.Table, isNear: Bool, _ chosen: UInt64, _ key: UInt64)
        -> Int
    {
        let buckets = table.buckets(isNear: isNear)
        let bucket = buckets.lowerBound + Int(chosen % UInt64(buckets.count))
        let position = hash(8, UInt64(bucket), key) % UInt64(AddressLimits.bucketSize)
        return bucket * AddressLimits.bucketSize + Int(position)
    }
}

extension AddressBook {
    /// The two tables.
    package enum Table: Sendable {
        /// Nobody answered there yet.
        case new
        /// Somebody did.
        case tried

        /// The buckets of the table.
        var buckets: Range<Int> {
            switch self {
            case .new: 0..<AddressLimits.newBuckets
            case .tried:
                AddressLimits.newBuckets..<AddressLimits.newBuckets + AddressLimits.triedBuckets
            }
        }

        /// Those of global addresses, and those of near ones, which never meet.
        func buckets(isNear: Bool) -> Range<Int> {
            let near =
                self == .new ? AddressLimits.nearNewBuckets : AddressLimits.nearTriedBuckets
            let cut = buckets.upperBound - near
            return isNear ? cut..<buckets.upperBound : buckets.lowerBound..<cut
        }

        /// The other one.
        var other: Table { self == .new ? .tried : .new }
    }
}
