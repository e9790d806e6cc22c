import Glibc

extension Machine {
    /// Bytes of memory that programs could take now without swapping, as the kernel estimates it;
    /// nil where it does not say.
    public static var availableMemory: UInt64? {
        guard let file = try? File("/proc/meminfo", .read),
            let bytes = try? file.read(count: 8_192, offset: 0)
        else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        where line.hasPrefix("MemAvailable:") {
            let words = line.split(separator: " ")
            return words.count > 1 ? UInt64(words[1]).map { $0 << 10 } : nil
        }
        return nil
    }
}
