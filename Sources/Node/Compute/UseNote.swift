import Genome
import Host
import Wire

/// The note that a command leaves of the layers it used, on this machine alone.
struct UseNote {
    private let layers: [String]
    private let command: String
    private let started = Clock.wallMilliseconds()
    /// The run of the command: a random UUID.
    let session: String

    /// Seconds for which another command that has the home open is waited for.
    private static let patience: UInt64 = 2

    /// A use that begins now, of those of the layers that are of the store.
    init(_ session: ComputeSession, command: String) {
        let sources = session.layers.flatMap(\.sources) + session.voices.map(\.source)
        var layers: [String] = []
        // One layer may both change the model and speak.
        for layer in ([session.base] + sources).compactMap(\.layer)
        where !layers.contains(layer) {
            layers.append(layer)
        }
        self.layers = layers
        self.command = command
        var bytes = Sodium.random(count: 16)
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        let digits = Array(Hexadecimal.encode(bytes))
        self.session = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
            .map { String(digits[$0]) }.joined(separator: "-")
    }

    /// Writes the note. That it cannot be written is said and is no failure: what was asked for is
    /// done.
    func write(_ access: LazyAccess, _ report: Report) {
        guard !layers.isEmpty else { return }
        var object = JSONObject()
        object["layers"] = .array(layers.map { .string($0) })
        object["session"] = .string(session)
        object["command"] = .string(command)
        object["started"] = .integer(Int64(clamping: started))
        object["ended"] = .integer(Int64(clamping: Clock.wallMilliseconds()))
        do throws(Failure) {
            _ = try access.get(waiting: Self.patience).ask("use", object)
        } catch {
            report.note("this use was not noted: \(error.message)")
        }
    }
}
