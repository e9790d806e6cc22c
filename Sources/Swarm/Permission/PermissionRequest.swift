import Genome
import Wire

/// One question: may `caller` do `action` with `layer`? Pure and total; whatever no rule allows
/// is refused. The same question has the same answer on every path, and its log can be asked
/// again.
public struct PermissionRequest: Equatable, Sendable {
    /// What.
    public var action: Action
    /// Who.
    public var caller: Caller
    /// The layer and all that was said about it.
    public var layer: LayerPolicy
    /// What this node is to the layer.
    public var holder: Holder
    /// What the owner of this node wants.
    public var owner: OwnerPolicy
    /// Seconds since 1970.
    public var now: Int64

    /// A question.
    public init(
        _ action: Action, by caller: Caller, with layer: LayerPolicy, holder: Holder,
        owner: OwnerPolicy = OwnerPolicy(), now: Int64
    ) {
        self.action = action
        self.caller = caller
        self.layer = layer
        self.holder = holder
        self.owner = owner
        self.now = now
    }

    /// The answer.
    public func decide() -> Decision {
        do throws(Refusal) {
            try checkVisibility()
            try checkWithdrawal()
            try checkUnderstanding()
            try checkTravel()
            try checkPublishing()
            try checkDomains()
            try checkTerms()
            try checkOwner()
            return .allow
        } catch {
            return .refuse(error)
        }
    }

    /// Whether the caller signed the layer, or acts for who did.
    private var isPublisher: Bool {
        caller.publishes(for: layer.publisher) || caller.speaks(for: layer.publisher)
    }

    /// Grants to the caller, or to a key it asks for, that count now.
    private var grants: [Grant] {
        layer.grants.filter { $0.isInForce(at: now) && caller.speaks(for: $0.grantee) }
    }

    // MARK: Who may know of it

    private func checkVisibility() throws(Refusal) {
        guard !isPublisher else { return }
        let hidden = Refusal(.hidden, "there is no such layer")
        switch layer.visibility {
        case .public: return
        case .private: throw hidden
        case .whitelist:
            guard grants.contains(where: { $0.commands.contains(.read) }) else { throw hidden }
            guard let command = action.command else { return }
            guard grants.contains(where: { $0.commands.contains(command) }) else {
                throw Refusal(
                    .notGranted, "its publisher did not grant to \(command.rawValue) it",
                    remedy: "ask the publisher \(layer.publisher.fingerprint) for a grant")
            }
        case .organization:
            guard let organization = layer.organization,
                caller.has(.read, in: organization)
            else { throw hidden }
            if action == .mirror, !caller.has(.mirror, in: organization) {
                throw Refusal(
                    .notMember, "the membership does not allow to mirror it",
                    remedy: "ask an issuer of the organisation for that right")
            }
        }
    }

    // MARK: Whether it still travels, and how

    private func checkWithdrawal() throws(Refusal) {
        guard let reason = layer.withdrawal, layer.withdrawnFrom <= now, action != .see,
            !action.isUse
        else { return }
        throw Refusal(.withdrawn, "its publisher took it back: \(reason)")
    }

    private func checkUnderstanding() throws(Refusal) {
        guard layer.needsNewerNode, action.isUse || action == .publish else { return }
        throw Refusal(
            .needsNewerNode, "its manifest asks for what this version does not know",
            remedy: "use a newer node")
    }

    private func checkTravel() throws(Refusal) {
        if action == .announce {
            guard layer.visibility == .public else {
                throw Refusal(
                    .scope,
                    "its visibility is \(layer.visibility.rawValue), and a record reaches everyone"
                )
            }
            guard layer.distribution.scope == .global, layer.distribution.isGloballyAvailable
            else { throw Refusal(.scope, "its scope is not global") }
        }
        if action == .mirror, !isPublisher,
            layer.distribution.scope != .global || !layer.distribution.isGloballyAvailable
        {
            throw Refusal(
                .scope,
                "its scope is \(layer.distribution.scope.rawValue), and a mirror is for all",
                remedy: "ask the publisher \(layer.publisher.fingerprint) for it")
        }
        guard action == .serve || action == .announce || action == .mirror else { return }
        let givesAway = action == .mirror ? isPublisher : holder.isPublisher
        guard !givesAway else { return }
        guard layer.distribution.isPeerToPeer else {
            throw Refusal(
                .notPeerToPeer, "only its publisher serves it",
                remedy: "ask the publisher \(layer.publisher.fingerprint) for it")
        }
        guard holder.isSeeding || action == .mirror else {
            throw Refusal(.notSeeding, "this node does not seed")
        }
    }

