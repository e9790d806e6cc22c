import Foundation

/// How far the tests of crashes go: seconds, or with `PLASMID_CRASH` set the minutes that all
/// points and some hundred kills take.
public enum CrashSuite {
    /// Whether everything is tried.
    public static let isFull = ProcessInfo.processInfo.environment["PLASMID_CRASH"] != nil

    /// `PLASMID_SEED`, to see a failure again, or a new one.
    public static func seed() -> UInt64 {
        ProcessInfo.processInfo.environment["PLASMID_SEED"].flatMap { UInt64($0) }
            ?? UInt64.random(in: 0...UInt64.max)
    }
}
