import Genome
import Host
import Wire

/// What a layer's weights can be recognised by.
public struct WeightsTraces: Equatable, Sendable {
    /// A tensor that is large enough to say something, by hash and size.
    public struct Tensor: Hashable, Sendable {
        /// BLAKE3-256 of its bytes.
        public let hash: Digest
        /// Bytes.
        public let size: UInt64

        /// A tensor.
        public init(hash: Digest, size: UInt64) {
            self.hash = hash
            self.size = size
        }
    }

    /// The tensors; small ones, which may be equal by chance, are left out.
    public var tensors: Set<Tensor>
    /// Of an adapter, the sketch of what it adds.
    public var sketch: WeightsSketch?

    /// Traces.
    public init(tensors: Set<Tensor>, sketch: WeightsSketch?) {
        self.tensors = tensors
        self.sketch = sketch
    }
}

/// Sketches and tensor hashes, by which copies are told. Derived: what is missing is made again
/// from the files.
extension Index {
    static let origins = """
        CREATE TABLE sketches(
            layer BLOB PRIMARY KEY REFERENCES layers(id) ON DELETE CASCADE, base_weights BLOB,
            bytes BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX sketches_by_base ON sketches(base_weights);
        CREATE TABLE layer_tensors(
            layer BLOB NOT NULL REFERENCES layers(id) ON DELETE CASCADE, hash BLOB NOT NULL,
            size INTEGER NOT NULL, PRIMARY KEY(layer, hash)) WITHOUT ROWID;
        CREATE INDEX layer_tensors_by_hash ON layer_tensors(hash);
        """

    /// What an adapter was made for stands beside its sketch, so that adapters are compared
    /// without a look into their manifests. Sketches without it are made again.
    static let sketchBases = """
        DELETE FROM sketches;
        ALTER TABLE sketches ADD COLUMN graph BLOB;
        ALTER TABLE sketches ADD COLUMN tokenizer BLOB;
        """

    /// An adapter that is here, as others of its base are compared with it.
    public struct Sketched: Equatable, Sendable {
        /// The layer.
        public let layer: Digest
        /// Which way it turns each module.
        public let sketch: WeightsSketch
        /// What it was made for, but for the layer id of that.
        public let base: BaseFacts
        /// Its terms as an SPDX expression; nil for none.
        public let licence: String?
    }

    /// Keeps what a layer that is here is recognised by, and what it was made for.
    public func put(
        _ traces: WeightsTraces, of layer: Digest, base: BaseFacts?
    ) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                let isHere = try connection.first(
                    "SELECT 1 FROM layers WHERE id=?", [SQLValue(layer)]
                ) { $0.integer(0) }
                guard isHere != nil else { return }
                try connection.run(
                    "INSERT OR REPLACE INTO sketches VALUES(?, ?, ?, ?, ?)",
                    [
                        SQLValue(layer), SQLValue(base?.weights),
                        .blob(traces.sketch?.encode() ?? []), SQLValue(base?.graph),
                        SQLValue(base?.tokenizer),
                    ])
                try connection.run("DELETE FROM layer_tensors WHERE layer=?", [SQLValue(layer)])
                for tensor in traces.tensors {
                    try connection.run(
                        "INSERT OR REPLACE INTO layer_tensors VALUES(?, ?, ?)",
                        [SQLValue(layer), SQLValue(tensor.hash), SQLValue(tensor.size)])
                }
            }
        }
    }

    /// What a layer is recognised by; nil where that was not looked at yet.
    public func traces(of layer: Digest) throws(StoreError) -> WeightsTraces? {
        try connection.withLock { connection throws(StoreError) in
            let bytes = try connection.first(
                "SELECT bytes FROM sketches WHERE layer=?", [SQLValue(layer)]
            ) { $0.bytes(0) }
            guard let bytes else { return nil }
            let tensors = try connection.query(
                "SELECT hash, size FROM layer_tensors WHERE layer=?", [SQLValue(layer)]
            ) { row throws(StoreError) in
                WeightsTraces.Tensor(hash: try row.digest(0), size: row.number(1))
            }
            return WeightsTraces(tensors: Set(tensors), sketch: WeightsSketch(bytes: bytes))
        }
    }

    /// Layers with weights whose traces were not looked at yet.
    public func layersWithoutTraces() throws(StoreError) -> [Digest] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT id FROM layers WHERE weights IS NOT NULL
                    AND id NOT IN (SELECT layer FROM sketches) ORDER BY added
                """
            ) { row throws(StoreError) in try row.digest(0) }
        }
    }

    /// The adapters of a base that are here, by id.
    public func sketched(over baseWeights: Digest) throws(StoreError) -> [Digest] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT layer FROM sketches WHERE base_weights=? ORDER BY layer",
                [SQLValue(baseWeights)]
            ) { row throws(StoreError) in try row.digest(0) }
        }
    }

    /// Sketches of the adapters of a base, but for those of `known` layers.
    public func sketches(
        over baseWeights: Digest, besides known: Set<Digest> = []
    ) throws(StoreError) -> [Sketched] {
        var result: [Sketched] = []
        for layer in try sketched(over: baseWeights) where !known.contains(layer) {
            let found = try connection.withLock { connection throws(StoreError) in
                try connection.first(
                    """
                    SELECT bytes, graph, tokenizer, licence FROM sketches
                    JOIN layers ON layers.id=layer WHERE layer=?
                    """, [SQLValue(layer)]
                ) { row throws(StoreError) -> Sketched? in
                    guard let sketch = WeightsSketch(bytes: row.bytes(0)), !row.isNull(1) else {
                        return nil
                    }
                    return Sketched(
                        layer: layer, sketch: sketch,
                        base: BaseFacts(
                            layer: nil, weights: baseWeights, graph: try row.digest(1),
                            tokenizer: row.isNull(2) ? nil : try row.digest(2)),
                        licence: row.isNull(3) ? nil : row.text(3))
                }
            }
            if let sketched = found ?? nil { result.append(sketched) }
        }
        return result
    }

    /// Whether any layer that is here has tensors which can be found by their hashes.
    public func hasTensors() throws(StoreError) -> Bool {
        try connection.withLock { connection throws(StoreError) in
            try connection.first("SELECT 1 FROM layer_tensors LIMIT 1") { $0.integer(0) } != nil
        }
    }

    /// Bytes of these tensors that each layer has.
    public func holders(
        of tensors: Set<WeightsTraces.Tensor>
    ) throws(StoreError) -> [Digest: UInt64] {
        try connection.withLock { connection throws(StoreError) in
            var found: [Digest: UInt64] = [:]
            for tensor in tensors {
                let layers = try connection.query(
                    "SELECT layer FROM layer_tensors WHERE hash=?", [SQLValue(tensor.hash)]
                ) { row throws(StoreError) in try row.digest(0) }
                for layer in layers { found[layer, default: 0] += tensor.size }
            }
            return found
        }
    }
}
