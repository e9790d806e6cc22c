import Genome
import Host
import Wire

@testable import Store

/// One thing that is done to a store.
enum StoreStep: Equatable, CustomStringConvertible {
    /// Shares or fetches a layer of the set.
    case bring(Int)
    /// Imports a blob of the set that no layer needs to list.
    case take(Int)
    /// Reserves room for a blob of the set.
    case reserve(Int)
    case pin(Int)
    case unpin(Int)
    case remove(Int)
    /// A program reads a layer.
    case use(Int)
    /// Sets a quota in bytes, or lifts it.
    case quota(BlobClass?, UInt64?)
    /// Collects, so many hours from now.
    case collect(hours: UInt64)
    /// The process is killed and the home opened again; the index may be lost.
    case restart(losesIndex: Bool)

    var description: String {
        switch self {
        case .bring(let layer): "bring \(layer)"
        case .take(let blob): "take \(blob)"
        case .reserve(let blob): "reserve \(blob)"
        case .pin(let layer): "pin \(layer)"
        case .unpin(let layer): "unpin \(layer)"
        case .remove(let layer): "remove \(layer)"
        case .use(let layer): "use \(layer)"
        case .quota(let blobClass, let bytes): "quota \(blobClass?.name ?? "all") \(bytes ?? 0)"
        case .collect(let hours): "collect in \(hours) h"
        case .restart(let losesIndex): losesIndex ? "restart without index" : "restart"
        }
    }
}

/// The layers and blobs that a test of the store plays with: few and overlapping, so that they
/// meet often.
struct StoreSet {
    /// One layer.
    struct Layer {
        let envelope: Envelope
        let id: Digest
        let manifestBytes: [UInt8]
        let blobs: [Int]
        let origin: LayerOrigin
    }

    let blobs: [[UInt8]]
    let ids: [Digest]
    let layers: [Layer]

    init() throws {
        blobs = (0..<8).map { Scratch.bytes(100 + $0 * 37, seed: UInt64($0 + 1)) }
        ids = blobs.map { Blake3.hash($0) }
        let parts = [[0, 1], [1, 2], [2], [3, 4, 5], [0, 5], [4, 1]]
        layers = try parts.enumerated().map { [blobs] number, parts in
            let files = parts.map { part in
                (
                    path: "f\(part)",
                    blob: ImportedBlob(
                        id: Blake3.hash(blobs[part]), size: UInt64(blobs[part].count),
                        sha256: Sha256.hash(blobs[part]), wasKnown: false)
                )
            }
            let envelope = try Fixture.envelope(
                files, name: "layer\(number)", key: Fixture.key(number < 2 ? 7 : 9))
            let manifest = try Manifest.verified(in: envelope)
            return Layer(
                envelope: envelope, id: manifest.layer, manifestBytes: manifest.bytes,
                blobs: parts, origin: number < 2 ? .own : .fetched)
        }
    }
}

/// A store as a person would describe it, without a database: what must be true after each step.
struct StoreModel {
    struct Blob {
        var size: UInt64
        var isComplete: Bool
        var isRecovered = false
        var first: BlobClass
        var leases: [LeaseReason: UInt64] = [:]
        var holders = 0
    }

    struct Layer {
        var added: UInt64
        var used: UInt64 = 0
        var isPinned = false
    }

    let set: StoreSet
    var blobs: [Digest: Blob] = [:]
    var layers: [Int: Layer] = [:]
    var quotas: [BlobClass?: UInt64] = [:]

    init(_ set: StoreSet) { self.set = set }

    // MARK: What follows from it

    private func listed(by layer: Int) -> [Digest] {
        set.layers[layer].blobs.map { set.ids[$0] } + [set.layers[layer].id]
    }

    private func listers(of blob: Digest) -> [Int] {
        layers.keys.filter { listed(by: $0).contains(blob) }
    }

    func blobClass(_ id: Digest) -> BlobClass {
        guard let blob = blobs[id] else { return .own }
        let listers = listers(of: id)
        if blob.isRecovered || listers.contains(where: { set.layers[$0].origin == .own }) {
            return .own
        }
        if listers.contains(where: { layers[$0]?.isPinned == true }) { return .mirrored }
        return listers.isEmpty ? blob.first : .cache
    }

    func used(_ wanted: BlobClass?) -> UInt64 {
        blobs.keys.filter { wanted == nil || blobClass($0) == wanted }
            .reduce(0) { $0 + (blobs[$1]?.size ?? 0) }
    }

    // MARK: Steps; false where it is refused

    mutating func take(_ bytes: [UInt8], as blobClass: BlobClass, now: UInt64) -> Bool {
        guard makeRoom(UInt64(bytes.count), blobClass, now) else { return false }
        let id = Blake3.hash(bytes)
        var blob =
            blobs[id]
            ?? Blob(size: UInt64(bytes.count), isComplete: true, first: .own)
        blob.isComplete = true
        blob.isRecovered = false
        lease(&blob, .importing, now)
        blob.holders += 1
        blobs[id] = blob
        return true
    }

    mutating func reserve(_ number: Int, now: UInt64) -> Bool {
        let id = set.ids[number]
        let size = UInt64(set.blobs[number].count)
        if blobs[id] == nil {
            guard makeRoom(size, .cache, now) else { return false }
            blobs[id] = Blob(size: size, isComplete: false, first: .cache)
        }
        if var blob = blobs[id] {
            lease(&blob, .fetching, now)
            blobs[id] = blob
        }
        return true
    }

