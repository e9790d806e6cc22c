/// One reader of bytes that a stranger may have written, with what must hold for every input: it
/// returns or throws its own error, and what it accepts comes back unchanged when written again.
public struct FuzzTarget: Sendable {
    /// Its name, also that of the fuzzer's program.
    public let name: String
    /// True inputs to start from.
    public let seeds: [[UInt8]]
    /// Reads one input; a broken promise stops the program.
    public let run: @Sendable ([UInt8]) -> Void

    init(_ name: String, seeds: [[UInt8]], run: @escaping @Sendable ([UInt8]) -> Void) {
        self.name = name
        self.seeds = seeds
        self.run = run
    }

    /// Every reader.
    public static let all: [FuzzTarget] =
        genome + guidance + organization + hold + bootstrap + run + terms + query + wire + learn
        + template
        + model + data + coded + swarm

    /// The reader of that name.
    public static func named(_ name: String) -> FuzzTarget {
        guard let target = all.first(where: { $0.name == name }) else {
            preconditionFailure("there is no fuzz target \(name)")
        }
        return target
    }
}
