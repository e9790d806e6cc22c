import Genome
import Wire

/// A question of permission as the access log keeps it, complete, so that it can be asked again.
///
/// Keys are given to `name` first, which may put another in the place of each, always the same:
/// the answer depends on which keys are equal, never on what they are. Of grants and acceptances
/// only those of the caller are kept; no others count for the answer. Read back by
/// `PermissionReader`.
extension PermissionRequest {
    /// The question as canonical JSON.
    public func json(naming name: (NodeKey) -> NodeKey = { $0 }) -> JSONValue {
        func key(_ key: NodeKey) -> JSONValue { .string(name(key).base32) }
        func keys(_ keys: Set<NodeKey>) -> JSONValue {
            .array(keys.map { name($0).base32 }.sorted().map { .string($0) })
        }
        var who = JSONObject()
        who["key"] = key(caller.key)
        who["asksFor"] = keys(caller.asksFor)
        who["publishesFor"] = keys(caller.publishesFor)
        who["places"] = .array(
            caller.places.map { place in
                [
                    "organization": key(place.organization),
                    "rights": .array(place.rights.map(\.rawValue).sorted().map { .string($0) }),
                ]
            })
        who["commercial"] = caller.purpose.isCommercial.map { .bool($0) }
        who["research"] = caller.purpose.isResearch.map { .bool($0) }
        who["domains"] = Self.texts(caller.purpose.domains)
        var object = JSONObject()
        object["action"] = .string(action.rawValue)
        object["caller"] = .object(who)
        object["layer"] = .object(layerJSON(key, keys))
        object["holder"] = [
            "isPublisher": .bool(holder.isPublisher), "isSeeding": .bool(holder.isSeeding),
        ]
        object["owner"] = Self.named(owner, key).json
        object["now"] = .integer(now)
        return .object(object)
    }

    private static func texts(_ texts: Set<String>) -> JSONValue {
        .array(texts.sorted().map { .string($0) })
    }

    private static func named(
        _ owner: OwnerPolicy, _ key: (NodeKey) -> JSONValue
    ) -> OwnerPolicy {
        func other(_ old: NodeKey) -> NodeKey {
            key(old).string.flatMap { NodeKey(base32: $0) } ?? old
        }
        return OwnerPolicy(
            owner.rules.map { rule in
                switch rule.subject {
                case .publisher(let key):
                    .init(.publisher(other(key)), rule.actions, allows: rule.allows)
                case .organization(let key):
                    .init(.organization(other(key)), rule.actions, allows: rule.allows)
                default: rule
                }
            })
    }

    private func layerJSON(
        _ key: (NodeKey) -> JSONValue, _ keys: (Set<NodeKey>) -> JSONValue
    ) -> JSONObject {
        var object = JSONObject()
        object["publisher"] = key(layer.publisher)
        object["type"] = .string(layer.type.name)
        object["visibility"] = .string(layer.visibility.rawValue)
        object["organization"] = layer.organization.map { key($0) }
        object["distribution"] = layer.distribution.json
        object["licence"] = layer.licence.map { .string($0) }
        // Of terms only what is told by yes or no decides about access.
        object["terms"] = .array(layer.terms.map { Self.texts(Set($0.bits.map(\.rawValue))) })
        object["restrictedDomains"] = Self.texts(layer.restrictedDomains)
        object["withdrawal"] = layer.withdrawal.map { .string($0) }
        object["withdrawnFrom"] = .integer(layer.withdrawnFrom)
        object["needsNewerNode"] = .bool(layer.needsNewerNode)
        object["verdicts"] = Self.texts(layer.verdicts)
        let own = layer.grants.filter { caller.speaks(for: $0.grantee) }
        object["grants"] = .array(
            own.map { grant in
                var object = JSONObject()
                object["grantee"] = key(grant.grantee)
                object["commands"] = Self.texts(Set(grant.commands.map(\.rawValue)))
                object["excludedDomains"] = Self.texts(grant.excludedDomains)
                object["expires"] = grant.expires.map { .integer($0) }
                object["isRevoked"] = .bool(grant.isRevoked)
                return .object(object)
            })
        let accepted = layer.acceptances.filter { caller.speaks(for: $0) }
        object["acceptances"] = keys(accepted)
        object["contradiction"] = layer.contradiction.map { refusal in
            [
                "rule": .string(refusal.rule.rawValue), "subject": .string(refusal.subject),
                "path": .array(refusal.path.map { .string($0) }),
                "reason": .string(refusal.reason), "remedy": .string(refusal.remedy),
            ]
        }
        return object
    }
}
