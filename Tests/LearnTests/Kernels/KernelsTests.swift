import CKernels
import Testing

/// The level is one for the whole process: suites that choose it run one after another. Suites
/// elsewhere may run meanwhile, since every level gives the same bits.
@Suite(.serialized) struct KernelsTests {}

/// What a test runs on. `emulated` is AVX-512 on a CPU without VDPBF16PS.
enum Level: String, CaseIterable {
    case portable, avx2, avx512, emulated

    static var here: [Level] { allCases.filter { $0.number <= plasmid_kernels_best() } }

    var number: Int32 {
        switch self {
        case .portable: 0
        case .avx2: 1
        case .avx512, .emulated: 2
        }
    }

    /// Runs the body at this level, then goes back to the best one.
    func use<Result>(_ body: () throws -> Result) rethrows -> Result {
        _ = plasmid_kernels_force(number)
        if self == .emulated { _ = plasmid_bf16_dot_force(0) }
        defer {
            _ = plasmid_kernels_force(plasmid_kernels_best())
            _ = plasmid_bf16_dot_force(1)
        }
        return try body()
    }

    /// The bits of a row at every level; a NaN is a NaN, whatever its bits.
    static func bits(_ body: () -> [Float]) -> [[UInt32]] {
        here.map { level in level.use(body).map { Level.bits($0) } }
    }

    static func bits(_ value: Float) -> UInt32 {
        value.isNaN ? Float.nan.bitPattern : value.bitPattern
    }
}
