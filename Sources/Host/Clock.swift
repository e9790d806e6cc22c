import Glibc

/// The machine's two clocks.
public enum Clock {
    /// Nanoseconds since some start; never goes back, goes on while the machine sleeps: a laptop
    /// that wakes up must know that its peers have not heard of it for hours.
    public static func monotonic() -> UInt64 {
        nanoseconds(CLOCK_BOOTTIME)
    }

    /// Milliseconds since 1970-01-01 UTC; may jump.
    public static func wallMilliseconds() -> UInt64 {
        nanoseconds(CLOCK_REALTIME) / 1_000_000
    }

    /// CPU time of this process in nanoseconds.
    public static func processTime() -> UInt64 {
        nanoseconds(CLOCK_PROCESS_CPUTIME_ID)
    }

    /// CPU time of the calling thread in nanoseconds.
    public static func threadTime() -> UInt64 {
        nanoseconds(CLOCK_THREAD_CPUTIME_ID)
    }

    /// CPU time of a process in nanoseconds; nil where it is gone.
    public static func processTime(of process: Int32) -> UInt64? {
        var clock = clockid_t()
        guard clock_getcpuclockid(process, &clock) == 0 else { return nil }
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { return nil }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