    private func checkPublishing() throws(Refusal) {
        guard action == .publish else { return }
        guard caller.publishes(for: layer.publisher) else {
            throw Refusal(
                .notPublisher, "its publisher is \(layer.publisher.fingerprint)",
                remedy: "publish a layer of your own that names it as its parent")
        }
        if layer.visibility == .organization {
            guard let organization = layer.organization,
                caller.has(.publish, in: organization)
            else {
                throw Refusal(
                    .notMember, "publishing for an organisation needs a membership that allows it",
                    remedy: "ask an issuer of the organisation for that right")
            }
        }
    }

    // MARK: What it may be used for

    private func checkDomains() throws(Refusal) {
        guard action.isUse || action.handsOver, !isPublisher else { return }
        if let domain = layer.restrictedDomains.intersection(caller.purpose.domains).min() {
            throw Refusal(.restrictedDomain, "its publisher excludes use in \(domain)")
        }
        // One grant without the exclusion is enough.
        guard let command = action.command, layer.visibility == .whitelist else { return }
        let covering = grants.filter { $0.commands.contains(command) }
        let excluded = covering.map { $0.excludedDomains.intersection(caller.purpose.domains) }
        if !excluded.contains(where: \.isEmpty), let domain = excluded.first?.min() {
            throw Refusal(.excludedDomain, "the grant excludes use in \(domain)")
        }
    }

    /// One way to satisfy the terms is enough; if there is none, the first tells why.
    private func checkTerms() throws(Refusal) {
        if let contradiction = layer.contradiction, action != .see {
            let leaves = action.handsOver || action == .announce || action == .publish
            if leaves {
                throw Refusal(
                    .contradiction, contradiction.description, remedy: contradiction.remedy)
            }
        }
        let ways = layer.terms.isEmpty ? [LicenceTerms.unknown] : layer.terms
        var first: Refusal?
        for terms in ways {
            guard let refusal = refusal(under: terms) else { return }
            first = first ?? refusal
        }
        if let first { throw first }
    }

    private func refusal(under terms: LicenceTerms) -> Refusal? {
        guard !isPublisher else { return nil }
        let licence = layer.licence ?? "none"
        let passesOn =
            action == .mirror || !holder.isPublisher && (action == .serve || action == .announce)
        if passesOn, terms.bits.contains(.unknown) {
            return Refusal(
                .unknownTerms, "nobody here knows what its terms ask (\(licence))",
                remedy: "fetch it from its publisher \(layer.publisher.fingerprint)")
        }
        if passesOn, terms.bits.contains(.noRedistribute) {
            return Refusal(
                .noRedistribute, "its terms do not let others pass it on (\(licence))",
                remedy: "fetch it from its publisher \(layer.publisher.fingerprint)")
        }
        guard action.isUse || action.handsOver else { return nil }
        if terms.bits.contains(.noChanges), action == .train || action == .derive {
            return Refusal(
                .noChanges, "its terms give no right to change it, also for oneself (\(licence))",
                remedy: "ask the publisher \(layer.publisher.fingerprint) for that right")
        }
        if terms.bits.contains(.nonCommercial), caller.purpose.isCommercial == true {
            return Refusal(.nonCommercial, "its terms forbid commercial use (\(licence))")
        }
        if terms.bits.contains(.researchOnly), caller.purpose.isResearch == false {
            return Refusal(.researchOnly, "its terms are for research only (\(licence))")
        }
        if terms.bits.contains(.needsAcceptance), !hasAccepted {
            return Refusal(
                .notAccepted, "its terms must be accepted first (\(licence))",
                remedy: "read them with plasmid show, then fetch it with --accept-licence")
        }
        return nil
    }

    private var hasAccepted: Bool {
        layer.acceptances.contains(caller.key)
            || !layer.acceptances.isDisjoint(with: caller.asksFor)
    }

    // MARK: What the owner of this node wants

    private func checkOwner() throws(Refusal) {
        // To look at what is refused is no harm.
        guard action != .see else { return }
        guard let rule = owner.hindrance(action, layer) else { return }
        throw Refusal(
            .ownerPolicy, "the owner of this node does not \(action.rawValue) it: \(rule)",
            remedy: "see the rules with: plasmid trust")
    }
}

/// What this node is to a layer that others ask it for.
public struct Holder: Equatable, Sendable {
    /// Whether this node's key, or a key it publishes for, signed the layer.
    public let isPublisher: Bool
    /// Whether its owner lets it serve layers of others.
    public let isSeeding: Bool

    /// A holder.
    public init(isPublisher: Bool, isSeeding: Bool) {
        self.isPublisher = isPublisher
        self.isSeeding = isSeeding
    }
}
