import Wire

/// Hashing on one core: each BLAKE3 kernel this CPU has and SHA-256, beside libsodium.
enum HashBench {
    private static let bytes = 64 << 20
    private static let runs = 5

    static func run() -> [BenchRow] {
        let data = Sodium.random(count: bytes)
        let sodiumHash = rate { _ = Sodium.blake2b(data, count: 32) }
        let sodiumSha = rate { _ = Sodium.sha256(data) }
        var rows: [BenchRow] = []
        let best = Kernels.level
        for level in Kernels.Level.allCases.reversed() where Kernels.force(level) {
            let figure = rate { _ = Blake3.hash(data) }
            rows.append(
                BenchRow(
                    name: "BLAKE3, \(level)", figure: figure, unit: "GB/s",
                    against: "libsodium BLAKE2b, \(shown(sodiumHash)) GB/s",
                    ratio: figure / sodiumHash))
        }
        _ = Kernels.force(best)
        let sha = rate { _ = Sha256.hash(data) }
        let name = Kernels.hasSha256Instructions ? "SHA-256, SHA-NI" : "SHA-256, libsodium"
        rows.append(
            BenchRow(
                name: name, figure: sha, unit: "GB/s",
                against: "libsodium SHA-256, \(shown(sodiumSha)) GB/s", ratio: sha / sodiumSha))
        return rows
    }

    /// Gigabytes a second of `body` over the data: the median of some runs after one more.
    private static func rate(_ body: () -> Void) -> Double {
        body()
        let times = (0..<runs).map { _ in BenchCommand.seconds(body) }
        return Double(bytes) / 1e9 / BenchCommand.median(times)
    }

    private static func shown(_ value: Double) -> String {
        "\((value * 100).rounded() / 100)"
    }
}
