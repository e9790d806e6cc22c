import Genome
import Host

/// What all sessions of a job took together.
struct TrainCost: Equatable {
    /// Seconds that passed.
    var wallSeconds = 0.0
    /// Seconds of all processors.
    var processorSeconds = 0.0
    /// Most bytes of memory.
    var peakMemory: UInt64 = 0

    private static let bytesMax = 4_096

    /// Nothing yet.
    init() {}

    /// What a job's folder says; nothing where it says nothing.
    init(_ folder: JobFolder) {
        guard Directory.exists(folder.cost),
            let bytes = try? folder.bytes(folder.cost, limit: Self.bytesMax),
            let json = try? JSONParser.parse(
                bytes, limits: JSONLimits(bytes: Self.bytesMax, depth: 2, values: 16))
        else { return }
        wallSeconds = max(0, json["wallSeconds"]?.number ?? 0)
        processorSeconds = max(0, json["processorSeconds"]?.number ?? 0)
        peakMemory = UInt64(max(0, json["peakMemory"]?.integer ?? 0))
    }

    /// This cost with what this process has taken since `begun` (monotonic nanoseconds).
    func adding(since begun: UInt64) -> TrainCost {
        var sum = self
        sum.wallSeconds += Double(Clock.monotonic() - begun) / 1e9
        sum.processorSeconds += Double(Clock.processTime()) / 1e9
        sum.peakMemory = max(peakMemory, Machine.peakMemory)
        return sum
    }

    /// The bytes of `cost.json`.
    var bytes: [UInt8] {
        var object = JSONObject()
        object["wallSeconds"] = .double(wallSeconds)
        object["processorSeconds"] = .double(processorSeconds)
        object["peakMemory"] = .integer(Int64(clamping: peakMemory))
        return CanonicalJSON.write(object)
    }
}
