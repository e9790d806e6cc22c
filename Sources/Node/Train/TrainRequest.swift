import Genome
import Host
import Learn

/// What a job was asked: its inputs, how it runs here, and what becomes of the result. Kept in the
/// job's folder, so that it can be taken up again by anyone who holds the home.
struct TrainRequest {
    /// Longest `request.json`: a base of many shards names some thousand files.
    static let bytesMax = 16 << 20

    /// What the recipe is made of.
    var inputs: TrainInputs
    /// Threads; none of the result's bits depend on them.
    var threads: Int
    /// Bytes it may take beside the base's own pages; nil for what there is.
    var memory: UInt64?
    /// Steps between states that nobody keeps; nil to go by the clock.
    var checkpointSteps: Int?
    /// K: parts between the states that are kept.
    var parts = CheckpointSchedule.partsDefault
    /// Whether it lets others go first.
    var isDetached = false
    /// What `share` needs: name, visibility, licence and so on.
    var sharing: JSONObject
    /// The terms of the data as SPDX text, if they are known.
    var dataLicence: String?

    /// A request.
    init(inputs: TrainInputs, threads: Int, sharing: JSONObject) {
        self.inputs = inputs
        self.threads = threads
        self.sharing = sharing
    }

    /// What the layer will be called.
    var name: String { sharing["name"]?.string ?? "adapter" }

    /// Why the data do not go with the layer; nil if they do, or nothing is known of their terms.
    var dataHindrance: String? {
        let visibility = sharing["visibility"]?.string.flatMap { Visibility(rawValue: $0) }
        return dataLicence.flatMap { terms in
            TrainDataCopies.hindrance(
                terms, under: sharing["licence"]?.string, visibility ?? .private)
        }
    }

    /// The bytes of `request.json`.
    func bytes() throws(Failure) -> [UInt8] {
        var object = JSONObject()
        object["inputs"] = .object(try inputs.json())
        object["threads"] = .integer(Int64(threads))
        object["memory"] = memory.map { .integer(Int64(clamping: $0)) } ?? .null
        object["checkpointSteps"] = checkpointSteps.map { .integer(Int64($0)) } ?? .null
        object["parts"] = .integer(Int64(parts))
        object["detached"] = .bool(isDetached)
        object["sharing"] = .object(sharing)
        object["dataLicence"] = dataLicence.map { .string($0) } ?? .null
        return CanonicalJSON.write(object)
    }

    /// The request of a job's folder.
    init(_ folder: JobFolder) throws(Failure) {
        let bytes = try folder.bytes(folder.request, limit: Self.bytesMax)
        let limits = JSONLimits(bytes: Self.bytesMax, depth: 12, values: 400_000)
        let value = try inGenome("reading the request of job \(folder.id)") {
            () throws(GenomeError) in try JSONParser.parse(bytes, limits: limits)
        }
        guard let inputs = value["inputs"], let threads = value["threads"]?.integer,
            let sharing = value["sharing"]?.object, threads > 0, threads <= Team.lanesMax,
            // Found out now and not when all steps are done.
            sharing["name"]?.string.map({ LayerName.isValid($0) }) == true,
            sharing["visibility"]?.string.flatMap({ Visibility(rawValue: $0) }) != nil
        else {
            throw Failure(
                .corrupt, "\(folder.request) is damaged",
                why: "it was changed since the job began",
                remedy: "put back what it was, or train anew: the states are in "
                    + folder.checkpoints)
        }
        self.init(inputs: try TrainInputs(inputs), threads: Int(threads), sharing: sharing)
        memory = value["memory"]?.integer.flatMap { UInt64(exactly: $0) }
        checkpointSteps = value["checkpointSteps"]?.integer.map { Int($0) }
        let kept = value["parts"]?.integer.map { Int($0) } ?? parts
        parts = min(max(1, kept), CheckpointSchedule.partsMax)
        isDetached = value["detached"]?.bool ?? false
        dataLicence = value["dataLicence"]?.string
    }
}
