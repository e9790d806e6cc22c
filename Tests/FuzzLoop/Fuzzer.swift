import Foundation
import FuzzTargets

/// libFuzzer's own loop over one target.
public enum Fuzzer {
    /// Runs the target of that name until libFuzzer stops the program. A corpus folder given as
    /// the last word is filled with the target's seeds first.
    public static func run(_ name: String) {
        var count = CommandLine.argc
        var words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        let target = FuzzTarget.named(name)
        FuzzerTarget.current = target
        if let folder = CommandLine.arguments.dropFirst().last, !folder.hasPrefix("-") {
            plant(target.seeds, in: URL(fileURLWithPath: folder))
        }
        _ = runDriver(&count, &words) { start, length in
            FuzzerTarget.current?.run(Array(UnsafeBufferPointer(start: start, count: length)))
            return 0
        }
    }

    /// A folder that cannot be written to is libFuzzer's to complain about.
    private static func plant(_ seeds: [[UInt8]], in folder: URL) {
        for (index, seed) in seeds.enumerated() {
            try? Data(seed).write(to: folder.appending(path: "seed-\(index)"))
        }
    }
}

/// What the loop runs: a C function without context cannot carry it.
private enum FuzzerTarget {
    nonisolated(unsafe) static var current: FuzzTarget?
}

/// In the runtime that `-sanitize=fuzzer` links.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ runOneInput: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
