import Genome
import Swarm
import Wire

/// Everything that wakes the loop.
enum LoopEvent: Sendable {
    /// News from a link lane.
    case link(LinkEvent)
    /// An answer or command for the core.
    case input(Input)
    /// A fetch with somebody who wants to hear how it goes.
    case fetch(FetchRequest, @Sendable (FetchNumber, FetchStatus) -> Void)
    /// A question to other nodes with somebody who wants to hear the answer.
    case search(LayerQuery, @Sendable (SearchResult) -> Void)
    /// A demand that holders show a layer, with somebody who wants to hear how it ends.
    case challenge(ChallengeWish, @Sendable (ChallengeReport) -> Void)
    /// A look at the core's state, taken on the loop.
    case look(@Sendable (Swarm) -> Void)
    /// Say goodbye to everyone and end.
    case stop
}
