import Wire

/// Numbers of storage challenges, with the reason for each; docs/decisions/0036 has what was
/// measured.
public enum ChallengeLimits {
    /// Steps of a daily challenge: 64 find one who lost 7 % with 99 %, and read 1 MiB.
    public static let dailySteps = 64
    /// Steps of a weekly challenge: 460 find one who lost 1 % with 99 %, and read 7 MiB.
    public static let weeklySteps = 460
    /// Steps where the leaves are shown because the verifier has none of them: 266 KiB.
    public static let shownSteps = 16

    // MARK: As a prover

    /// A blob is shown to one verifier once in this time.
    static let blobPause = Span.hour
    /// Leaves read for others in an hour: 64 MiB.
    static let leavesPerHour: UInt64 = 4_096
    /// Of these, for all who are not publisher of what they ask about: who makes keys must not
    /// keep a publisher from its answer.
    static let strangersLeavesPerHour: UInt64 = 2_048
    /// And for one verifier: a weekly challenge and eight daily ones.
    static let verifierLeavesPerHour: UInt64 = 1_024
    /// Leaves that a challenge counts for at least: each leaves a receipt in the journal, and 64 an
    /// hour are a megabyte a day.
    static let countedLeavesMin: UInt64 = 64
    /// Verifiers and blobs remembered for these two rules; more are put off.
    static let rememberedMax = 4_096
    /// Chains for others that are being read at a time.
    static let provingMax = 16
    /// Answers whose receipts have not come; the oldest is forgotten.
    static let answersMax = 1_024

    // MARK: As a verifier

    /// Rounds of this node's own at a time, and those that the owner waits for.
    static let roundsMax = 4
    static let askedRoundsMax = 4
    /// Holders of one layer that its publisher challenges in a day.
    static let holdersMax = 16
    /// Holders that another holder challenges: each is challenged by three on average, however
    /// many there are.
    static let othersMax = 3
    /// Layers and lists that are challenged in a day.
    static let subjectsMax = 1_024
    /// Leaves of its own that a node reads in an hour to know what others must answer: 128 MiB.
    static let verifiedLeavesPerHour: UInt64 = 8_192
    /// Challenges that are over and whose answers may still come.
    static let closedMax = 256
    /// How long a round waits for sessions, and for the own disk.
    static let gatherPatience = 10 * Span.second
    static let readPatience = Span.minute
    /// How long after its time an answer is waited for: one that is late is told from none.
    static let latePatience = 5 * Span.second
    /// How often it is looked what is due.
    static let lookPause = Span.minute
    /// A mirror that could not be challenged is called again after this long, in milliseconds.
    static let retryMilliseconds: UInt64 = 3_600_000
    /// A node begins with what it holds within this time after its start, in milliseconds.
    static let firstMilliseconds: ClosedRange<UInt64> = 60_000...3_600_000
    /// A round lasts for a day, in milliseconds.
    static let epochMilliseconds: UInt64 = 86_400_000
    /// An Endorsement is signed anew this often, in milliseconds.
    static let endorsementMilliseconds: UInt64 = 86_400_000

    // MARK: Time

    /// Microseconds for one step: a disk that has to seek.
    static let stepMicroseconds: UInt64 = 5_000
    /// Microseconds for both programs, whatever the steps.
    static let slackMicroseconds: UInt64 = 250_000
    /// A round trip counts up to so many nanoseconds: a mirror that answers pings late must not
    /// get time by it to fetch what it has not.
    static let roundTripMax = 300 * Span.millisecond
    /// Bytes of shown leaves that a line takes in a millisecond, at least: 10 Mbit/s.
    static let shownBytesPerMillisecond: UInt64 = 1_250

    /// Microseconds that an answer may take: two round trips, five milliseconds for each step,
    /// and a quarter of a second; where leaves are shown, also their way over the line.
    static func allowed(
        steps: Int, mode: ChallengeTerms.Mode, roundTrip: UInt64
    ) -> UInt32 {
        let way = 2 * min(roundTrip, roundTripMax) / 1_000
        var allowed = way + UInt64(steps) * stepMicroseconds + slackMicroseconds
        if mode == .rootOnly {
            let bytes = UInt64(steps) * UInt64(HashTree.leafBytes)
            allowed += bytes * 1_000 / shownBytesPerMillisecond
        }
        return UInt32(clamping: allowed)
    }

    /// Steps of a round's challenges: each subject has the long one on one day of seven.
    static func steps(of subject: Digest, in epoch: UInt64) -> Int {
        epoch % 7 == subject.words.3 % 7 ? weeklySteps : dailySteps
    }
}
