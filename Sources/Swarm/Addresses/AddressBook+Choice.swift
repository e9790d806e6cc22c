import Wire

extension AddressBook {
    // MARK: Whom to dial

    /// A random address of a table that is not in `others`: first a bucket, whatever it holds, then
    /// one of its entries. So a bucket full of what one party told weighs no more than one with a
    /// single address.
    package mutating func pick(
        from table: Table, without others: Set<NodeKey>, at now: Moment
    ) -> PeerAddress? {
        let filled = slots.filled(table.buckets)
        guard !filled.isEmpty else { return nil }
        var drawn: PeerAddress?
        for _ in 0..<AddressLimits.drawsMax {
            let bucket = filled[Int(generator.next() % UInt64(filled.count))]
            guard let position = slots.random(bucket, using: &generator),
                !others.contains(entries[position].key)
            else { continue }
            drawn = entries[position].peer
            if generator.next() % 1000 < entries[position].chance(at: now.second) { break }
        }
        return drawn
    }

    /// So many different addresses, half of them tried and half new on average.
    package mutating func pick(
        _ count: Int, without others: Set<NodeKey>, at now: Moment
    ) -> [PeerAddress] {
        var others = others
        var found: [PeerAddress] = []
        for _ in 0..<count {
            let table: Table = generator.next() & 1 == 0 ? .tried : .new
            let drawn =
                pick(from: table, without: others, at: now)
                ?? pick(from: table.other, without: others, at: now)
            guard let drawn else { break }
            others.insert(drawn.key)
            found.append(drawn)
        }
        return found
    }

    /// Whom a feeler should call: a tried address whose place another wants, else a new one, and
    /// now and then one that answered once.
    package mutating func feelerTarget(without others: Set<NodeKey>, at now: Moment) -> PeerAddress?
    {
        for holder in contests.keys where !others.contains(holder) {
            if let entry = entry(of: holder) { return entry.peer }
        }
        let table: Table =
            generator.next() % AddressLimits.feelersPerTried == 0 ? .tried : .new
        return pick(from: table, without: others, at: now)
            ?? pick(from: table.other, without: others, at: now)
    }

    /// The addresses of those to call first after a restart.
    var anchorPeers: [PeerAddress] { anchors.compactMap { entry(of: $0)?.peer } }
}
