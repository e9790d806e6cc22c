/// Bounds and spans of beacons on the local network, with the reason for each. Times are
/// nanoseconds.
enum LanLimits {
    /// First and longest pause between two beacons: a second after the start, so that a lost
    /// datagram costs little, then half a minute for as long as the node runs (40 bytes).
    static let pauseMin = Span.second
    static let pauseMax = 30 * Span.second
    /// The interfaces are looked at this often: a cable that was plugged in counts soon, and a
    /// look costs less than a millisecond.
    static let surveyPause = 5 * Span.second
    /// A beacon is answered after a random while up to this, so that a hundred machines do not
    /// answer one at the same moment.
    static let answerDelay = 200 * Span.millisecond
    /// Addresses that beacons are sent from: more than any host has networks worth telling.
    static let interfacesMax = 32
    /// Answers that wait for their moment.
    static let answersMax = 64
    /// Machines remembered in each of two generations: four /24 networks full of them.
    static let machinesMax = 512
    /// Ports remembered of one machine: as many nodes as may run on one, so that one machine
    /// cannot take the dials for all.
    static let portsPerMachineMax = 8
    /// A machine that was not heard for this long to twice as long is forgotten.
    static let memory = 30 * Span.minute
    /// A machine may have a node that was started anew so often: after this long its new tag is
    /// heard at one of its later beacons at the latest.
    static let restartPause = 10 * Span.second
    /// A place that was dialled is not dialled again for this long, twice as long each time: it may
    /// refuse, or be in another network.
    static let dialPauseMin = 10 * Span.second
    static let dialPauseMax = 10 * Span.minute
    /// A place that was not dialled for this long starts with the shortest pause again.
    static let dialMemory = Span.hour
    /// Sessions with which a node is well among others (five neighbours of its own choice and
    /// eleven that found it): from there on it dials a found one now and then only, so that the
    /// nodes of two islands on one network still meet.
    static let sessionsEnough = 16
    /// Answers, and dials before and after that.
    static let answers = TokenBucket(perMinute: 30, burst: 30)
    static let dials = TokenBucket(perMinute: 12, burst: 16)
    static let feelers = TokenBucket(perMinute: 1, burst: 1)
    /// Troubles of interfaces that are told once: a few causes each.
    static let troublesMax = 64
}
