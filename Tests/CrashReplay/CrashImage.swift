import Host

/// One of the disks that a power failure may leave: what is durable, and of the rest a choice.
public struct CrashImage {
    /// What becomes of one change that is not durable.
    public enum Fate: Sendable {
        case kept
        case lost
        /// Of a write only some sectors come: each by the bits of a random number.
        case torn(UInt64)
    }

    /// How the choice was made, for the report of a failure.
    public let name: String
    private let fates: [Fate]

    /// The choices to try at one point: none, all, all but one, only the last, the last one torn,
    /// and `random` others.
    public static func choices(
        _ model: DiskModel, random: Int, singlesMax: Int, by dice: inout Dice
    ) -> [CrashImage] {
        let count = model.pending.count
        var images = [CrashImage(name: "all kept", fates: .init(repeating: .kept, count: count))]
        guard count > 0 else { return images }
        images.append(CrashImage(name: "all lost", fates: .init(repeating: .lost, count: count)))
        var last = [Fate](repeating: .lost, count: count)
        last[count - 1] = .kept
        if count > 1 { images.append(CrashImage(name: "only the last", fates: last)) }
        let singles = count <= singlesMax ? Array(0..<count) : dice.pick(singlesMax, below: count)
        for index in singles where count > 1 {
            var fates = [Fate](repeating: .kept, count: count)
            fates[index] = .lost
            images.append(CrashImage(name: "all but \(index) of \(count)", fates: fates))
        }
        var torn = [Fate](repeating: .kept, count: count)
        torn[count - 1] = .torn(dice.next())
        images.append(CrashImage(name: "the last one torn", fates: torn))
        for _ in 0..<random {
            let seed = dice.next()
            var own = Dice(seed: seed)
            let fates = (0..<count).map { _ -> Fate in
                switch own.next() % 8 {
                case 0..<4: .kept
                case 4..<7: .lost
                default: .torn(own.next())
                }
            }
            images.append(CrashImage(name: "random \(seed)", fates: fates))
        }
        return images
    }

    /// The disk, file by file.
    private func disk(_ model: DiskModel) -> [DiskModel.Node] {
        var disk = model.durable
        // A sector that lost a write cannot have a later one: both were one page of memory.
        var lost: [Int: [Range<UInt64>]] = [:]
        var lostFolders: Set<Int> = []
        for (change, fate) in zip(model.pending, fates) {
            if case .names(let names, let folder) = change {
                var isLost = lostFolders.contains(folder)
                if case .lost = fate { isLost = true }
                if isLost {
                    lostFolders.formUnion(names.filter(\.isSet).map(\.node))
                } else {
                    DiskModel.perform(change, on: &disk, except: [])
                }
                continue
            }
            guard case .write(let file, let offset, let bytes) = change else {
                if case .lost = fate { continue }
                DiskModel.perform(change, on: &disk, except: [])
                continue
            }
            let sectors =
                offset
                / DiskModel.sectorBytes..<(offset + UInt64(bytes.count)
                + DiskModel.sectorBytes - 1) / DiskModel.sectorBytes
            switch fate {
            case .kept: break
            case .lost: lost[file, default: []].append(Self.range(sectors))
            case .torn(let seed):
                var dice = Dice(seed: seed)
                let isPrefix = dice.next() % 2 == 0
                let cut = sectors.lowerBound + dice.next() % UInt64(sectors.count)
                for sector in sectors where isPrefix ? sector >= cut : dice.next() % 2 == 0 {
                    lost[file, default: []].append(Self.range(sector..<sector + 1))
                }
            }
            DiskModel.perform(change, on: &disk, except: lost[file] ?? [])
        }
        return disk
    }

    private static func range(_ sectors: Range<UInt64>) -> Range<UInt64> {
        sectors.lowerBound * DiskModel.sectorBytes..<sectors.upperBound * DiskModel.sectorBytes
    }

    /// Writes the disk below `path`, which is made anew. What SQLite maps into memory is left out:
    /// it is made again by whoever opens the database first.
    public func write(_ model: DiskModel, to path: String) throws {
        if Directory.exists(path) { try Directory.removeTree(path) }
        try Self.write(0, of: disk(model), to: path)
    }

    private static func write(_ node: Int, of disk: [DiskModel.Node], to path: String) throws {
        switch disk[node] {
        case .file(let bytes):
            if path.hasSuffix("-shm") { return }
            try File(path, .create, mode: 0o600).write(bytes, offset: 0)
        case .link(let target): try Directory.link(path, to: target)
        case .folder(let entries):
            try Directory.create(path)
            for (name, entry) in entries { try write(entry, of: disk, to: "\(path)/\(name)") }
        }
    }
}

/// Random numbers that are the same for the same seed (SplitMix64).
public struct Dice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Dice that fall as `seed` says.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }

    /// `count` different numbers below `limit`, in order.
    mutating func pick(_ count: Int, below limit: Int) -> [Int] {
        var found = Set<Int>()
        while found.count < min(count, limit) { found.insert(Int(next() % UInt64(limit))) }
        return found.sorted()
    }
}
