import Host
import Wire

/// What was read from bytes last, by their hash, so that the same bytes are read once while they
/// are in use: at most so many values, and so many bytes that they were read from. The oldest goes
/// first, the newest stays whatever it takes.
final class RecentValues<Value: Sendable>: Sendable {
    private struct State {
        var values: [Digest: (value: Value, bytes: Int)] = [:]
        var order: [Digest] = []
        var bytes = 0
        var count = 0
    }

    private let valuesMax: Int
    private let bytesMax: Int
    private let state = Lock(State())

    /// None yet.
    init(valuesMax: Int, bytesMax: Int) {
        self.valuesMax = valuesMax
        self.bytesMax = bytesMax
    }

    /// How often something was read.
    var count: Int { state.withLock { $0.count } }

    /// What `read` gives of `bytes` bytes with this hash, or gave before. What it refuses is not
    /// kept.
    func value<Failure: Error>(
        of hash: Digest, bytes: Int, read: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        if let known = state.withLock({ $0.values[hash]?.value }) { return known }
        let value = try read()
        state.withLock { state in
            state.count += 1
            guard state.values.updateValue((value, bytes), forKey: hash) == nil else { return }
            state.order.append(hash)
            state.bytes += bytes
            while state.order.count > 1,
                state.order.count > valuesMax || state.bytes > bytesMax
            {
                let oldest = state.values.removeValue(forKey: state.order.removeFirst())
                state.bytes -= oldest?.bytes ?? 0
            }
        }
        return value
    }
}
