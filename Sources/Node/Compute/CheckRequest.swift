import Genome
import Host
import Wire

/// What the check of a layer's files needs, by places on this machine: the command that holds the
/// home makes it, the process that computes reads it from its standard input.
struct CheckRequest {
    /// Longest request in bytes: manifest, and the places of many files.
    static let bytesMax = 32 << 20

    /// The layer's manifest.
    var manifest: JSONObject
    /// The layer.
    var source: LayerSource
    /// The base that `verify` names or the layer's own, or why there is none here.
    var base: Result<LayerSource, Failure>
    /// Whether it is put on its base and run.
    var isRun: Bool
    /// Threads that compute.
    var threads: Int
    /// Bytes of memory that it may take; nil for what there is.
    var memory: UInt64?

    /// The request for a layer that is here, by its id: a folder may have its name.
    init(
        _ layer: String, isRun: Bool, _ arguments: Arguments, _ access: LazyAccess
    ) throws(Failure) {
        var object = JSONObject()
        object["layer"] = .string(layer)
        manifest = try access.get().ask("show", object)["manifest"]?.object ?? JSONObject()
        source = try LayerSource.open(layer, access)
        self.isRun = isRun
        threads = try arguments.integer("threads", in: 1...Team.lanesMax) ?? Team.lanesDefault
        memory = try Self.memory(arguments)
        do throws(Failure) {
            let layers = [ComputeSession.Layer(source: source, weight: 1)]
            base = .success(try ComputeSession.base(arguments.text("base"), layers, nil, access))
        } catch {
            base = .failure(error)
        }
    }

    /// `--memory`; nil if it is not given.
    static func memory(_ arguments: Arguments) throws(Failure) -> UInt64? {
        try arguments.text("memory").map { text throws(Failure) in
            try Sizes.bytes(text, option: "--memory")
        }
    }

    /// The canonical text.
    var bytes: [UInt8] {
        var object = JSONObject()
        object["manifest"] = .object(manifest)
        object["source"] = source.json
        switch base {
        case .success(let base): object["base"] = base.json
        case .failure(let failure): object["noBase"] = failure.json["error"]
        }
        object["run"] = .bool(isRun)
        object["threads"] = .integer(Int64(threads))
        object["memory"] = memory.map { .integer(Int64(clamping: $0)) }
        return CanonicalJSON.write(object)
    }

    /// The request of such a text.
    init(_ bytes: [UInt8]) throws(Failure) {
        let limits = JSONLimits(bytes: Self.bytesMax, depth: 64, values: 1_000_000)
        let value = try inGenome("reading the request of a check") { () throws(GenomeError) in
            try JSONParser.parse(bytes, limits: limits)
        }
        guard let manifest = value["manifest"]?.object,
            let source = value["source"].flatMap({ LayerSource($0) }),
            let threads = value["threads"]?.integer, (1...Team.lanesMax).contains(Int(threads))
        else { throw Failure(.internal, "the request of a check is damaged") }
        self.manifest = manifest
        self.source = source
        if let base = value["base"].flatMap({ LayerSource($0) }) {
            self.base = .success(base)
        } else {
            base = .failure(Failure(json: value["noBase"] ?? .null))
        }
        isRun = value["run"]?.bool ?? false
        self.threads = Int(threads)
        memory = value["memory"]?.integer.flatMap { UInt64(exactly: $0) }
    }
}
