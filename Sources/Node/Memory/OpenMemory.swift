import Genome
import Host
import Learn
import Store
import Wire

/// A memory layer that a command asks: its records in a database, and the base's vectors of them.
///
/// The vectors are computed here, in the command, and handed to the store; the daemon never does.
final class OpenMemory {
    /// Texts whose vectors are computed and kept at once: an interrupted command loses no more.
    private static let batch = 64

    /// The layer.
    let source: LayerSource
    /// Its entries.
    let database: MemoryDatabase

    /// Opens a memory and takes its records in, if that was not done before.
    init(_ source: LayerSource) throws(Failure) {
        self.source = source
        guard source.sections["memoryType"] != "working" else {
            throw Failure(
                .refused, "\(source.title) is working memory",
                why: "that lives in one session and has no layer")
        }
        let layer = source.layer.flatMap { Digest(hexadecimal: $0) }
        let path = layer.flatMap { layer in
            source.home.map { Layout(home: $0).memory(layer) }
        }
        let limits = MemoryLimits(source.sections["storage"])
        database = try inStore { () throws(StoreError) in try MemoryDatabase(path, limits) }
        let isFilled = try inStore { [database] () throws(StoreError) in try database.isFilled() }
        let now = Self.now
        if !isFilled {
            let records = try MemoryFiles.records(source)
            try inStore { [database] () throws(StoreError) in
                try database.fill(records, time: source.created ?? now)
            }
        }
        try inStore { [database] () throws(StoreError) in
            _ = try database.expire(now: now)
        }
    }

    /// Seconds since 1970.
    private static var now: Int64 { Int64(Clock.wallMilliseconds() / 1_000) }

    /// How the layer wants to be asked; by likeness where it does not say.
    var order: MemoryOrder {
        source.sections["storage"]?["retrievalMechanism"]?.string
            .flatMap { MemoryOrder(rawValue: $0) } ?? .similarity
    }

    /// The entries that come first in an order; `model` computes vectors where likeness needs them,
    /// and is there whenever it does.
    func entries(
        by order: MemoryOrder, _ count: Int, question: String, _ model: MemoryModel?
    ) throws(Failure) -> [MemoryEntry] {
        switch order {
        case .temporal:
            return try inStore { () throws(StoreError) in try database.newest(count) }
        case .importance:
            return try inStore { () throws(StoreError) in try database.weightiest(count) }
        case .similarity:
            guard let model, count > 0 else { return [] }
            try prepare(model)
            let vector = try model.vector(of: question)
            return try inStore { () throws(StoreError) in
                try database.likest(to: vector, count)
            }
        }
    }

    /// Computes the vectors that are missing.
    private func prepare(_ model: MemoryModel) throws(Failure) {
        // Vectors that came with the records count only where they say which model made them.
        let trustsGiven = source.base?.weights == model.weights
        try inStore { () throws(StoreError) in
            try database.use(
                model: model.identifier, width: model.width, trustsGiven: trustsGiven)
        }
        while true {
            let open = try inStore { () throws(StoreError) in
                try database.withoutVector(limit: Self.batch)
            }
            if open.isEmpty { return }
            var vectors: [(number: Int64, vector: [Float])] = []
            for (number, text) in open { vectors.append((number, try model.vector(of: text))) }
            let ready = vectors
            try inStore { () throws(StoreError) in try database.set(vectors: ready) }
        }
    }
}
