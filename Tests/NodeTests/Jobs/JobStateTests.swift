import Testing

@testable import Node

@Suite("The states of a job")
struct JobStateTests {
    /// Every transition that is allowed; all others are not.
    private static let allowed: [(JobState, JobState.Event, JobState)] =
        [
            (.queued, .begin, .preparing), (.stopped, .begin, .preparing),
            (.failed, .begin, .preparing), (.preparing, .prepared, .running),
            (.running, .save, .checkpointing), (.checkpointing, .saved, .running),
            (.running, .trained, .publishing), (.publishing, .published, .finished),
            (.queued, .stop, .stopped), (.queued, .fail, .failed),
        ]
        + [JobState.preparing, .running, .checkpointing, .publishing].flatMap {
            [($0, JobState.Event.stop, JobState.stopped), ($0, .fail, .failed)]
        }

    @Test("change by the events they allow and by no other")
    func transitions() {
        for state in JobState.allCases {
            for event in JobState.Event.allCases {
                let expected = Self.allowed.first { $0.0 == state && $0.1 == event }?.2
                #expect(state.after(event) == expected, "\(state) \(event)")
            }
        }
    }

    @Test("that end it leave it resumable, but for finished")
    func resumable() {
        #expect(JobState.allCases.filter(\.isResumable) == [.queued, .stopped, .failed])
        for event in JobState.Event.allCases { #expect(JobState.finished.after(event) == nil) }
    }
}
