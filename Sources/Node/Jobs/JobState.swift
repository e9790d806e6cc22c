/// Where a job is. Pure: every change is an event that its state allows or does not.
///
/// ```
/// queued ─▶ preparing ─▶ running ◀─▶ checkpointing        stopped, failed ─▶ preparing
///                           └──────▶ publishing ─▶ finished      (taken up again)
/// ```
enum JobState: String, CaseIterable {
    /// Written down and not begun.
    case queued
    /// Base and data are being read.
    case preparing
    /// Steps are being done.
    case running
    /// A state is being saved.
    case checkpointing
    /// The adapter is there and becomes a layer.
    case publishing
    /// Ended by its owner, or by the end of the machine; can go on.
    case stopped
    /// Ended by something that went wrong; can go on when that is put right.
    case failed
    /// The layer is there.
    case finished

    /// What can happen to a job.
    enum Event: CaseIterable {
        /// A process takes it up.
        case begin
        /// Base and data are read.
        case prepared
        /// A state is about to be saved.
        case save
        /// The state is saved.
        case saved
        /// All steps are done and the adapter passed its checks.
        case trained
        /// The layer is in the store.
        case published
        /// Its owner ended it, or nobody runs it any more.
        case stop
        /// Something went wrong.
        case fail
    }

    /// The state after an event; nil if the event cannot happen here.
    func after(_ event: Event) -> JobState? {
        switch (self, event) {
        case (.queued, .begin), (.stopped, .begin), (.failed, .begin): .preparing
        case (.preparing, .prepared): .running
        case (.running, .save): .checkpointing
        case (.checkpointing, .saved): .running
        case (.running, .trained): .publishing
        case (.publishing, .published): .finished
        case (_, .stop) where isActive, (.queued, .stop): .stopped
        case (_, .fail) where isActive, (.queued, .fail): .failed
        default: nil
        }
    }

    /// Whether a process works on it.
    var isActive: Bool {
        switch self {
        case .preparing, .running, .checkpointing, .publishing: true
        case .queued, .stopped, .failed, .finished: false
        }
    }

    /// Whether it can be taken up again.
    var isResumable: Bool { after(.begin) != nil }
}
