import Glibc

/// A counter that a thread can wait for.
public final class Semaphore: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<sem_t>

    /// A semaphore with `count` permits.
    public init(_ count: UInt32 = 0) {
        semaphore = .allocate(capacity: 1)
        semaphore.initialize(to: sem_t())
        sem_init(semaphore, 0, count)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// Adds a permit.
    public func signal() {
        sem_post(semaphore)
    }

    /// Takes a permit, waiting for one.
    public func wait() {
        while sem_wait(semaphore) != 0 && errno == EINTR {}
    }
}
