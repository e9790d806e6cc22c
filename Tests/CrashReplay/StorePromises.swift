import Wire

/// What a home owes after a crash, from the marks before it.
public struct StorePromises: Sendable {
    /// Whether a thing must be here.
    public enum Duty: Sendable {
        /// Its call answered.
        case here
        /// Its removal answered.
        case gone
        /// A call was under way.
        case either
    }

    /// By blob: must it be complete?
    public private(set) var blobs: [Digest: Duty] = [:]
    /// By layer: must it be listed?
    public private(set) var layers: [Digest: Duty] = [:]
    /// By layer: must it be pinned?
    public private(set) var pins: [Digest: Duty] = [:]
    /// By blob: the groups that were durable when a checkpoint answered.
    public private(set) var groups: [Digest: [UInt8]] = [:]
    private var lists: [Digest: [Digest]] = [:]

    /// Nothing was promised yet.
    public init() {}

    /// Takes a mark in.
    public mutating func apply(_ mark: StoreMark) {
        switch mark {
        case .importing(let id), .fetching(let id): if blobs[id] != .here { blobs[id] = .either }
        case .imported(let id), .fetched(let id):
            blobs[id] = .here
            groups[id] = nil
        case .groups(let id, let bits): groups[id] = bits
        case .adding(let id, let list):
            lists[id] = list
            if layers[id] != .here { layers[id] = .either }
            if blobs[id] != .here { blobs[id] = .either }
        case .added(let id):
            layers[id] = .here
            blobs[id] = .here
        case .pinning(let id), .unpinning(let id): pins[id] = .either
        case .pinned(let id): pins[id] = .here
        case .unpinned(let id): pins[id] = .gone
        case .removing(let id): leave(id, .either)
        case .removed(let id): leave(id, .gone)
        case .discarding(let id):
            blobs[id] = .either
            groups[id] = nil
        case .discarded(let id):
            blobs[id] = .gone
            groups[id] = nil
        }
    }

    private mutating func leave(_ layer: Digest, _ duty: Duty) {
        layers[layer] = duty
        if pins[layer] != nil { pins[layer] = duty }
        for blob in [layer] + (lists[layer] ?? []) {
            let isShared = lists.contains { other, blobs in
                other != layer && layers[other] == .here && blobs.contains(blob)
            }
            if !isShared { blobs[blob] = duty }
        }
    }
}
