import Glibc

extension Machine {
    /// Bytes of memory that programs could take now without swapping, as the kernel estimates it;
    /// nil where it does not say.
    public static var availableMemory: UInt64? {
        kernelFigure("MemAvailable:", in: "/proc/meminfo")
    }

    /// Bytes of memory that this process holds now; nil where the kernel does not say.
    public static var residentMemory: UInt64? {
        kernelFigure("VmRSS:", in: "/proc/self/status")
    }

    /// Bytes of memory of this process that no other shares: neither mapped files nor programs.
    public static var anonymousMemory: UInt64? {
        kernelFigure("RssAnon:", in: "/proc/self/status")
    }

    /// Bytes that a running process has given to the system to write, to files mostly; nil where
    /// the system does not say.
    public static func bytesWritten(by process: Int32 = processNumber) -> UInt64? {
        kernelNumber("wchar:", in: "/proc/\(process)/io")
    }

    /// A figure that the kernel gives in KiB.
    static func kernelFigure(_ name: String, in path: String) -> UInt64? {
        kernelNumber(name, in: path).map { $0 << 10 }
    }

    private static func kernelNumber(_ name: String, in path: String) -> UInt64? {
        guard let file = try? File(path, .read),
            let bytes = try? file.read(count: 8_192, offset: 0)
        else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        where line.hasPrefix(name) {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            return words.count > 1 ? UInt64(words[1]) : nil
        }
        return nil
    }
}
