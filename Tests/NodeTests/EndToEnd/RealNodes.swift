import Testing

/// Tests with real processes of the program, one at a time: they share two cores and the clock.
@Suite("Real nodes", .serialized)
enum RealNodes {}
