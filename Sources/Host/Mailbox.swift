import CLinux
import Glibc

/// Messages to one loop: any thread posts, the loop that owns it is woken and takes them all.
///
/// The eventfd becomes readable with the first message after a take, so a `Poller` can wait
/// for it beside sockets.
public final class Mailbox<Message: Sendable>: Sendable {
    private let queue = Lock([Message]())
    /// Readable while there are messages.
    public let wake: Descriptor

    /// An empty mailbox.
    public init() throws(SystemError) {
        let number = plasmid_eventfd()
        guard number >= 0 else { throw .last("eventfd") }
        wake = Descriptor(owning: number)
    }

    /// Adds a message and wakes the loop.
    public func post(_ message: Message) {
        let wasEmpty = queue.withLock { queue in
            queue.append(message)
            return queue.count == 1
        }
        guard wasEmpty else { return }
        var one: UInt64 = 1
        _ = Glibc.write(wake.number, &one, 8)
    }

    /// Takes all messages in order.
    public func takeAll() -> [Message] {
        var count: UInt64 = 0
        _ = Glibc.read(wake.number, &count, 8)
        return queue.withLock { queue in
            defer { queue = [] }
            return queue
        }
    }

    /// Number of waiting messages.
    public var count: Int { queue.withLock { $0.count } }
}