    func lease(_ blob: inout Blob, _ reason: LeaseReason, _ now: UInt64) {
        blob.leases[reason] = max(blob.leases[reason] ?? 0, now + reason.milliseconds)
    }

    mutating func use(_ layer: Int, now: UInt64) {
        guard layers[layer] != nil else { return }
        layers[layer]?.used = now
        for id in listed(by: layer) {
            if var blob = blobs[id] {
                lease(&blob, .running, now)
                blobs[id] = blob
            }
        }
    }

    /// Whether a lease of a blob is of somebody else than what brought a layer.
    private func counts(
        _ id: Digest, _ reason: LeaseReason, _ until: UInt64, for layer: Int, now: UInt64
    ) -> Bool {
        guard until > now else { return false }
        switch reason {
        case .importing: return (blobs[id]?.holders ?? 0) > 0
        case .fetching: return until - reason.milliseconds > layers[layer]?.added ?? 0
        case .reading, .running, .training, .linked: return true
        }
    }

    private func needs(_ id: Digest, not layer: Int, now: UInt64) -> Bool {
        (blobs[id]?.leases ?? [:]).contains { reason, until in
            (reason == .importing || reason == .fetching)
                && counts(id, reason, until, for: layer, now: now)
        }
    }

    /// The layer is added: what imported it holds nothing any more.
    mutating func endImport(of layer: Int) {
        guard set.layers[layer].origin == .own else { return }
        for id in listed(by: layer) {
            let holders = blobs[id]?.holders ?? 0
            blobs[id]?.holders = max(0, holders - 1)
        }
    }

    /// The process died.
    mutating func restart() {
        blobs = blobs.mapValues { blob in
            var blob = blob
            blob.holders = 0
            return blob
        }
    }

    mutating func remove(_ layer: Int, now: UInt64) {
        let free = listed(by: layer).filter {
            listers(of: $0) == [layer] && !needs($0, not: layer, now: now)
        }
        drop(layer)
        for id in free { blobs[id] = nil }
    }

    /// A blob that nothing lists any more keeps the class it had.
    private mutating func drop(_ layer: Int) {
        let classes = listed(by: layer).map { ($0, blobClass($0)) }
        layers[layer] = nil
        for (id, old) in classes where listers(of: id).isEmpty { blobs[id]?.first = old }
    }

    mutating func collect(now: UInt64) {
        for (id, blob) in blobs where listers(of: id).isEmpty && !blob.isRecovered {
            if !blob.leases.values.contains(where: { $0 > now }) { blobs[id] = nil }
        }
        blobs = blobs.mapValues { blob in
            var blob = blob
            blob.leases = blob.leases.filter { $0.value > now }
            return blob
        }
    }

    mutating func makeRoom(_ bytes: UInt64, _ blobClass: BlobClass, _ now: UInt64) -> Bool {
        var draft = self
        for wanted in [nil, blobClass] {
            guard let quota = quotas[wanted] else { continue }
            while draft.used(wanted) + bytes > quota {
                guard let victim = draft.victim(now: now) else { return false }
                let gone = draft.listed(by: victim).filter { draft.listers(of: $0) == [victim] }
                draft.drop(victim)
                for id in gone { draft.blobs[id] = nil }
            }
        }
        self = draft
        return true
    }

    private func victim(now: UInt64) -> Int? {
        layers.keys.filter { layer in
            set.layers[layer].origin == .fetched && layers[layer]?.isPinned == false
                && !listed(by: layer).contains { id in
                    (blobs[id]?.leases ?? [:]).contains { reason, until in
                        counts(id, reason, until, for: layer, now: now)
                    }
                }
        }.min { one, other in
            let (first, second) = (age(one), age(other))
            return first == second ? set.layers[one].id < set.layers[other].id : first < second
        }
    }

    private func age(_ layer: Int) -> UInt64 {
        max(layers[layer]?.used ?? 0, layers[layer]?.added ?? 0)
    }

    /// What is left where the index is lost: layers by the journal, their blobs complete, all else
    /// recovered, no lease but those of partial blobs.
    mutating func loseIndex(now: UInt64) {
        for (id, old) in blobs {
            var blob = Blob(size: old.size, isComplete: old.isComplete, first: old.first)
            if !old.isComplete {
                blob.first = .cache
                lease(&blob, .fetching, now)
            } else if listers(of: id).isEmpty {
                blob.isRecovered = true
                blob.first = .own
            }
            blobs[id] = blob
        }
        for layer in layers.keys { layers[layer]?.used = 0 }
    }
}

extension StoreModel {
    /// A blob that a fetch brings whole; false where there is no room.
    mutating func fetch(_ bytes: [UInt8], now: UInt64) -> Bool {
        let id = Blake3.hash(bytes)
        if blobs[id] == nil {
            guard makeRoom(UInt64(bytes.count), .cache, now) else { return false }
            blobs[id] = Blob(size: UInt64(bytes.count), isComplete: false, first: .cache)
        }
        guard var blob = blobs[id] else { return false }
        lease(&blob, .fetching, now)
        if !blob.isComplete { blob.isComplete = true }
        blobs[id] = blob
        return true
    }
}
