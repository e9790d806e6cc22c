import Foundation
import Host

/// A terminal that a test types at: what a program says to somebody who sits before it.
final class PseudoTerminal {
    private let master: Int32
    /// The device that a program reads and writes.
    let path: String

    /// Requests of ioctl_tty(2) that Glibc gives no names to here: the terminal's number, its lock.
    private static let number: UInt = 0x8004_5430
    private static let lock: UInt = 0x4004_5431

    init() throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (place, isLocked) = (UInt32(0), Int32(0))
        guard master >= 0, ioctl(master, Self.lock, &isLocked) == 0,
            ioctl(master, Self.number, &place) == 0
        else { throw SystemError("open", "/dev/ptmx", code: errno) }
        path = "/dev/pts/\(place)"
    }

    deinit { close(master) }

    /// What starts a program whose three streams are the terminal.
    var wrapper: [String] {
        ["/bin/sh", "-c", "exec \"$0\" \"$@\" <\(path) >\(path) 2>&1"]
    }

    /// Types a line.
    func type(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
    }

    /// What was written to it since the last look, as far as a terminal keeps it: 4 KiB.
    func seen() -> String {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4_096)
        var question = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        while poll(&question, 1, 0) > 0, question.revents & Int16(POLLIN) != 0 {
            let count = read(master, &part, part.count)
            guard count > 0 else { break }
            bytes += part[..<count]
        }
        return String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
    }
}
