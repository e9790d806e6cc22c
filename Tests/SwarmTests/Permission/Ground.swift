import Genome
import Wire

@testable import Swarm

/// The setting of the tests of permission: a layer of a publisher, an organisation, callers.
struct Ground {
    static let now: Int64 = 1_760_000_000
    static let organization = Driver.key(50).publicKey
    static let publisher = Driver.key(51).publicKey
    static let person = Driver.key(52).publicKey
    static let key = Driver.key(53).publicKey

    static let everywhere = Distribution(
        isGloballyAvailable: true, scope: .global, isPeerToPeer: true)

    /// A layer of that publisher.
    static func layer(
        _ visibility: Visibility = .public, terms: [LicenceTerms] = [.none],
        distribution: Distribution = everywhere
    ) -> LayerPolicy {
        LayerPolicy(
            publisher: publisher, type: .lora, visibility: visibility,
            organization: visibility == .organization ? organization : nil,
            distribution: distribution, licence: "Apache-2.0", terms: terms)
    }

    /// A whitelist layer with these grants to `key`.
    static func granted(_ grants: Grant...) -> LayerPolicy {
        var layer = layer(.whitelist)
        layer.grants = grants
        return layer
    }

    /// The rule that refuses; nil if it is allowed.
    static func rule(
        _ action: Action, _ layer: LayerPolicy, by caller: Caller = Caller(key: key),
        isPublisher: Bool = false, isSeeding: Bool = true, owner: OwnerPolicy = OwnerPolicy(),
        now: Int64 = now
    ) -> Refusal.Rule? {
        PermissionRequest(
            action, by: caller, with: layer,
            holder: Holder(isPublisher: isPublisher, isSeeding: isSeeding), owner: owner, now: now
        ).decide().refusal?.rule
    }
}
