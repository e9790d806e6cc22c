import Genome
import Wire

extension FuzzTarget {
    static let bootstrap: [FuzzTarget] = [list]

    private static let samples: [[UInt8]] = Samples.made {
        let endpoints = [
            Endpoint(bytes: [203, 0, 113, 7], port: 4747),
            Endpoint(bytes: [0x20, 1, 0xd, 0xb9] + [UInt8](repeating: 0, count: 12), port: 1),
        ].compactMap { $0 }
        let entries = [Samples.key, Samples.stranger].map {
            BootstrapList.Entry(key: $0.publicKey, endpoints: endpoints)
        }
        return [
            try BootstrapList.make(
                network: Samples.digest(1), publisher: Samples.key.publicKey, sequence: 7,
                issued: 1_760_000_000, expires: 1_770_000_000, entries: entries
            ).bytes
        ]
    }

    /// What an owner is given as a list: it comes back as it is, within its bounds, and nobody is
    /// listed who cannot be called.
    private static let list = FuzzTarget("FuzzBootstrap", seeds: samples) { input in
        guard let list = try? BootstrapList.decode(input) else { return }
        precondition(list.bytes == input, "a list changes when read")
        precondition((1...BootstrapList.entriesMax).contains(list.entries.count))
        precondition(
            list.entries.allSatisfy { entry in
                !entry.endpoints.isEmpty && entry.endpoints.allSatisfy { $0.reach != .forbidden }
            })
        precondition(list.expires > list.issued)
    }
}
